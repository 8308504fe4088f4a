"""Every list of the schema, asked for in each order and under each filter that it offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from api.graphql.binding import SHAPES, everything
from api.graphql.narrowing import orders
from api.graphql.schema import schema
from api.planner.planning import root_names
from api.planner.shapes import Shape

TYPES = schema().graphql.type_map
LISTED = [shape for shape in everything().shapes.values() if shape.listed]
WITH_IDS = {shape.name: shape.prefix for shape in SHAPES.values() if shape.prefix}
IDS = {name: f'"{prefix}_{"0" * 32}"' for name, prefix in WITH_IDS.items()}
VALUES = {
    "Boolean": "true",
    "Date": '"2026-05-01"',
    "DateTime": '"2026-05-01T00:00:00Z"',
    "Decimal": '"50"',
    "Int": "1",
    "String": '"王"',
}


@dataclass(frozen=True)
class Question:
    """A list as it is asked for: its type, and what narrows or sorts it."""

    shape: Shape
    narrowed: str = ""

    @property
    def name(self) -> str:
        return " ".join([root_names(self.shape)[1], self.narrowed or "as they come"])

    def document(self, paging: str = "first: 20") -> str:
        root = root_names(self.shape)[1]
        arguments = " ".join(filter(None, [paging, self.narrowed]))
        wanted = "nodes { id } pageInfo { startCursor endCursor }"
        return f"{{ {root}({arguments}) {{ {wanted} }} }}"


def questions(shape: Shape) -> Iterator[Question]:
    """A list in its own order, in each other, and under each test of its own fields."""
    yield Question(shape)
    for order in orderings(shape):
        yield Question(shape, f"orderBy: [{order}]")
    for condition in conditions(TYPES[f"{shape.name}Filter"], of=shape.name):
        yield Question(shape, f"filter: {condition}")


def orderings(shape: Shape) -> Iterator[str]:
    """Each key of a list's order, in both directions."""
    for name, kind, _ in orders(shape):
        inner = (
            ["ASC", "DESC"]
            if kind == "OrderDirection"
            else list(orderings(SHAPES[kind.removesuffix("Order")]))
        )
        yield from (f"{{ {name}: {one} }}" for one in inner)


def conditions(kind: GraphQLInputObjectType, *, of: str, deeper: int = 1) -> Iterator[str]:
    """Each test that a filter offers; of the rows that a field leads to, those of their fields."""
    for name, field in kind.fields.items():
        if name in {"and", "or", "not"}:
            continue
        inner = get_named_type(field.type)
        yield from (f"{{ {name}: {test} }}" for test in _tests(inner, _id_of(of, name), deeper))


def _id_of(shape: str, name: str) -> str:
    """The type whose id a field holds: that of its row, unless it names another."""
    return getattr(SHAPES[shape].fields.get(name), "id_of", None) or shape


def _tests(kind: GraphQLInputObjectType, of: str, deeper: int) -> Iterator[str]:
    if kind.name == "IdFilter":
        yield f"{{ eq: {IDS[of]} }}"
    elif "isNull" in kind.fields:
        yield "{ isNull: true }"
        yield from (f"{{ {name}: {_value(field)} }}" for name, field in _operators(kind))
    elif "some" in kind.fields and deeper:
        target = kind.name.removesuffix("ListFilter")
        below = conditions(TYPES[f"{target}Filter"], of=target, deeper=deeper - 1)
        yield from (f"{{ {word}: {one} }}" for one in below for word in ("some", "none"))
    elif deeper:
        target = kind.name.removesuffix("Filter")
        yield from conditions(kind, of=target, deeper=deeper - 1)


def _operators(kind: GraphQLInputObjectType):
    return [
        (name, field) for name, field in kind.fields.items() if name in {"eq", "gte", "startsWith"}
    ]


def _value(field) -> str:
    kind = get_named_type(field.type)
    return next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else VALUES[kind.name]
