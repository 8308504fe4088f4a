"""Have somebody be told later what a principal reads of them, while it is being looked into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.privacy.delays import DelayGround, DisclosureDelay

from .models import Principal

if TYPE_CHECKING:
    from domain.kernel.work import Work

LONGEST: Final = timedelta(days=180)


class DelayUnfit(Refusal):
    """A delay begins now, and ends: nothing is kept from somebody for good."""

    en = "A delay ends in the future, and within {days} days. Order another one when it is over."
    zh = "推迟告知须在 {days} 天之内结束,且不得早于当前时间,如仍需要可到期后再次提出。"
    path = ("until",)


class DelayedByOneself(Refusal):
    """Who reads, who is read about, and who orders the delay are three."""

    en = "Have somebody else order this: neither who reads nor whom it is about does."
    zh = "推迟告知不得由查阅人或信息主体本人决定,请由其他合规人员提出。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayDisclosure:
    """Who is told later, of whose reading, until when, and on which ground."""

    person_id: Annotated[UUID, Ref("Person")]
    principal_id: Annotated[UUID, Ref("Principal")]
    until: datetime
    ground: DelayGround


@permission("DisclosureDelay", "create")
async def delay_disclosure(work: Work, command: DelayDisclosure) -> DisclosureDelay:
    """Order the delay (PIPL article 18); when it is over, all of it is told."""
    person = await work.get(work.person, command.person_id, at=("personId",))
    delay = DisclosureDelay(
        tenant_id=person.tenant_id,
        person_id=person.id,
        reader_id=command.principal_id,
        ground=command.ground,
        since=work.now,
        until=command.until,
        ordered_by=work.actor.principal_id,
    )
    await work.permit("create DisclosureDelay", delay)
    reader = await work.reach(
        Principal, command.principal_id, to="create DisclosureDelay", at=("principalId",)
    )
    if person.id == work.actor.person_id:
        raise DelayedByOneself(at=("personId",))
    if reader.id == work.actor.principal_id:
        raise DelayedByOneself(at=("principalId",))
    if not work.now < command.until <= work.now + LONGEST:
        raise DelayUnfit(days=LONGEST.days)
    await work.add(delay)
    return delay
