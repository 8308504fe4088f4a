"""What an actor sees, one row and one field at a time, straight from the mask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from api.graphql.schema import schema
from api.planner.shapes import Column, Derived, Figure, Inside, One, Shape, column_name, is_core
from authz.actor import Actor
from authz.conditions import Facts
from authz.masks import Cell, Mask
from domain.kernel.entity import GroupEntity
from domain.kernel.traits import traits_of
from tests.oracle.rows import Row, Rows
from tests.oracle.things import Thing, Withheld


@dataclass(slots=True)
class Sight:
    """The mask of an actor held against rows."""

    rows: Rows
    actor: Actor
    now: datetime
    known: dict[tuple[str, UUID], Facts] = field(default_factory=dict)

    def sees(self, shape: Shape, row: Row) -> bool:
        """Whether a row is shown; a part of another row is, wherever that one is.

        It is not without those that it is promised never to be without.
        """
        entity = shape.entity
        assert entity is not None
        cell = self.actor.mask.cell("read", shape.policy_name)
        own = shape.part or self._open(cell, entity, row)
        return (
            own
            and self._sees_inside(shape, entity, row)
            and all(
                self._sees_one(held, row)
                for held in shape.fields.values()
                if isinstance(held, One) and held.required
            )
        )

    def _sees_inside(self, shape: Shape, entity: type[GroupEntity], row: Row) -> bool:
        """Whether each value that lies in the row may be read there."""
        inner = (
            schema().map.shapes[held.target]
            for held in shape.fields.values()
            if isinstance(held, Inside)
        )
        mask = self.actor.mask
        return all(self._open(mask.cell("read", one.policy_name), entity, row) for one in inner)

    def _sees_one(self, held: One, row: Row) -> bool:
        target = schema().map.shapes[held.target]
        other = self.rows.one(target.table, row[held.by])
        return other is not None and self.sees(target, other)

    def shows(self, thing: Thing, name: str) -> bool:
        """Whether a field is shown on a row that is; a derived one is where its sources are."""
        name = source_of(thing.shape, name)
        return all(self._may(act, thing, name) for act in acts_of(thing.shape, name))

    def may(self, act: str, thing: Thing, name: str) -> bool:
        """Whether an act besides reading is open on a field that is shown on the row."""
        core = is_core(thing.shape.fields[name])
        return core or (self._may("read", thing, name) and self._may(act, thing, name))

    def opens(self, thing: Thing, name: str) -> bool:
        """Whether a sealed field may be opened on a row."""
        return self._may("decrypt", thing, name)

    def capability(self, thing: Thing, act: str) -> dict[str, Any]:
        """Whether the actor may do something with a row, and if not, whether they ever may."""
        may, ever = self._may_as_such(act, thing)
        reason = None if may else "ROW" if ever else "ROLE"
        return {
            "__typename": "Capability",
            "action": act.upper(),
            "allowed": may,
            "reason": reason,
        }

    def _may_as_such(self, act: str, thing: Thing) -> tuple[bool, bool]:
        mask, named = self.actor.mask, thing.shape.policy_name
        if act != "decrypt":
            cell = mask.cell(act, named)
            return self._open(cell, thing.entity, thing.row), not cell.never
        sealed = [name for name in thing.shape.fields if _is_sealed(thing, name)]
        return (
            any(self.shows(thing, one) and self.opens(thing, one) for one in sealed),
            any(
                not (mask.cell("read", named, one) & mask.cell(act, named, one)).never
                for one in sealed
            ),
        )

    def withheld(self, thing: Thing, name: str, *, act: str = "read") -> Withheld:
        """Say why a field is not shown: no role ever would, or this row is not among theirs."""
        name = source_of(thing.shape, name)
        acts = [act] if act == "decrypt" else acts_of(thing.shape, name)
        never = any(self.actor.mask.cell(one, thing.shape.policy_name, name).never for one in acts)
        return Withheld(f"{thing.shape.name}.{name}", act, "ROLE" if never else "ROW")

    def facts(self, entity: type[GroupEntity], row: Row) -> Facts:
        """What a row says to conditions."""
        key = (entity.__tablename__, row["id"])
        if key not in self.known:
            self.known[key] = self._facts(entity, row)
        return self.known[key]

    def _facts(self, entity: type[GroupEntity], row: Row) -> Facts:
        tenant = row[entity.placed]
        subject = row[entity.about] if entity.about else None
        if subject is None:
            return Facts(tenant=tenant, at=self.now)
        person = self.rows.one("person", subject) or {}
        return Facts(
            subject,
            tenant,
            person.get("supervisor_id"),
            person.get("mentor_id"),
            consented=self._consented(subject),
            cohorts=frozenset(
                one["cohort_id"] for one in self.rows.where("cohort_member", "person_id", subject)
            ),
            at=self.now,
        )

    def _consented(self, subject: UUID) -> bool:
        return any(
            one["topic"] == "THIRD_PARTY" and one["withdrawn_at"] is None
            for one in self.rows.where("consent", "person_id", subject)
        )

    def _may(self, act: str, thing: Thing, name: str) -> bool:
        cell = self.actor.mask.cell(act, thing.shape.policy_name, name)
        return self._open(cell, thing.entity, thing.row)

    def _open(self, cell: Cell, entity: type[GroupEntity], row: Row) -> bool:
        return cell.opens(self.facts(entity, row), self.actor.variables)


def _is_sealed(thing: Thing, name: str) -> bool:
    held = thing.shape.fields[name]
    if not isinstance(held, Column):
        return False
    return traits_of(thing.entity, thing.entity.__table__.columns[column_name(name, held)]).sealed


def readable(mask: Mask, shape: Shape) -> Cell:
    """Where a type may be read as far as the lines go: with whatever its rows cannot be without."""
    cell = mask.cell("read", shape.policy_name)
    for held in shape.fields.values():
        if isinstance(held, Inside) or (
            isinstance(held, One) and held.required and not held.elsewhere
        ):
            cell = cell & readable(mask, schema().map.shapes[held.target])
    return cell


def source_of(shape: Shape, name: str) -> str:
    """The field that decides on a field: on a derived one that of its sources which is no core.

    Where all of them are, it decides on itself, and is shown whenever the row is, as they are.
    """
    held = shape.fields[name]
    if not isinstance(held, Derived):
        return name
    deciding = [one for one in held.sources if not is_core(shape.fields[one])]
    [source] = deciding or [name]
    return source


def acts_of(shape: Shape, name: str) -> list[str]:
    """What reading a field takes: of the row core nothing, of a rate the right to count too.

    Of a derived field it is asked only where nothing else decides on it, and then it is nothing.
    """
    held = shape.fields[name]
    if is_core(held) or isinstance(held, Derived):
        return []
    return ["read", "aggregate"] if isinstance(held, Figure) else ["read"]
