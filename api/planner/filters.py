"""A filter becomes a condition over what the mask shows: a hidden value is null, here as anywhere.

So an answer cannot depend on a value that is not shown, whichever way it is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .refusals import BadArgument
from .shapes import Column, Inside, Link, Many, One, Pages, Shape, column_name

if TYPE_CHECKING:
    from authz.masks import Cell

    from .plan import Need
    from .planning import Planning

Path: TypeAlias = tuple[str | int, ...]
ID: Column = Column(says="Its id.", column="id", core=True)


@dataclass(frozen=True, slots=True)
class Test:
    """A column, where it may be looked at, held against an operand: a place in the argument."""

    column: str
    operator: str
    operand: Path
    cell: Cell
    id_of: str | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; true where there is none."""

    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some part holds; false where there is none."""

    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; unknown where the part is."""

    part: Where


@dataclass(frozen=True, slots=True)
class Led:
    """A row of those that a field leads to can be seen and meets a condition."""

    by: Link
    shape: Shape
    rows: Cell
    free: bool
    needs: tuple[Need, ...]
    cell: Cell
    part: Where


Where: TypeAlias = Test | All | Some | Not | Led


def filtered(
    planning: Planning, shape: Shape, given: Any, rows: Cell, *, at: Path = ("filter",)
) -> Where:
    """Plan a filter by its structure; every part of it must hold."""
    return All(
        tuple(_part(planning, shape, name, inner, rows, (*at, name)) for name, inner in given)
    )


def _part(planning: Planning, shape: Shape, name: str, given: Any, rows: Cell, at: Path) -> Where:
    match name:
        case "and" | "or":
            parts = tuple(
                filtered(planning, shape, one, rows, at=(*at, n)) for n, one in enumerate(given)
            )
            return All(parts) if name == "and" else Some(parts)
        case "not":
            return Not(filtered(planning, shape, given, rows, at=at))
        case "id" if shape.prefix:
            return _tests(planning, shape, "id", ID, given, planning.shown(rows), at)
    shown = shape.fields[name]
    if isinstance(shown, Inside):
        inner = planning.map.shapes[shown.target]
        return filtered(planning, inner, given, rows, at=at)
    cell = planning.sight("filter", shape, name, shown, rows)
    match shown:
        case Column():
            return _tests(planning, shape, name, shown, given, cell, at)
        case One():
            return _led(planning, shown, given, rows, cell, at)
        case Many() | Pages():
            return All(
                tuple(
                    _of_many(planning, shown, word, inner, rows, cell, (*at, word))
                    for word, inner in given
                )
            )
    message = f"{shape.name}.{name} cannot be filtered by"
    raise TypeError(message)


def _of_many(
    planning: Planning, link: Many | Pages, word: str, given: Any, rows: Cell, cell: Cell, at: Path
) -> Where:
    some = _led(planning, link, given, rows, cell, at)
    return some if word == "some" else Not(some)


def _led(planning: Planning, link: Link, given: Any, rows: Cell, cell: Cell, at: Path) -> Where:
    target = planning.map.shapes[link.target]
    theirs, free = planning.rows_of(target, above=planning.above(link, target, rows))
    needs = planning.needs_of(target)
    part = filtered(planning, target, given, theirs, at=at)
    return Led(link, target, theirs, free, needs, cell, part)


def _tests(
    planning: Planning,
    shape: Shape,
    name: str,
    shown: Column,
    given: Any,
    cell: Cell,
    at: Path,
) -> Where:
    """Plan the operators of one field; an id must be one of the type that the field holds."""
    id_of = shape.name if shown is ID else shown.id_of
    own = planning.map.prefix_of(id_of)
    for operator, prefixes in given:
        if id_of and any(prefix != own for prefix in prefixes):
            message = f"This is not the id of a {id_of}: those begin with `{own}_`."
            raise BadArgument(message, argument=".".join(map(str, (*at, operator))))
    column = column_name(name, shown)
    return All(tuple(Test(column, operator, (*at, operator), cell, id_of) for operator, _ in given))
