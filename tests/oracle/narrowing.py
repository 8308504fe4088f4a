"""Filters in SQL's three-valued logic, orders and searches, over what an actor sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cmp_to_key
from typing import Any, Final
from uuid import UUID

from api.planner.shapes import Column, Inside, Map, One, Shape, column_name, sorting_column
from domain.kernel.naming import grams, sought
from tests.oracle.links import led_to, meets
from tests.oracle.rows import Row, Rows
from tests.oracle.sight import Sight, readable
from tests.oracle.things import Thing

Key = tuple[str, bool]  # a column, and whether it descends
TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda here, given: here == given,
    "lt": lambda here, given: here < given,
    "lte": lambda here, given: here <= given,
    "gt": lambda here, given: here > given,
    "gte": lambda here, given: here >= given,
    "in": lambda here, given: here in given,
    "startsWith": lambda here, given: here.startswith(given),
}


@dataclass(slots=True)
class Narrowing:
    """Which rows of a list are meant, and in which order."""

    rows: Rows
    known: Map
    sight: Sight

    def there(self, thing: Thing, link: Any, target: Shape) -> Iterator[Thing]:
        """The rows of one type that a field leads to, as far as they are seen."""
        assert target.entity is not None
        for row in led_to(self.rows, thing.row, link, target.table):
            if meets(target.where, row) and self.sight.sees(target, row):
                yield Thing(target, row, target.entity)

    def truth(self, thing: Thing, given: dict[str, Any]) -> bool | None:
        """Whether a filter is true of a row: all of its parts."""
        parts = [(name, inner) for name, inner in given.items() if inner is not None]
        return _all(self._part(thing, name.rstrip("_"), inner) for name, inner in parts)

    def _part(self, thing: Thing, name: str, given: Any) -> bool | None:
        match name:
            case "and":
                return _all(self.truth(thing, one) for one in given)
            case "or":
                return _not(_all(_not(self.truth(thing, one)) for one in given))
            case "not":
                return _not(self.truth(thing, given))
            case "id" if thing.shape.prefix:
                return _tested(thing.row["id"], given)
        held = thing.shape.fields[name]
        if isinstance(held, Inside):
            inner = Thing(self.known.shapes[held.target], thing.row, thing.entity)
            return self.truth(inner, given)
        shown = self.sight.may("filter", thing, name)
        if isinstance(held, Column):
            return _tested(thing.row[column_name(name, held)] if shown else None, given)
        return self._led(thing, held, given, shown=shown)

    def _led(self, thing: Thing, held: Any, given: Any, *, shown: bool) -> bool | None:
        def some(inner: Any) -> bool:
            there = self.there(thing, held, self.known.shapes[held.target])
            return shown and any(self.truth(one, inner) is True for one in there)

        if isinstance(held, One):
            return some(given)
        parts = [(word, inner) for word, inner in given.items() if inner is not None]
        return all(some(inner) is (word == "some") for word, inner in parts)

    def found(self, thing: Thing, search: str) -> bool:
        """Whether the name of a row may be read, and holds what is sought."""
        column = thing.entity.named_by
        name = next(
            (one for one, held in thing.shape.fields.items() if _shows(one, held, column)), None
        )
        if name is not None and not self.sight.may("filter", thing, name):
            return False
        return sought(search) <= grams(thing.row[column])

    def keys(self, shape: Shape, given: Any) -> list[Key]:
        """The keys of a list: those that are asked for, or its own; its id is the last."""
        keys = [key for one in given or () for key in _keys(self.known, shape, one)]
        if not given and self._sorts_by_name(shape):
            keys = [(column, False) for column in shape.order]
        kept = [key for at, key in enumerate(keys) if key[0] not in {one for one, _ in keys[:at]}]
        if "id" in {column for column, _ in kept}:
            return kept
        return [*kept, ("id", kept[-1][1] if kept else False)]

    def _sorts_by_name(self, shape: Shape) -> bool:
        """Whether the name is shown and may be sorted by on every row of the type."""
        mask, entity = self.sight.actor.mask, shape.entity
        rows = readable(mask, shape)
        for name, held in shape.fields.items():
            if entity is not None and _shows(name, held, entity.named_by):
                shown = mask.cell("read", shape.policy_name, name)
                return (shown & mask.cell("sort", shape.policy_name, name)).under(rows).always
        return not rows.never


def in_order(keys: list[Key]) -> Callable[[Row], Any]:
    """A key for sorting rows: null comes last whichever the direction."""

    def compare(one: Row, other: Row) -> int:
        for column, descending in keys:
            here, there = one[column], other[column]
            if here == there:
                continue
            if here is None or there is None:
                return 1 if here is None else -1
            return -1 if (here < there) is not descending else 1
        return 0

    return cmp_to_key(compare)


def _keys(known: Map, shape: Shape, given: dict[str, Any]) -> Iterator[Key]:
    for word, inner in given.items():
        name = word.rstrip("_")
        held = None if name == "id" else shape.fields[name]
        if isinstance(held, Inside):
            yield from _keys(known, known.shapes[held.target], inner)
        else:
            column = "id" if held is None else column_name(name, held)
            direction = getattr(inner, "value", inner)
            yield sorting_column(shape.kept_in, column), direction == "DESC"


def _shows(name: str, held: Any, column: str | None) -> bool:
    return isinstance(held, Column) and column_name(name, held) == column


def _tested(here: Any, given: dict[str, Any]) -> bool | None:
    return _all(_test(here, word.rstrip("_"), operand) for word, operand in given.items())


def _test(here: Any, operator: str, operand: Any) -> bool | None:
    if operator == "isNull":
        return (here is None) is operand
    operand = [_plain(here, one) for one in operand] if operator == "in" else _plain(here, operand)
    if operand == []:
        return False  # of none, never: not even of what is unknown
    return None if here is None else TESTS[operator](here, operand)


def _plain(here: Any, operand: Any) -> Any:
    if isinstance(here, UUID):
        return UUID(operand.partition("_")[2])
    return operand.value if isinstance(operand, Enum) else operand


def _all(outcomes: Iterator[bool | None]) -> bool | None:
    found = list(outcomes)
    if False in found:
        return False
    return None if None in found else True


def _not(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome
