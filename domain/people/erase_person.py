"""Erase whom the group has no more reason to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.privacy.holds import is_held
from domain.privacy.request_models import RequestKind, RequestState, SubjectRequest
from domain.privacy.request_states import step

from .erasing import erase, is_erased
from .events import PersonErased
from .models import Person, Stage

if TYPE_CHECKING:
    from domain.kernel.work import Work

LEAVERS_KEPT: Final = timedelta(days=2 * 365 + 1)
"""The employment contract is kept for two years after its end (Labour Contract Law, article 50)."""
CANDIDATES_KEPT: Final = timedelta(days=180)
"""Whoever was not hired is not kept for longer than half a year, unless they ask before."""


class ErasureGround(Enum):
    """Why somebody is erased: they asked for it, or there is no reason left to keep them."""

    REQUEST = "REQUEST"
    RETENTION_OVER = "RETENTION_OVER"


class StillWithUs(Refusal):
    """The group needs what it holds of those who work for it."""

    en = "They work here. Record that they have left, or restrict the processing instead."
    zh = "该人员仍在职,请先登记离职,或改为限制处理。"
    path = ("personId",)


class RetentionRuns(Refusal):
    """The law has it kept for some time."""

    en = "What is about them is kept until {until}. Restrict the processing until then."
    zh = "依法须保存至 {until},在此之前请限制处理。"
    path = ("personId",)


class UnderLegalHold(Refusal):
    """What is under a hold is kept."""

    en = "A legal hold stands for them. Restrict the processing, and erase once it is released."
    zh = "该人员的信息处于法律保全中,请限制处理,保全解除后再删除。"
    path = ("personId",)


class ErasureNotGranted(Refusal):
    """Nobody has granted a request for it."""

    en = "No granted request for erasure is open. Decide their request first."
    zh = "没有已同意且未完成的删除请求,请先对其请求作出决定。"
    path = ("ground",)


class ErasedAlready(Refusal):
    """There is nothing left to erase."""

    en = "They have been erased already."
    zh = "该人员的信息已删除。"
    path = ("personId",)


class OwnErasure(Refusal):
    """Nobody decides on what is about themself."""

    en = "This is about yourself. Ask for it with `requestErasure`, and another one decides."
    zh = "该事项涉及您本人,请通过 `requestErasure` 提出,由他人处理。"
    path = ("personId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePerson:
    """Who is erased, and why."""

    person_id: Annotated[UUID, Ref("Person")]
    expected_version: int
    ground: ErasureGround


@permission("Person", "delete")
async def erase_person(work: Work, command: ErasePerson) -> Person:
    """Erase somebody for good: their keys are destroyed, in copies too once those are brought back.

    What the law has kept is kept (PIPL article 47): then the processing is restricted instead.
    """
    person = await work.get(
        Person,
        command.person_id,
        to="delete Person",
        expected=command.expected_version,
        at=("personId",),
    )
    if person.id == work.actor.person_id:
        raise OwnErasure
    if is_erased(person):
        raise ErasedAlready
    await work.hold(Person, id=person.id)  # a hold that is being placed waits, or comes first
    await _refuse_unfit(work, person, command.ground)
    await erase(work, person, purpose=command.ground.value)
    work.record(PersonErased(person_id=person.id))
    return person


async def _refuse_unfit(work: Work, person: Person, ground: ErasureGround) -> None:
    if await is_held(work, person.id):
        raise UnderLegalHold
    if person.stage not in {Stage.CANDIDATE, Stage.LEFT}:
        raise StillWithUs
    if ground is ErasureGround.REQUEST:
        await _complete_request(work, person)
    if (until := _kept_until(work, person, ground)) is not None and work.today <= until:
        raise RetentionRuns(until=until)


async def _complete_request(work: Work, person: Person) -> None:
    granted = await work.hold(
        SubjectRequest,
        SubjectRequest.kind == RequestKind.ERASURE,
        SubjectRequest.state == RequestState.GRANTED,
        person_id=person.id,
    )
    if not granted:
        raise ErasureNotGranted
    for request in granted:
        step(request, RequestState.DONE)
        request.closed_at = work.now


def _kept_until(work: Work, person: Person, ground: ErasureGround) -> date | None:
    """The last day on which what is about somebody is kept, asked for or not."""
    if person.left_on is not None:
        return person.left_on + LEAVERS_KEPT
    if ground is ErasureGround.REQUEST:
        return None
    known_since = person.created_at.astimezone(ZoneInfo(work.time_zone)).date()
    return known_since + CANDIDATES_KEPT
