"""Every path from a root to a type, as documents that select all that lies at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

from api.graphql.schema import schema
from authz.lines import Action
from tests.planned import planned_query

ABSTRACT = GraphQLInterfaceType | GraphQLUnionType
GIVEN = {
    "number": "(number: 1)",
    "purpose": "(purpose: AUDIT)",
    "actions": f"(actions: [{', '.join(action.name for action in Action)}])",
}
ZERO = "0" * 32


def documents(depth: int) -> Iterator[str]:
    """One document for each path of at most so many fields that lead to other rows."""
    for name, held in planned_query(schema().graphql).fields.items():
        for inner in _ends(get_named_type(held.type), depth):
            yield f"{{ {name}{_arguments(name, held)} {{ {inner} }} }}"


def _ends(named: Any, depth: int) -> Iterator[str]:
    """What can be selected of a type: its own leaves, and each way on from it."""
    if isinstance(named, ABSTRACT):
        for member in schema().graphql.get_possible_types(named):
            yield from (f"... on {member.name} {{ {one} }}" for one in _ends(member, depth))
        return
    if named.name.endswith("Connection"):
        for inner in _ends(get_named_type(named.fields["nodes"].type), depth):
            yield f"nodes {{ {inner} }}"
            yield f"edges {{ node {{ {inner} }} }}"
        return
    leaves = [_leaf(name, held) for name, held in named.fields.items() if _is_leaf(held)]
    yield " ".join(leaves) or "__typename"
    if depth > 1:
        for name, held in named.fields.items():
            if not _is_leaf(held):
                for inner in _ends(get_named_type(held.type), depth - 1):
                    yield f"{name}{_given(held)} {{ {inner} }}"


def _leaf(name: str, held: GraphQLField) -> str:
    named = get_named_type(held.type)
    if not isinstance(named, GraphQLObjectType):
        return name
    parts = " ".join(part + _given(one) for part, one in named.fields.items())
    return f"{name}{_given(held)} {{ {parts} }}"


def _given(held: GraphQLField) -> str:
    """The argument without which a field cannot be asked for."""
    return next((GIVEN[one] for one in held.args if one in GIVEN), "")


def _is_leaf(held: GraphQLField) -> bool:
    """Whether a field ends there: a value, a sealed one, a rate, or what may be done."""
    named = get_named_type(held.type)
    return not isinstance(named, GraphQLObjectType | ABSTRACT) or named.name in {
        "Capability",
        "SensitiveText",
        "Rate",
    }


def _arguments(name: str, held: GraphQLField) -> str:
    if "id" in held.args:
        shape = schema().map.shapes.get(get_named_type(held.type).name)
        return f'(id: "{shape.prefix if shape else "psn"}_{ZERO}")'
    return f'(ids: ["psn_{ZERO}", "crs_{ZERO}"])' if "ids" in held.args else ""
