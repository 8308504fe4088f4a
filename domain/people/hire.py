"""Hire a candidate, or someone who has left, into the tenant where they are registered."""

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

from .events import PersonHired
from .lines import fit_supervisor
from .models import Employment, Person, Stage
from .placements import EMPLOYED, place
from .rights import permit_fields

if TYPE_CHECKING:
    from domain.kernel.work import Work


class AlreadyHired(Refusal):
    """The person is employed."""

    en = "This person is already employed. To change tenant or job role, move the person."
    zh = "该人员已在职;如需变更机构或岗位,请办理调动。"
    path = ("personId",)


class HiredBeforeLeaving(Refusal):
    """Two employments would overlap."""

    en = "The person's last employment ended on {left_on}. Give a later day."
    zh = "该人员上一段任职于 {left_on} 结束,录用日期须晚于该日。"
    path = ("hiredOn",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """Who is hired, from which day on, for which job role and under whom."""

    person_id: Annotated[UUID, Ref("Person")]
    expected_version: int
    hired_on: date
    job_role_id: Annotated[UUID | None, Ref("JobRole")] = None
    supervisor_id: Annotated[UUID | None, Ref("Person")] = None


@permission("Person", "write")
async def hire(work: Work, command: Hire) -> Person:
    """Hire someone; until the first day they are to come, from then on they are in training."""
    await hold_structure(work)
    person = await work.get(
        Person,
        command.person_id,
        to="write Person",
        expected=command.expected_version,
        at=("personId",),
    )
    await permit_fields(work, "write", person, _fields(command))
    if person.stage in EMPLOYED:
        raise AlreadyHired
    if person.left_on is not None and command.hired_on <= person.left_on:
        raise HiredBeforeLeaving(left_on=person.left_on)

    await _take_up(work, person, command)
    employment = Employment(
        tenant_id=person.tenant_id, person_id=person.id, hired_on=command.hired_on
    )
    await work.add(employment)
    await place(work, person, employment, starts_on=command.hired_on)
    work.record(
        PersonHired(person_id=person.id, employment_id=employment.id, tenant_id=person.tenant_id)
    )
    return person


def _fields(command: Hire) -> list[str]:
    fields = ["hiredOn"]
    fields += ["jobRole"] if command.job_role_id else []
    fields += ["supervisor"] if command.supervisor_id else []
    return fields


async def _take_up(work: Work, person: Person, command: Hire) -> None:
    """Write the person as hired. What was said of an earlier employment stays with that one."""
    person.job_role_id = person.supervisor_id = person.mentor_id = None
    if command.job_role_id is not None:
        job_role = await work.get(JobRole, command.job_role_id, at=("jobRoleId",))
        person.job_role_id = job_role.id
    if command.supervisor_id is not None:
        tenant = await work.get(Tenant, person.tenant_id, at=("personId",))
        supervisor = await fit_supervisor(work, person, command.supervisor_id, at_tenant=tenant)
        person.supervisor_id = supervisor.id
    person.stage = Stage.PRE_ONBOARD if command.hired_on > work.today else Stage.IN_TRAINING
    person.hired_on = command.hired_on
    person.left_on = person.leave_reason = None
