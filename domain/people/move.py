"""Move someone: to another tenant, to another job role, under another supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import JobRole, Tenant
from domain.organisation.standing import hold_structure

from .belongings import carry_along
from .events import MentorParted, PersonMoved
from .lines import fit_supervisor, stands_over
from .models import Person, Stage
from .placements import open_placement, replace
from .rights import permit_fields
from .ties import part_from_elsewhere

if TYPE_CHECKING:
    from domain.kernel.work import Work


class SamePlace(Refusal):
    """Nothing would change."""

    en = "The person already stands there. Name another tenant, job role or supervisor."
    zh = "该人员的机构、岗位和主管均未变化,请至少变更其中一项。"
    path = ("personId",)


class HasLeft(Refusal):
    """Someone who has left stands nowhere."""

    en = "This person has left. Hire the person anew before moving."
    zh = "该人员已离职,请重新录用后再调动。"
    path = ("personId",)


class MoveAhead(Refusal):
    """A move is recorded when it happens."""

    en = "A move starts today or on an earlier day. Record it on the day itself."
    zh = "调动日期不得晚于今天,请在调动当天登记。"
    path = ("startsOn",)


class MoveBeforePlacement(Refusal):
    """What was before the present placement is history."""

    en = "The present placement started on {starts_on}. Give that day or a later one."
    zh = "当前岗位自 {starts_on} 开始,调动日期不得早于该日。"
    path = ("startsOn",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Who moves, where to, and from which day on (today, unless told); what is left out stays."""

    person_id: Annotated[UUID, Ref("Person")]
    expected_version: int
    tenant_id: Annotated[UUID | None, Ref("Tenant")] = None
    job_role_id: Annotated[UUID | None, Ref("JobRole")] = None
    supervisor_id: Annotated[UUID | None, Ref("Person")] = None
    starts_on: date | None = None


@permission("Person", "write")
async def move(work: Work, command: Move) -> Person:
    """Move someone, with all that is about them; the right is judged here and where they go.

    A supervisor who does not stand over the new place is let go, and so is every mentor: mentoring
    happens side by side.
    """
    await hold_structure(work)
    person = await work.get(
        Person,
        command.person_id,
        to="write Person",
        expected=command.expected_version,
        at=("personId",),
    )
    fields = _fields(person, command)
    await permit_fields(work, "write", person, fields)
    if person.stage is Stage.LEFT:
        raise HasLeft
    starts_on = await _day(work, person, command)
    came_from = person.tenant_id

    await _settle_in(work, person, command)
    await work.permit("write Person", person)
    await permit_fields(work, "write", person, fields)
    await replace(work, person, from_day=starts_on)
    await work.flush()
    if person.tenant_id != came_from:
        await _follow(work, person)
    work.record(
        PersonMoved(person_id=person.id, from_tenant_id=came_from, to_tenant_id=person.tenant_id)
    )
    return person


def _fields(person: Person, command: Move) -> list[str]:
    """Name the fields that would change, or refuse where none would."""
    wanted = {
        "tenant": (command.tenant_id, person.tenant_id),
        "jobRole": (command.job_role_id, person.job_role_id),
        "supervisor": (command.supervisor_id, person.supervisor_id),
    }
    changed = [field for field, (new, old) in wanted.items() if new is not None and new != old]
    if not changed:
        raise SamePlace
    return changed


async def _day(work: Work, person: Person, command: Move) -> date:
    if command.starts_on is None:
        return work.today
    if command.starts_on > work.today:
        raise MoveAhead
    held = await open_placement(work, person)
    if held is not None and command.starts_on < held.starts_on:
        raise MoveBeforePlacement(starts_on=held.starts_on)
    return command.starts_on


async def _settle_in(work: Work, person: Person, command: Move) -> None:
    """Write the person as standing in the new place."""
    tenant = await work.get(Tenant, command.tenant_id or person.tenant_id, at=("tenantId",))
    if tenant.id != person.tenant_id:
        _leave_mentor(work, person)
        await _leave_supervisor(work, person, tenant)
    if command.job_role_id is not None:
        job_role = await work.get(JobRole, command.job_role_id, at=("jobRoleId",))
        person.job_role_id = job_role.id
    if command.supervisor_id is not None:
        supervisor = await fit_supervisor(work, person, command.supervisor_id, at_tenant=tenant)
        person.supervisor_id = supervisor.id
    person.tenant_id = tenant.id


def _leave_mentor(work: Work, person: Person) -> None:
    if person.mentor_id is not None:
        work.record(MentorParted(person_id=person.id, mentor_id=person.mentor_id))
        person.mentor_id = None


async def _leave_supervisor(work: Work, person: Person, tenant: Tenant) -> None:
    if person.supervisor_id is None:
        return
    supervisor = await work.row(Person, Person.id == person.supervisor_id)
    assert supervisor is not None, "a supervisor is a person of the group"
    if not await stands_over(work, supervisor, tenant):
        person.supervisor_id = None


async def _follow(work: Work, person: Person) -> None:
    """Bring along what is about the person, and part them from whom they no longer stand over."""
    await carry_along(work, person)
    await part_from_elsewhere(work, person)
    work.policy_changed()  # whoever acts as this person now acts elsewhere
