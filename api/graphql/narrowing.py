"""What lists can be narrowed to and sorted by: inputs that follow from what a type shows.

A field that is a column in the open can be tested, and sorted by unless it is one of a few words;
a field that leads to other rows can be asked what is there. Sealed values and lists are neither.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import strawberry

from api.graphql.binding import SHAPES
from api.graphql.types import annotation, enter, enumeration, field, scalar_of
from api.graphql.words import OPERATORS_SAY
from api.planner.shapes import Column, Inside, Many, One, Pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.planner.shapes import Field, Shape

Part = tuple[str, str, str]  # name, type as GraphQL writes it, meaning
COMPARED: Final = frozenset({"Int", "Decimal", "Date", "DateTime"})
SORTED: Final = COMPARED | {"String"}
BEGUN: Final[set[str]] = set()
"""Inputs that are made, or being made."""


class OrderDirection(enum.Enum):
    """The direction of an order."""

    ASC = "ASC"
    DESC = "DESC"


def declare_narrowing(shape: Shape) -> None:
    """Make the filter and the order of a list."""
    enumeration(OrderDirection)
    _filter(shape)
    _order(shape)


def filters(shape: Shape) -> Iterator[Part]:
    """What of a type can be tested, by the input's field."""
    if shape.prefix:
        yield "id", "IdFilter", "Its id."
    for name, held in shape.fields.items():
        kind = _tested(shape, name, held)
        if kind:
            yield name, kind, held.says


def orders(shape: Shape) -> Iterator[Part]:
    """What a type can be sorted by, by the input's field."""
    if shape.prefix:
        yield "id", "OrderDirection", "Its id, which is the order in which rows were made."
    for name, held in shape.fields.items():
        if isinstance(held, Inside) and any(orders(SHAPES[held.target])):
            yield name, f"{held.target}Order", held.says
        elif isinstance(held, Column) and scalar_of(shape, name, held) in SORTED:
            yield name, "OrderDirection", held.says


def _tested(shape: Shape, name: str, held: Field) -> str | None:
    match held:
        case Column():
            kind = scalar_of(shape, name, held)
            listed = kind.startswith("[")
            return None if listed or kind == "SensitiveText" else f"{_titled(kind)}Filter"
        case Inside(target=target) if any(filters(SHAPES[target])):
            return f"{target}Filter"
        case One(target=target, numbered=False) if target in SHAPES:
            return f"{target}Filter"
        case Many(target=target) | Pages(target=target) if target in SHAPES:
            return f"{target}ListFilter"
        case _:
            return None


def _titled(kind: str) -> str:
    return "Id" if kind == "ID" else kind


def _filter(shape: Shape) -> None:
    name = f"{shape.name}Filter"
    if name in BEGUN:
        return  # filters name each other in circles
    BEGUN.add(name)
    own = list(filters(shape))
    again = [
        ("and", f"[{name}!]", "All of these."),
        ("or", f"[{name}!]", "Any of these; of none, nothing."),
        ("not", name, "Not this."),
    ]
    for _, kind, _ in own:
        _declare(kind)
    _input(name, f"Which {shape.name} is meant; every part must be true.", [*own, *again])


def _declare(kind: str) -> None:
    """Make the filter that a field of a filter is of."""
    target = kind.removesuffix("Filter")
    if kind in BEGUN:
        return
    if target in SHAPES:
        _filter(SHAPES[target])
    elif (listed := target.removesuffix("List")) in SHAPES and listed != target:
        BEGUN.add(kind)
        _filter(SHAPES[listed])
        parts = [
            ("some", f"{listed}Filter", "There is one of which this is true."),
            ("none", f"{listed}Filter", "There is none of which this is true."),
        ]
        _input(kind, f"What is to be found among several {listed}.", parts)
    else:
        _operators(kind, "ID" if target == "Id" else target)


def _operators(name: str, kind: str) -> None:
    BEGUN.add(name)
    parts = [("isNull", "Boolean"), ("eq", kind)]
    if kind != "Boolean":
        parts.append(("in", f"[{kind}!]"))
    if kind == "String":
        parts.append(("startsWith", kind))
    if kind in COMPARED:
        parts += [(one, kind) for one in ("lt", "lte", "gt", "gte")]
    said = [(one, type_, OPERATORS_SAY[one]) for one, type_ in parts]
    _input(name, f"Tests of a {kind}; every one that is given must be true.", said)


def _order(shape: Shape) -> None:
    name = f"{shape.name}Order"
    if name in BEGUN:
        return
    BEGUN.add(name)
    for _, kind, _ in orders(shape):
        if kind != "OrderDirection":
            _order(SHAPES[kind.removesuffix("Order")])
    said = f"One key to sort {shape.name} by; what is null comes last either way."
    _input(name, said, list(orders(shape)), one_of=True)


def _input(name: str, says: str, parts: list[Part], *, one_of: bool = False) -> None:
    annotations = {f"{part}_": annotation(kind) for part, kind, _ in parts}
    body: dict[str, object] = {"__module__": __name__, "__annotations__": annotations}
    for part, kind, meaning in parts:
        made = field(part, kind, meaning)
        made.default = made.default_value = strawberry.UNSET
        body[f"{part}_"] = made  # `in`, `or` and `not` are no names in Python
    cls = strawberry.input(type(name, (), body), name=name, description=says, one_of=one_of)
    enter(name, annotations, cls)
