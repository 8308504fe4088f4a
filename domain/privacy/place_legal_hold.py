"""Have what is about somebody kept, whatever they or the calendar ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .holds import HoldGround, LegalHold

if TYPE_CHECKING:
    from domain.kernel.work import Work


class HeldAlready(Refusal):
    """A hold on the same ground stands."""

    en = "A hold on this ground stands already. Release that one, or give another ground."
    zh = "同一事由的保全已存在,请先解除,或改用其他事由。"
    path = ("ground",)


class OwnHold(Refusal):
    """Nobody decides on what is about themself."""

    en = "This is about yourself. Have another colleague of compliance decide it."
    zh = "该事项涉及您本人,请由其他合规人员处理。"
    path = ("personId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLegalHold:
    """Whose information is kept, and why."""

    person_id: Annotated[UUID, Ref("Person")]
    ground: HoldGround


@permission("LegalHold", "create")
async def place_legal_hold(work: Work, command: PlaceLegalHold) -> LegalHold:
    """Place the hold; it waits for an erasure that is under way, and then comes too late."""
    person = await work.get(work.person, command.person_id, at=("personId",))
    hold = LegalHold(
        tenant_id=person.tenant_id, person_id=person.id, ground=command.ground, since=work.now
    )
    await work.permit("create LegalHold", hold)
    if person.id == work.actor.person_id:
        raise OwnHold
    await work.hold(work.person, id=person.id)
    await work.add(hold, taken=HeldAlready())
    return hold
