"""Documents that select everything there is, a few levels below each root."""

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

DEEP = 3


def whole_documents(schema):
    """One document for each root that is a list, with every field down to a depth."""
    for name, field in schema.query_type.fields.items():
        if name.endswith("s") or name in {"people", "viewer"}:
            arguments = "(ids: [$id])" if name == "nodes" else ""
            chosen = selection(schema, field, 1 if name == "nodes" else DEEP)
            yield f"query($id: ID!) {{ one: node(id: $id) {{ id }} {name}{arguments} {chosen} }}"


def selection(schema, field: GraphQLField, depth: int) -> str:
    named = get_named_type(field.type)
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        parts = [
            f"... on {member.name} {_fields(schema, member, depth - 1, member.name)}"
            for member in schema.get_possible_types(named)
        ]
        return "{ __typename " + " ".join(parts) + " }"
    return _fields(schema, named, depth) if isinstance(named, GraphQLObjectType) else ""


def _fields(schema, named: GraphQLObjectType, depth: int, alias: str = "") -> str:
    chosen = []
    for name, field in named.fields.items():
        composite = not _is_leaf(field)
        wanted = [arg for arg in field.args.values() if isinstance(arg.type, GraphQLNonNull)]
        if (composite and depth <= 0) or any(arg.default_value is None for arg in wanted):
            continue
        if name in {"value", "version"}:
            continue
        inner = selection(schema, field, depth - 1)
        if composite and not inner:
            continue
        key = f"{alias}_{name}: " if alias else ""
        chosen.append(f"{key}{name} {inner}")
    return "{ __typename " + " ".join(chosen) + " }"


def _is_leaf(field) -> bool:
    return not isinstance(
        get_named_type(field.type), GraphQLObjectType | GraphQLUnionType | GraphQLInterfaceType
    )
