"""Record that someone has left, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.standing import hold_structure
from domain.privacy.sealed import Sealed

from .belongings import end_access
from .events import PersonLeft
from .models import Employment, LeaveCode, Person, Stage
from .placements import EMPLOYED, NotEmployed, open_employment, open_placement
from .rights import permit_fields
from .ties import part_from

if TYPE_CHECKING:
    from domain.kernel.work import Work


class LeavesAhead(Refusal):
    """Leaving is recorded when it has happened."""

    en = "The last day is today or earlier. Record the leaving on the last day itself."
    zh = "离职日期不得晚于今天,请在最后工作日登记。"
    path = ("leftOn",)


class LeftBeforeHired(Refusal):
    """Nobody leaves before the first day, who has begun."""

    en = "The person was hired on {hired_on}. Give that day or a later one."
    zh = "该人员于 {hired_on} 入职,离职日期不得早于该日。"
    path = ("leftOn",)


class LeftBeforePlaced(Refusal):
    """The present placement started later."""

    en = "The present placement started on {starts_on}. Give that day or a later one."
    zh = "当前岗位自 {starts_on} 开始,离职日期不得早于该日。"
    path = ("leftOn",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Who has left, on which last day, and why: coded for the figures, in words for the file."""

    person_id: Annotated[UUID, Ref("Person")]
    expected_version: int
    left_on: date
    leave_code: LeaveCode
    reason: Sealed | None = None


@permission("Person", "write")
async def leave(work: Work, command: Leave) -> Person:
    """Record a leaving; with it end the employment, the placement, every tie and all access."""
    await hold_structure(work)
    person = await work.get(
        Person,
        command.person_id,
        to="write Person",
        expected=command.expected_version,
        at=("personId",),
    )
    fields = ["leftOn", *(["leaveReason"] if command.reason else [])]
    await permit_fields(work, "write", person, fields)
    if person.stage not in EMPLOYED:
        raise NotEmployed
    employment = await open_employment(work, person)
    _refuse_unfit(work, person, employment, command)

    await _end_placement(work, person, last_day=command.left_on)
    employment.left_on, employment.leave_code = command.left_on, command.leave_code
    person.stage, person.left_on = Stage.LEFT, command.left_on
    person.leave_reason, person.mentor_id = command.reason, None
    await work.flush()
    await part_from(work, person)
    await end_access(work, person)
    work.record(PersonLeft(person_id=person.id, employment_id=employment.id))
    return person


def _refuse_unfit(work: Work, person: Person, employment: Employment, command: Leave) -> None:
    if command.left_on > work.today:
        raise LeavesAhead
    started = person.stage is not Stage.PRE_ONBOARD
    if started and command.left_on < employment.hired_on:
        raise LeftBeforeHired(hired_on=employment.hired_on)


async def _end_placement(work: Work, person: Person, *, last_day: date) -> None:
    """End the placement on the day after the last one; one that never began ends as it starts."""
    held = await open_placement(work, person)
    if held is None:
        return
    if last_day < held.starts_on and person.stage is not Stage.PRE_ONBOARD:
        raise LeftBeforePlaced(starts_on=held.starts_on)
    held.ends_on = max(last_day + timedelta(days=1), held.starts_on)
