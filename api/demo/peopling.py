"""The people of the made-up group, with where they stood, and the principals of the personas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from authz.actor import PrincipalKind
from domain.access.models import Principal, RoleAssignment
from domain.people.models import Employment, LeaveCode, Person, Placement, Stage
from domain.privacy.sealed import Sealed

from .founding import FOUNDED, Founded, acting
from .history import STAYED, Programme, programme
from .identities import Identity, identity
from .world import ACCOUNTS, PERSONAS, PLACES, Somebody, people

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
AHEAD: Final = 5  # days until those who are hired come
PARENTS: Final = {place.code: place.parent for place in PLACES}


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody as a row, with what they follow."""

    somebody: Somebody
    person: Person
    plan: Programme | None


def lay(work: Work, *rows: GroupEntity) -> None:
    """Put rows down as of now, to be sealed and written with the next flush: an import."""
    for row in rows:
        row.group_id = work.actor.group_id
        row.id = row.id or work.new_id()
        row.created_at = work.now
    work.store.put(*rows)


async def settle_people(work: Work, group: Founded, chance: Random) -> list[Settled]:
    """Put everybody where they are; those whom others answer to come first."""
    settled: list[Settled] = []
    guides: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
    for number, somebody in enumerate(people(), start=1):
        plan = programme(chance, somebody.course)
        person = _person(group, somebody, identity(chance, number), number, plan)
        _guide(person, somebody, guides, number)
        with acting(work, at=group.ago(FOUNDED if plan is None else plan.began + 3)):
            lay(work, person)
            _stand(work, group, person, somebody)
        guides[somebody.at, somebody.role].append(person)
        settled.append(Settled(somebody, person, plan))
    await work.flush()
    return settled


def _person(
    group: Founded, somebody: Somebody, who: Identity, number: int, plan: Programme | None
) -> Person:
    left = somebody.stage is Stage.LEFT
    return Person(
        tenant_id=group.tenants[somebody.at],
        staff_number=f"HH{number:05}",
        stage=somebody.stage,
        display_name=who.name,
        job_role_id=group.roles[somebody.role],
        hired_on=_hired(group, somebody, plan),
        left_on=_day(group, (plan.began if plan else 0) - STAYED) if left else None,
        leave_reason=Sealed.of("觉得培训内容与岗位不符") if left else None,
        phone=Sealed.of(who.phone),
        national_id=Sealed.of(who.national_id),
        email=Sealed.of(who.email),
        address=Sealed.of(who.address),
        bank_account=None if somebody.stage is Stage.CANDIDATE else Sealed.of(who.bank_account),
        born_on=Sealed.of(who.born_on),
    )


def _hired(group: Founded, somebody: Somebody, plan: Programme | None) -> date | None:
    match somebody.stage:
        case Stage.CANDIDATE:
            return None
        case Stage.PRE_ONBOARD:
            return _day(group, -AHEAD)
        case _:
            return _day(group, plan.began if plan else FOUNDED - 10)


def _guide(
    person: Person,
    somebody: Somebody,
    guides: Mapping[tuple[str, str], list[Person]],
    number: int,
) -> None:
    """Give a learner a mentor and a supervisor of their branch; the personas know each other."""
    if not somebody.guided:
        return
    branch = (
        somebody.at if (somebody.at, "senior-collector") in guides else PARENTS[somebody.at] or ""
    )
    mentors, supervisors = guides[branch, "senior-collector"], guides[branch, "training-supervisor"]
    mentor = mentors[0] if somebody.persona else mentors[number % len(mentors)]
    person.supervisor_id = supervisors[0].id
    person.mentor_id = mentor.id if somebody.stage is not Stage.INDEPENDENT else None


def _stand(work: Work, group: Founded, person: Person, somebody: Somebody) -> None:
    if person.hired_on is None:
        return
    employment = Employment(
        tenant_id=person.tenant_id,
        person_id=person.id,
        hired_on=person.hired_on,
        left_on=person.left_on,
        leave_code=LeaveCode.CONTENT_UNSUITABLE if person.left_on else None,
    )
    lay(work, employment)
    placement = Placement(
        tenant_id=person.tenant_id,
        person_id=person.id,
        employment_id=employment.id,
        at_tenant_id=person.tenant_id,
        job_role_id=group.roles[somebody.role],
        supervisor_id=person.supervisor_id,
        starts_on=person.hired_on,
        ends_on=person.left_on + timedelta(days=1) if person.left_on else None,
    )
    lay(work, placement)


async def settle_principals(work: Work, group: Founded, settled: list[Settled]) -> dict[str, UUID]:
    """Make the principals of the personas, each with its role where it stands."""
    made: dict[str, UUID] = {}
    for one in settled:
        if one.somebody.persona is not None:
            person = one.person
            principal = Principal(
                tenant_id=person.tenant_id, kind=PrincipalKind.PERSON, person_id=person.id
            )
            made[one.somebody.persona] = _assigned(work, principal, one.somebody.persona)
    for account in ACCOUNTS:
        principal = Principal(
            tenant_id=group.tenants["hq"],
            kind=PrincipalKind(account.kind),
            name=account.name,
            owner_id=made["admin"] if account.kind == "SERVICE" else None,
        )
        made[account.persona] = _assigned(work, principal, account.persona)
    await work.flush()
    return made


def _assigned(work: Work, principal: Principal, persona: str) -> UUID:
    lay(work, principal)
    lay(
        work,
        RoleAssignment(
            tenant_id=principal.tenant_id,
            principal_id=principal.id,
            role=PERSONAS[persona],
            valid_from=work.now,
        ),
    )
    return principal.id


def _day(group: Founded, ago: int) -> date:
    return group.ago(ago).astimezone(SHANGHAI).date()
