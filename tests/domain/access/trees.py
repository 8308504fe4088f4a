"""Random conditions, actors and rows, which lie in tables that hide the real ones."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg

from authz.conditions import (
    All,
    AnyOf,
    Condition,
    Equals,
    Facts,
    Includes,
    IsNull,
    Lasts,
    Negate,
    Says,
    Variables,
    Within,
)
from tests.people import NOW

GROUP, ELSEWHERE = UUID(int=0xA), UUID(int=0xB)
IDS = tuple(UUID(int=number) for number in range(1, 7))
TENANTS, COHORTS = IDS[:4], IDS[:3]
INSTANTS = (NOW, NOW + timedelta(days=1), NOW - timedelta(days=1), NOW + timedelta(microseconds=1))
LEAVES = (
    *(Equals(fact, "person") for fact in ("subject", "supervisor", "mentor")),
    Equals("tenant", "tenant"),
    Within("tenant", "tenants"),
    Within("subject", "reach"),
    Within("supervisor", "reach"),
    *(IsNull(fact) for fact in ("subject", "tenant", "supervisor", "mentor")),
    Says("consented"),
    Includes("cohorts", "cohort"),
    Lasts("certified_until"),
    Lasts("contracted_until"),
)
ABOUT = {
    "enrolments": SimpleNamespace(about="subject_id", placed="tenant_id"),
    "people": SimpleNamespace(about="id", placed="tenant_id"),
    "courses": SimpleNamespace(about=None, placed="tenant_id"),
}
"""Rows about somebody who may be nobody, rows that are somebody, and rows about nobody."""

TABLES = """
CREATE TEMP TABLE person
  (group_id uuid, id uuid, tenant_id uuid, supervisor_id uuid, mentor_id uuid);
CREATE TEMP TABLE consent (group_id uuid, person_id uuid, topic text, withdrawn_at timestamptz);
CREATE TEMP TABLE cohort_member (group_id uuid, person_id uuid, cohort_id uuid);
CREATE TEMP TABLE enrolments (id uuid, subject_id uuid, tenant_id uuid);
CREATE TEMP VIEW people AS SELECT id, tenant_id, supervisor_id, mentor_id FROM pg_temp.person
  WHERE group_id = '00000000-0000-0000-0000-00000000000a';
CREATE TEMP VIEW courses AS SELECT id, tenant_id FROM enrolments;
"""


def random_tree(random: Random, depth: int = 4) -> Condition:
    """A tree of all there is: also all of nothing, any of nothing, and not of not."""
    kind = random.random()
    if depth == 0 or kind < 0.3:
        return random.choice(LEAVES)
    if kind < 0.5:
        return Negate(random_tree(random, depth - 1))
    joined = All if kind < 0.75 else AnyOf
    return joined(*(random_tree(random, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 3)))))


def random_variables(random: Random) -> Variables:
    """An actor: of nobody, without a contract, with an empty scope, or with all of the group."""

    def some() -> frozenset[UUID] | None:
        size = random.randrange(-1, 4)
        return None if size < 0 else frozenset(random.sample(IDS, size))

    return Variables(
        person=random.choice((None, *IDS)),
        tenant=random.choice((None, *TENANTS)),
        tenants=some(),
        reach=some(),
        cohort=random.choice((None, *COHORTS)),
        certified_until=random.choice((None, *INSTANTS)),
        contracted_until=random.choice((None, *INSTANTS)),
    )


@dataclass
class Bound:
    """The places of one statement: what is bound to them, in their order."""

    variables: Variables
    values: list[Any] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def __call__(self, variable: str) -> str | None:
        value = {"group": GROUP, "now": NOW}.get(variable, getattr(self.variables, variable, None))
        if variable in {"tenants", "reach"} and value is None:
            return None
        if variable not in self.places:
            several = isinstance(value, frozenset)
            self.values.append(list(value) if several else value)
            place = f"${len(self.values)}::{'timestamptz' if _is_instant(variable) else 'uuid'}"
            self.places[variable] = f"ANY({place}[])" if several else place
        return self.places[variable]


def _is_instant(variable: str) -> bool:
    kinds = {one.name: one.type for one in fields(Variables)}
    return variable == "now" or "datetime" in str(kinds.get(variable))


@dataclass(frozen=True)
class World:
    """What the tables hold, and what each row says to a condition."""

    people: dict[UUID, tuple[UUID | None, UUID | None, UUID | None]]  # tenant, supervisor, mentor
    consents: tuple[tuple[UUID, datetime | None], ...]
    members: frozenset[tuple[UUID, UUID]]
    rows: dict[UUID, tuple[UUID | None, UUID | None]]  # subject, tenant

    async def lay(self, connection: asyncpg.Connection) -> None:
        """Write the tables anew; the same people of another group stand among them."""
        for table in ("person", "consent", "cohort_member", "enrolments"):
            await connection.execute(f"TRUNCATE pg_temp.{table}")
        people = [(GROUP, one, *held) for one, held in self.people.items()]
        others = [(ELSEWHERE, one, None, IDS[0], IDS[0]) for one in IDS]
        consents = [(GROUP, one, "THIRD_PARTY", ended) for one, ended in self.consents]
        consents += [(ELSEWHERE, one, "THIRD_PARTY", None) for one in IDS]
        consents += [(GROUP, one, "SOMETHING_ELSE", None) for one in IDS]
        members = [(GROUP, *one) for one in self.members]
        members += [(ELSEWHERE, person, cohort) for person in IDS for cohort in COHORTS]
        rows = [(one, *held) for one, held in self.rows.items()]
        for table, records in (
            ("person", people + others), ("consent", consents),
            ("cohort_member", members), ("enrolments", rows),
        ):  # fmt: skip
            await connection.copy_records_to_table(table, records=records)

    def facts(self, kind: str) -> dict[UUID, Facts]:
        """What the rows of a kind say, by their ids."""
        if kind == "people":
            return {one: self._about(one, held[0]) for one, held in self.people.items()}
        if kind == "courses":
            return {one: Facts(tenant=held[1], at=NOW) for one, held in self.rows.items()}
        return {one: self._about(*held) for one, held in self.rows.items()}

    def _about(self, subject: UUID | None, tenant: UUID | None) -> Facts:
        if subject is None:
            return Facts(tenant=tenant, at=NOW)
        _, supervisor, mentor = self.people.get(subject, (None, None, None))
        return Facts(
            subject, tenant, supervisor, mentor,
            consented=(subject, None) in self.consents,
            cohorts=frozenset(cohort for person, cohort in self.members if person == subject),
            at=NOW,
        )  # fmt: skip


def random_world(random: Random, rows: int) -> World:
    """People some of whom are unknown, consents that were withdrawn, rows about nobody."""
    known = random.sample(IDS, 5)
    return World(
        people={
            one: (
                random.choice((None, *TENANTS)),
                random.choice((None, *IDS)),
                random.choice((None, *IDS)),
            )
            for one in known
        },
        consents=tuple(
            (random.choice(IDS), random.choice((None, NOW - timedelta(days=1)))) for _ in range(5)
        ),
        members=frozenset((random.choice(IDS), random.choice(COHORTS)) for _ in range(6)),
        rows={
            UUID(int=1000 + number): (
                random.choice((None, *IDS)), random.choice((None, *TENANTS)),
            )
            for number in range(rows)
        },
    )  # fmt: skip
