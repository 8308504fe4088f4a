"""Plain resolvers over the rows in memory, run by graphql-core itself, where no mask applies.

Collecting and merging fields, fragments, directives, coercion and what a null does to its parent:
all of that is graphql-core's own here, on the types that strawberry made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    get_named_type,
    is_abstract_type,
    lexicographic_sort_schema,
    parse,
)

from tests.oracle.operations import Drawn
from tests.oracle.things import Thing
from tests.oracle.values import Values


@dataclass(slots=True)
class Plain:
    """Strawberry's schema with nothing but plain resolvers on it."""

    schema: GraphQLSchema
    own: GraphQLSchema = field(init=False)

    def __post_init__(self) -> None:
        # Sorting copies every type: the copy's resolvers are ours to take away.
        self.own = lexicographic_sort_schema(self.schema)
        for kind in self.own.type_map.values():
            if is_abstract_type(kind):
                kind.resolve_type = None
            elif isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
                kind.is_type_of = None
                for held in kind.fields.values():
                    held.resolve = None

    def answered(self, values: Values, drawn: Drawn) -> Any:
        """Execute an operation over what somebody sees."""
        executed = execute_sync(
            self.own,
            parse(drawn.document),
            root_value=values,
            variable_values=drawn.variables,
            field_resolver=_resolved,
            type_resolver=lambda value, *_: value.shape.name,
        )
        assert executed.errors is None, executed.errors
        return executed.data


def _resolved(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    kind = get_named_type(info.return_type)
    match source:
        case Values():
            value = source.root(info.field_name, kind.name, arguments)
        case Thing():
            value = info.root_value.of(source, info.field_name, arguments)
        case _:
            value = source[info.field_name]
            value = value(**arguments) if callable(value) else value
    return _member(kind, value) if isinstance(kind, GraphQLEnumType) else value


def _member(kind: GraphQLEnumType, value: Any) -> Any:
    """An enum's word as the member that its type serialises; of several words, each."""
    if isinstance(value, list):
        return [_member(kind, one) for one in value]
    return value if value is None else kind.values[value].value
