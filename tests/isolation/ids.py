"""Ids to put in the place of others: of another group, of a sibling branch, of nothing at all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from api.graphql.binding import ABSTRACTS, SHAPES
from domain.kernel.entity import GroupEntity
from tests.people import Group

NOBODYS = "7" * 32
"""The digits of an id that no row ever had."""
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

STATES = {
    "person": "stage",
    "principal": "kind",
    "policy_change": "state",
    "policy_line": "CASE WHEN valid_to IS NULL AND change_id IS NULL THEN 'IN_FORCE' END",
}
"""What says in which state a row is, by table."""


@dataclass(frozen=True)
class Candidate:
    """A row with what decides who sees it."""

    id: str
    tenant: UUID
    about: UUID | None
    version: int
    state: str | None


class Ids:
    """The rows of a group, by the types whose ids they have."""

    def __init__(self, group: Group, rows: dict[str, list[Candidate]], head: int) -> None:
        self.group, self.rows, self.head = group, rows, head

    @classmethod
    async def of(cls, group: Group) -> Ids:
        rows: defaultdict[str, list[Candidate]] = defaultdict(list)
        for name, entity, prefix in types():
            columns = {
                "tenant": entity.placed,
                "about": entity.about or "NULL::uuid",
                "state": STATES.get(entity.__tablename__, "NULL"),
            }
            chosen = ", ".join(f"{column} AS {said}" for said, column in columns.items())
            table = entity.__tablename__
            where = f"AND kind = '{HUMP.sub('_', name).upper()}'" if table == "activity" else ""
            for row in await group.rows(
                f"SELECT id, row_version, {chosen} FROM {table} "
                f"WHERE group_id = :g {where} ORDER BY id"
            ):
                external = f"{prefix}_{row.id.hex}"
                rows[name].append(
                    Candidate(external, row.tenant, row.about, row.row_version, row.state)
                )
        [head] = await group.rows("SELECT version FROM policy_head WHERE group_id = :g")
        return cls(group, rows, head.version)

    def candidates(self, ref: str) -> list[Candidate]:
        """The rows whose id fits a place: of one type, or of any that it stands for."""
        members = ABSTRACTS[ref].members if ref in ABSTRACTS else (ref,)
        return [row for name in members for row in self.rows.get(name, ())]

    def own(self, ref: str, at: str, *, fit: str | None = None) -> Candidate | None:
        """A row of a tenant, or of the head office; in a certain state, where that matters."""
        for tenant in (self.group.tenants[at], self.group.id):
            for row in self.candidates(ref):
                if row.tenant == tenant and fit in {None, row.state}:
                    return row
        return None

    def of_sibling(self, ref: str, *, but: set[UUID]) -> Candidate | None:
        """A row of the branch in the west, unless it is about somebody led from elsewhere."""
        west = self.group.tenants["west"]
        rows = (row for row in self.candidates(ref) if row.tenant == west)
        return next((row for row in rows if row.about not in but), None)


def prefix_of(ref: str) -> str:
    name = ABSTRACTS[ref].members[0] if ref in ABSTRACTS else ref
    return SHAPES[name].prefix or ""


def types() -> Iterator[tuple[str, type[GroupEntity], str]]:
    """Every type with ids, its entity and the prefix of its ids."""
    for shape in SHAPES.values():
        if shape.prefix and shape.entity is not None:
            yield shape.name, shape.entity, shape.prefix


async def led_by(group: Group, person: UUID | None) -> set[UUID]:
    """Whoever somebody leads or mentors, and themselves: whom they see wherever they are."""
    if person is None:
        return set()
    rows = await group.rows(
        "SELECT id FROM person WHERE group_id = :g AND (supervisor_id = :p OR mentor_id = :p)",
        p=person,
    )
    return {person, *(row.id for row in rows)}
