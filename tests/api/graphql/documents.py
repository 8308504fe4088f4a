"""Documents that select everything there is, a few levels below each root."""

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)

DEEP = 3


def whole_documents(schema):
    """One document for each root that is a list, with every field down to a depth."""
    for name, field in schema.query_type.fields.items():
        listed = name.endswith("s") and (name == "nodes" or not _asks(field))
        if listed or name in {"people", "viewer"}:
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
        if (composite and depth <= 0) or _asks(field):
            continue
        if name in {"value", "version"}:
            continue
        inner = selection(schema, field, depth - 1)
        if composite and not inner:
            continue
        key = f"{alias}_{name}: " if alias else ""
        chosen.append(f"{key}{name} {inner}")
    return "{ __typename " + " ".join(chosen) + " }"


def _asks(field) -> bool:
    """Whether it cannot be selected without an argument."""
    return any(is_required_argument(argument) for argument in field.args.values())


def _is_leaf(field) -> bool:
    return not isinstance(
        get_named_type(field.type), GraphQLObjectType | GraphQLUnionType | GraphQLInterfaceType
    )
