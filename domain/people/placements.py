"""Where someone stands from when to when: one open placement within one open employment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.kernel.errors import Refusal

from .models import Employment, Person, Placement, Stage

if TYPE_CHECKING:
    from domain.kernel.work import Work

EMPLOYED = frozenset(Stage) - {Stage.CANDIDATE, Stage.LEFT}


class NotEmployed(Refusal):
    """A candidate is not employed yet, a leaver not any more."""

    en = "This person is not employed. Hire the person first."
    zh = "该人员未在职,请先办理录用。"
    path = ("personId",)


async def open_employment(work: Work, person: Person) -> Employment:
    """Read the employment that has not ended, or refuse."""
    found = await work.row(
        Employment, Employment.person_id == person.id, Employment.left_on.is_(None)
    )
    if found is None:
        raise NotEmployed
    return found


async def open_placement(work: Work, person: Person) -> Placement | None:
    """Read where someone stands; a candidate stands nowhere yet."""
    return await work.row(Placement, Placement.person_id == person.id, Placement.ends_on.is_(None))


async def place(work: Work, person: Person, employment: Employment, *, starts_on: date) -> None:
    """Open a placement where the person is said to stand now."""
    await work.add(
        Placement(
            tenant_id=person.tenant_id,
            person_id=person.id,
            employment_id=employment.id,
            at_tenant_id=person.tenant_id,
            job_role_id=person.job_role_id,
            supervisor_id=person.supervisor_id,
            starts_on=starts_on,
        )
    )


async def replace(work: Work, person: Person, *, from_day: date) -> None:
    """End the open placement and open the next one, where the person is said to stand now.

    A placement that would not have held for a day is corrected instead: it is no history.
    """
    held = await open_placement(work, person)
    if held is None:
        return
    if from_day <= held.starts_on:
        held.at_tenant_id = person.tenant_id
        held.job_role_id = person.job_role_id
        held.supervisor_id = person.supervisor_id
        await work.flush()
        return
    held.ends_on = from_day
    await work.flush()  # before the next one opens: only one may be open
    await place(work, person, await open_employment(work, person), starts_on=from_day)
