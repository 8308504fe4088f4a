"""Who acts for themself: rights of a person are used by nobody in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel.errors import Refusal

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work


class NotAPerson(Refusal):
    """Accounts of services and vendors are nobody whose information could be processed."""

    en = "Only a person of the group can do this, and only for themself. Act as that person."
    zh = "该操作只能由集团人员本人进行,请以本人身份操作。"


async def oneself(work: Work) -> GroupEntity:
    """Take the person who acts, held: what they do twice at a time happens one after the other."""
    if work.actor.person_id is None:
        raise NotAPerson
    (person,) = await work.hold(work.person, id=work.actor.person_id)
    return person
