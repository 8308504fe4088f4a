"""What of the schema is planned: the roots that statements answer, and the types behind them."""

from collections.abc import Iterator
from functools import cache

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_abstract_type

from api.graphql.computing import COMPUTED


@cache
def planned_query(schema: GraphQLSchema) -> GraphQLObjectType:
    """The query type, without the roots that are computed."""
    assert schema.query_type is not None
    fields = {name: held for name, held in schema.query_type.fields.items() if name not in COMPUTED}
    return GraphQLObjectType("Query", fields)


def planned_types(schema: GraphQLSchema) -> set[str]:
    """The names of the types that planned roots lead to."""
    reached: dict[str, GraphQLObjectType] = {}
    pending = [planned_query(schema)]
    while pending:
        for kind in _below(schema, pending.pop()):
            if kind.name not in reached:
                reached[kind.name] = kind
                pending.append(kind)
    return set(reached)


def _below(schema: GraphQLSchema, kind: GraphQLObjectType) -> Iterator[GraphQLObjectType]:
    for held in kind.fields.values():
        named = get_named_type(held.type)
        if is_abstract_type(named):
            yield from schema.get_possible_types(named)
        elif isinstance(named, GraphQLObjectType):
            yield named
