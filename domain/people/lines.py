"""Who may stand over whom: from the same tenant or from above it, and never in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from authz.lines import under
from domain.kernel.errors import Refusal
from domain.organisation.models import Tenant

from .models import Person
from .placements import EMPLOYED

if TYPE_CHECKING:
    from domain.kernel.work import Work


class SupervisorNotEmployed(Refusal):
    """Nobody answers to a candidate or to someone who has left."""

    en = "The supervisor is not employed. Choose someone who is."
    zh = "该主管未在职,请选择在职人员。"
    path = ("supervisorId",)


class SupervisorElsewhere(Refusal):
    """A supervisor works in the same tenant or above it."""

    en = "The supervisor works in neither the same tenant nor one above it. Choose another one."
    zh = "主管须在同一机构或其上级机构,请另选主管。"
    path = ("supervisorId",)


class SupervisorCycle(Refusal):
    """Someone would, in the end, answer to themselves."""

    en = "The supervisor answers to this person. Choose someone outside the person's own line."
    zh = "该主管在汇报线上归此人管理,请选择汇报线之外的人员。"
    path = ("supervisorId",)


async def fit_supervisor(
    work: Work, person: Person, supervisor_id: UUID, *, at_tenant: Tenant
) -> Person:
    """Take a supervisor whom someone may answer to in a tenant, or refuse.

    The caller holds the structure of the group: else two could be put over each other at once.
    """
    supervisor = await work.get(Person, supervisor_id, at=("supervisorId",))
    if supervisor.stage not in EMPLOYED:
        raise SupervisorNotEmployed
    if not await stands_over(work, supervisor, at_tenant):
        raise SupervisorElsewhere
    if person.id in await line_above(work, supervisor):
        raise SupervisorCycle
    return supervisor


async def stands_over(work: Work, guide: Person, tenant: Tenant) -> bool:
    """Say whether someone works in a tenant or in one above it."""
    theirs = await work.row(Tenant, Tenant.id == guide.tenant_id)
    assert theirs is not None, "a person is always in a tenant of the group"
    return under(tenant.path, theirs.path)


async def line_above(work: Work, person: Person) -> list[UUID]:
    """Name someone and all to whom they answer, from below; a circle is walked once."""
    line = [person.id]
    while person.supervisor_id is not None and person.supervisor_id not in line:
        above = await work.row(Person, Person.id == person.supervisor_id)
        assert above is not None, "a supervisor is a person of the group"
        line.append(above.id)
        person = above
    return line
