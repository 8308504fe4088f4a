"""The people of the small group: in every stage, with and without each thing about them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from api.demo.peopling import lay
from domain.audit.key_acts import shred_keys
from domain.kernel.work import Work
from domain.people.models import Employment, LeaveCode, Person, Placement, Stage
from domain.privacy.sealed import Sealed
from tests.oracle.chance import Chance
from tests.people import national_id

NAMES = (
    "葛蕾丝", "马玛丽", "欧阳艾达", "夏娃", "韦沃特", "葛蕾丝", "张三", "章三", "O'Hara", 'A "B"',
    "\x01\x01", "Ünlü", "胡雨果", "任瑞塔", "白贝",
)  # fmt: skip
"""Two of the same name, two of the same reading, and some that are hard to write down."""


async def furnish_people(
    work: Work, chance: Chance, tenants: dict[str, UUID], roles: list[UUID]
) -> list[Person]:
    """Put people into all tenants; each may answer to those who came before."""
    people: list[Person] = []
    for number, name in enumerate(NAMES):
        person = _person(chance, number, name, tenants, roles)
        if people:
            person.supervisor_id = chance.some(*[one.id for one in people[:4]], none=0.3)
            person.mentor_id = chance.some(*[one.id for one in people[:4]], none=0.4)
        lay(work, person)
        people.append(person)
        _employ(work, chance, person, tenants, roles)
    await work.flush()
    return people


async def forget(work: Work, person: Person) -> None:
    """Erase somebody's keys: what was sealed of them opens for nobody any more."""
    await shred_keys(work, person.id, purpose="SUBJECT_REQUEST")


def _person(
    chance: Chance, number: int, name: str, tenants: dict[str, UUID], roles: list[UUID]
) -> Person:
    stage = list(Stage)[number % len(Stage)]
    hired = None if stage is Stage.CANDIDATE else chance.day()
    person = Person(
        tenant_id=chance.choice(sorted(tenants.values())),
        staff_number=f"S{number * 7 % 15:04}",
        stage=stage,
        display_name=name,
        job_role_id=chance.some(*roles, none=0.3),
        hired_on=hired,
        left_on=chance.day() if stage is Stage.LEFT else None,
    )
    for column, value in _sealed(chance, number).items():
        setattr(person, column, None if value is None else Sealed.of(value))
    return person


def _sealed(chance: Chance, number: int) -> dict[str, str | None]:
    return {
        "leave_reason": chance.words(none=0.5),
        "phone": chance.some(f"1540000{number:04}", "12", "+86 154 0000 0001", none=0.2),
        "national_id": chance.some(national_id(number), none=0.3),
        "email": chance.some(f"p{number}@staff.example", "无", none=0.3),
        "address": chance.some("某省某市某路1号", "某路", none=0.3),
        "bank_account": chance.some("9999 0000 1111 2228", "99", none=0.3),
        "born_on": chance.some("1990-01-01", none=0.3),
    }


def _employ(
    work: Work, chance: Chance, person: Person, tenants: dict[str, UUID], roles: list[UUID]
) -> None:
    """Write down where somebody stood: an earlier employment for some, two places in the last."""
    if person.hired_on is None:
        return
    about = {"tenant_id": person.tenant_id, "person_id": person.id}
    if chance.likely(0.4):
        left = person.hired_on - timedelta(days=9)
        code = chance.some(*LeaveCode, none=0.3)
        first = left - timedelta(days=chance.randint(-1, 30))
        lay(work, Employment(**about, hired_on=first, left_on=left, leave_code=code))
    last = Employment(**about, hired_on=person.hired_on, left_on=person.left_on)
    lay(work, last)
    moved = person.hired_on + timedelta(days=chance.randint(0, 2))
    for starts, ends in ((person.hired_on, moved), (moved, None)):
        placement = Placement(
            **about,
            employment_id=last.id,
            at_tenant_id=chance.choice(sorted(tenants.values())),
            job_role_id=chance.some(*roles, none=0.3),
            supervisor_id=chance.some(person.supervisor_id, person.mentor_id),
            starts_on=starts,
            ends_on=ends,
        )
        lay(work, placement)
