"""The ties between people: they end where one leaves, or no longer stands over the other.

A tie that stayed would be a hole: a mentor and a supervisor see what others do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_

from authz.lines import under
from domain.kernel.events import hears
from domain.organisation.events import TenantMoved
from domain.organisation.models import Tenant
from domain.organisation.standing import hold_structure

from .events import MentorParted, SupervisorParted
from .models import Person
from .placements import replace

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from domain.kernel.work import Work


async def part_from(work: Work, guide: Person) -> None:
    """Part someone who leaves from all whom they guide."""
    for person in await _guided(work, guide):
        await _part(work, person, lost={guide.id})


async def part_from_elsewhere(work: Work, guide: Person) -> None:
    """Part someone who has moved from those over whom they no longer stand."""
    paths = await _paths(work)
    for person in await _guided(work, guide):
        if not under(paths[person.tenant_id], paths[guide.tenant_id]):
            await _part(work, person, lost={guide.id})


@hears(TenantMoved)
async def part_across(work: Work, event: TenantMoved) -> None:
    """Part the people of a subtree that has moved from guides who no longer stand above them."""
    await hold_structure(work)
    paths = await _paths(work)
    moved = [one for one, path in paths.items() if under(path, paths[event.tenant_id])]
    people = await _locked(
        work,
        Person.tenant_id.in_(moved),
        or_(Person.mentor_id.is_not(None), Person.supervisor_id.is_not(None)),
    )
    guides = {one for person in people for one in (person.mentor_id, person.supervisor_id) if one}
    where = {one.id: paths[one.tenant_id] for one in await work.rows(Person, Person.id.in_(guides))}
    for person in people:
        path = paths[person.tenant_id]
        await _part(work, person, lost={one for one in guides if not under(path, where[one])})


async def _part(work: Work, person: Person, *, lost: set[UUID]) -> None:
    mentor, supervisor = person.mentor_id, person.supervisor_id
    if mentor in lost and mentor is not None:
        person.mentor_id = None
        work.record(MentorParted(person_id=person.id, mentor_id=mentor))
    if supervisor in lost and supervisor is not None:
        person.supervisor_id = None
        await replace(work, person, from_day=work.today)
        work.record(SupervisorParted(person_id=person.id, supervisor_id=supervisor))
    await work.flush()


async def _guided(work: Work, guide: Person) -> Sequence[Person]:
    return await _locked(work, or_(Person.mentor_id == guide.id, Person.supervisor_id == guide.id))


async def _locked(work: Work, *criteria: ColumnElement[bool]) -> Sequence[Person]:
    return await work.hold(Person, *criteria, lock="whole")


async def _paths(work: Work) -> dict[UUID, str]:
    return {tenant.id: tenant.path for tenant in await work.rows(Tenant)}
