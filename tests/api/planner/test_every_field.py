"""Every field of every type, two rows deep, is a statement that PostgreSQL understands."""

import orjson
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, get_named_type
from graphql import is_required_argument as is_required

from api.demo.tokens import tokens_file
from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.graphql.schema import schema
from api.http.authentication import Authentication
from authz.lines import Action

GIVEN = {
    "number": "1",
    "purpose": "AUDIT",
    "actions": f"[{', '.join(action.name for action in Action)}]",
}
FETCHED = sorted(shape.name for shape in schema().map.shapes.values() if shape.prefix)
PERSONAS = ["mentor", "hq_manager"]


def everything(kind, depth: int) -> str:
    """Select all of a type, and of what it leads to as long as `depth` is left."""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        members = schema().graphql.get_possible_types(kind)
        parts = [f"... on {one.name} {everything(one, depth)}" for one in members if one.fields]
        return "{ __typename " + " ".join(parts) + " }"
    fields = [selected(name, field, depth) for name, field in kind.fields.items()]
    return "{ __typename " + " ".join(one for one in fields if one) + " }"


def selected(name, field, depth: int) -> str:
    target = get_named_type(field.type)
    leads = isinstance(target, GraphQLObjectType | GraphQLUnionType | GraphQLInterfaceType)
    if name == "value" and "purpose" in field.args:
        return ""  # opening a sealed value is an act of its own, with tests of its own
    if leads and depth == 0:
        return ""
    given = [f"{one}: {GIVEN[one]}" for one, held in field.args.items() if is_required(held)]
    arguments = f"({', '.join(given)})" if given else ""
    within = everything(target, depth - costs(target)) if leads else ""
    return f"{name}{arguments} {within}"


def costs(target) -> int:
    """A page and its edges, a value in the row: they are no rows further."""
    inside = ("Connection", "Edge", "PageInfo", "Rate", "SensitiveText")
    return 0 if target.name.endswith(inside) else 1


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("name", FETCHED)
async def test_all_of_a_type_can_be_asked_for(demo, name, persona):
    prefix = schema().map.shapes[name].prefix
    whole = everything(schema().graphql.get_type(name), 1)
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {name} {whole} }} }}"
    token = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())[persona]
    actor = await Authentication(demo).actor(f"Bearer {token}")

    answer = await Gateway(demo).answer(
        actor, Request(query=query, variables={"id": f"{prefix}_{0:032x}"}, request_id="all")
    )

    assert orjson.loads(answer.body)["data"] == {"node": None}
