"""Arguments that find something: filters, orders and ids drawn from what the rows really hold.

Most tests and keys are such as the asker may use: a refused operation tells little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type

from api.planner.shapes import Column, Inside, Map, Shape, column_name
from tests.oracle.chance import Chance
from tests.oracle.rows import Rows
from tests.oracle.things import written

ENDS = ("and", "or", "not")
NULLABLE = {
    "leftOn", "hiredOn", "dueOn", "completedAt", "publishedAt", "progress", "changeNote",
    "returnReason", "bestScore", "lastActivityAt", "passMark",
}  # fmt: skip
"""Keys by which some rows have no value: worth more than others."""


@dataclass(slots=True)
class Drawing:
    """Draws arguments against one view of the schema."""

    chance: Chance
    schema: GraphQLSchema
    rows: Rows
    known: Map
    strangers: list[str]  # ids of another group
    may: Callable[[str, Shape, str], bool]  # whether a field may be filtered or sorted by

    def id_of(self, shape: Shape) -> str:
        """An id of a type: mostly of a row that there is."""
        if self.chance.likely(0.1):
            return f"{shape.prefix}_{UUID(int=self.chance.getrandbits(128)).hex}"
        rows = self.rows.all(shape.table)
        return f"{shape.prefix}_{self.chance.choice(rows)['id'].hex}"

    def any_id(self) -> str:
        """An id of any type, or of another group, or of nothing."""
        if self.chance.likely(0.05):
            return self.chance.choice((*self.strangers, f"xyz_{'0' * 32}"))
        shapes = [one for one in self.known.shapes.values() if one.prefix]
        return self.id_of(self.chance.choice(shapes))

    def search(self, shape: Shape) -> str:
        """A piece of somebody's name."""
        row = self.chance.choice(self.rows.all(shape.table))
        name = str(row[shape.kept_in.named_by or "id"]) or "无"
        at = self.chance.randrange(len(name))
        return name[at : at + self.chance.randint(1, 3)].strip() or "葛"

    def filter(self, kind: GraphQLInputObjectType, depth: int = 2) -> dict[str, Any]:
        """A filter of a type: most of its tests are true of some row."""
        shape = self.known.shapes[kind.name.removesuffix("Filter")]
        names = self._fit("filter", shape, [name for name in kind.fields if name not in ENDS])
        picked = self.chance.sample(names, min(len(names), self.chance.choice((0, 1, 1, 2))))
        found = {name: self._part(shape, name, kind, depth) for name in picked}
        if depth and self.chance.likely(0.35):
            end = self.chance.choice(ENDS)
            inner = [self.filter(kind, depth - 1) for _ in range(self.chance.randint(0, 2))]
            found[end] = inner if end != "not" else self.filter(kind, depth - 1)
        return found

    def _part(self, shape: Shape, name: str, kind: GraphQLInputObjectType, depth: int) -> Any:
        if self.chance.likely(0.03):
            return None
        inner: Any = get_named_type(kind.fields[name].type)
        held = shape.fields.get(name)
        if isinstance(held, Column) or (held is None and name == "id"):
            column = "id" if held is None else column_name(name, held)
            prefix = self.known.prefix_of(held.id_of if held else shape.name)
            return self._tests(shape, column, inner, prefix)
        if not depth:
            return None
        if isinstance(held, Inside) or inner.name.removesuffix("Filter") in self.known.shapes:
            return self.filter(inner, depth - 1)
        words = self.chance.sample(list(inner.fields), self.chance.randint(0, len(inner.fields)))
        return {
            word: self.filter(get_named_type(inner.fields[word].type), depth - 1) for word in words
        }

    def _tests(
        self, shape: Shape, column: str, kind: GraphQLInputObjectType, prefix: str | None
    ) -> dict[str, Any]:
        operators = self.chance.sample(list(kind.fields), self.chance.choice((0, 1, 1, 1, 1, 2)))
        return {one: self._operand(shape, column, one, prefix) for one in operators}

    def _operand(self, shape: Shape, column: str, operator: str, prefix: str | None) -> Any:
        match operator:
            case "isNull":
                return self.chance.likely(0.5)
            case "in":
                return [self._held(shape, column, prefix) for _ in range(self.chance.randint(0, 3))]
            case "startsWith":
                return str(self._held(shape, column, prefix))[: self.chance.randint(1, 3)] or "机"
            case _:
                return self._held(shape, column, prefix)

    def _held(self, shape: Shape, column: str, prefix: str | None) -> Any:
        """A value that some row holds in a column, as a client would write it."""
        entity = shape.kept_in if shape.entity is None else shape.entity
        tables = [entity.__tablename__]
        if shape.name == "Progress":
            tables = ["enrolment", "plan_item", "learning_plan"]
        rows = self.rows.all(self.chance.choice(tables))
        values = [row[column] for row in rows if row[column] is not None]
        if not values:
            return _made_up(entity.__table__.columns[column].type.python_type, prefix)
        value = self.chance.choice(values)
        if isinstance(value, UUID):
            return f"{prefix}_{value.hex}"
        return value.isoformat() if isinstance(value, datetime) else written(value)

    def order(self, kind: GraphQLInputObjectType) -> list[dict[str, Any]]:
        """An order of a type, of up to three keys."""
        return [self._key(kind) for _ in range(self.chance.choice((0, 1, 1, 2, 3)))]

    def _key(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        shape = self.known.shapes[kind.name.removesuffix("Order")]
        names = self._fit("sort", shape, list(kind.fields))
        name = self.chance.choice([*names, *(one for one in names if one in NULLABLE)])
        inner: Any = get_named_type(kind.fields[name].type)
        if isinstance(inner, GraphQLInputObjectType):
            return {name: self._key(inner)}
        return {name: self.chance.choice(("ASC", "DESC"))}

    def _fit(self, act: str, shape: Shape, names: list[str]) -> list[str]:
        fit = [one for one in names if one == "id" or self.may(act, shape, one)]
        return fit if fit and self.chance.likely(0.97) else names

    def types(self) -> Iterator[str]:
        """Names of types, as the policy knows them, and one that it does not."""
        names = ["Person", "Tenant", "Block", "Rate", "Nothing", "Course"]
        yield from self.chance.sample(names, self.chance.randint(0, 3))


def _made_up(kind: type, prefix: str | None) -> Any:
    """A value for a column that no row holds one in, as a client would write it."""
    if issubclass(kind, UUID):
        return f"{prefix}_{0:032x}"
    if issubclass(kind, Enum):
        return next(iter(kind)).name
    return {str: "机", int: 1, bool: True, datetime: "2026-05-04T00:00:00+00:00"}.get(kind, "1")
