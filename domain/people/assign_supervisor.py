"""Put someone under a supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.organisation.standing import hold_structure

from .events import SupervisorAssigned
from .lines import fit_supervisor
from .models import Person
from .placements import EMPLOYED, NotEmployed, replace

if TYPE_CHECKING:
    from domain.kernel.work import Work


class SupervisorAlreadyAssigned(Refusal):
    """This is the supervisor as it is."""

    en = "The person already answers to this supervisor. Choose another one."
    zh = "该人员已由此主管管理,请另选主管。"
    path = ("supervisorId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignSupervisor:
    """Who answers to whom from today on."""

    person_id: Annotated[UUID, Ref("Person")]
    supervisor_id: Annotated[UUID, Ref("Person")]
    expected_version: int


@permission("Person.supervisor", "write")
async def assign_supervisor(work: Work, command: AssignSupervisor) -> Person:
    """Put someone under a supervisor of the same tenant or one above it; the line has no circle."""
    await hold_structure(work)
    person = await work.get(
        Person,
        command.person_id,
        to="write Person.supervisor",
        expected=command.expected_version,
        at=("personId",),
    )
    if person.stage not in EMPLOYED:
        raise NotEmployed
    if person.supervisor_id == command.supervisor_id:
        raise SupervisorAlreadyAssigned
    tenant = await work.get(Tenant, person.tenant_id, at=("personId",))
    supervisor = await fit_supervisor(work, person, command.supervisor_id, at_tenant=tenant)

    person.supervisor_id = supervisor.id
    await replace(work, person, from_day=work.today)
    await work.flush()
    work.record(SupervisorAssigned(person_id=person.id, supervisor_id=supervisor.id))
    return person
