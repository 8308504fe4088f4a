"""API3: a role without the bit of a field is refused it, for each act there is, on every field.

Made from the schema: a field that is added is asked for here without a word about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
import pytest
from graphql import GraphQLInputObjectType, get_named_type

from api.graphql.binding import SHAPES, camel
from api.graphql.inputs import kinds
from api.graphql.schema import catalogue, schema
from api.planner.planning import root_names
from api.planner.shapes import Derived, Figure, is_core, name_of
from authz.actor import DenialMode
from authz.lines import ACTIONS
from tests.api.graphql.documents import selection
from tests.api.graphql.under import bytes_under
from tests.isolation.inputs import VERBS, filled, mutation
from tests.owasp.roles import without
from tests.properties.policies import line, policy

TYPES = schema().graphql.type_map
KNOWN = [
    (name, field) for name in catalogue().types if name != "Mutation"
    for field in catalogue().fields(name)
]  # fmt: skip
LISTED = {shape.name: root_names(shape)[1] for shape in SHAPES.values() if shape.listed}
SHOWN = [(name, field) for name, field in KNOWN if name in TYPES]


@dataclass(frozen=True)
class Refused:
    """One field asked for by whoever may do all but this one thing with it."""

    type: str
    field: str
    act: str
    document: str


def all_but(name: str, field: str, act: str):
    """The policy of somebody who may do everything, except one thing with one field."""
    return policy(line("*", "*"), line(f"{name}.{field}", act, "-", "deny"))


def reads():
    for name, field in SHOWN:
        held = TYPES[name].fields.get(field)
        if held is None or "number" in held.args:
            continue
        inner = selection(schema().graphql, held, 1)
        prefix = SHAPES[name].prefix if name in SHAPES else None
        if prefix:
            root = f'node(id: "{prefix}_{"7" * 32}")'
            yield Refused(
                name, field, "read", f"{{ {root} {{ ... on {name} {{ {field} {inner} }} }} }}"
            )


def filters():
    for name, root in LISTED.items():
        for field in TYPES[f"{name}Filter"].fields:
            if (name, field) in KNOWN:
                test = a_test(get_named_type(TYPES[f"{name}Filter"].fields[field].type))
                asked = f"{{ {root}(filter: {{ {field}: {test} }}) {{ totalCount }} }}"
                yield Refused(name, field, "filter", asked)
    yield from searches()


def searches():
    """A search is a filter by the name."""
    for name, root in LISTED.items():
        found = name_of(SHAPES[name]) if name in SHAPES else None
        if found is not None and not is_core(found[1]):
            asked = f'{{ {root}(search: "王") {{ totalCount }} }}'
            yield Refused(name, found[0], "filter", asked)


def sorts():
    for name, root in LISTED.items():
        for field, held in TYPES[f"{name}Order"].fields.items():
            kind = get_named_type(held.type)
            if (name, field) in KNOWN:
                way = "ASC" if not isinstance(kind, GraphQLInputObjectType) else None
                key = way or f"{{ {next(iter(kind.fields))}: ASC }}"
                asked = f"{{ {root}(orderBy: [{{ {field}: {key} }}]) {{ totalCount }} }}"
                yield Refused(name, field, "sort", asked)


def aggregates():
    for shape in SHAPES.values():
        for field, held in shape.fields.items():
            if isinstance(held, Figure) and shape.prefix:
                root = f'node(id: "{shape.prefix}_{"7" * 32}")'
                inner = selection(schema().graphql, TYPES[shape.name].fields[field], 1)
                asked = f"{{ {root} {{ ... on {shape.name} {{ {field} {inner} }} }} }}"
                yield Refused(shape.name, field, "aggregate", asked)


JOINS = {"and", "or", "not"}


def a_test(kind: GraphQLInputObjectType) -> str:
    """Any test that a filter offers."""
    if "isNull" in kind.fields:
        return "{ isNull: true }"
    if "some" in kind.fields:
        return "{ some: { id: { isNull: false } } }"
    name, inner = next((name, held.type) for name, held in kind.fields.items() if name not in JOINS)
    return f"{{ {name}: {a_test(get_named_type(inner))} }}"


ASKED = {"read": reads, "filter": filters, "sort": sorts, "aggregate": aggregates}


@pytest.mark.parametrize("act", ASKED)
async def test_each_field_is_refused_to_whoever_lacks_one_act_on_it(group, act):
    refused = list(ASKED[act]())
    for one in refused:
        held = all_but(one.type, one.field, act)
        without = await bytes_under(group, "hugo", held, one.document, denials=DenialMode.STRICT)
        answer = orjson.loads(without)
        assert "data" not in answer, one
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN", (one, answer)
        assert {(denied["type"], denied["field"]) for denied in error["extensions"]["denied"]} >= {
            (one.type, one.field)
        }
        whole = policy(line("*", "*"))
        told = await bytes_under(group, "hugo", whole, one.document, denials=DenialMode.STRICT)
        assert b'"errors"' not in told, (one, told)  # with the bit, it is answered

    assert len(refused) > {"read": 40, "filter": 25, "sort": 12, "aggregate": 1}[act]


async def test_what_is_not_searched_has_no_search_for_hidden_callers_and_is_refused_in_part(group):
    """Nothing found and no word about it would tell of names that there are none."""
    asked = list(searches())
    assert {"Person", "Tenant", "Course"} >= {one.type for one in asked} >= {"Person"}
    for one in asked:
        held = all_but(one.type, one.field, "filter")
        hidden = await bytes_under(group, "hugo", held, one.document, denials=DenialMode.HIDDEN)
        unknown = one.document.replace("search", "sought")
        never = await bytes_under(group, "hugo", held, unknown, denials=DenialMode.HIDDEN)
        assert hidden.replace(b"search", b"sought") == never
        partly = await bytes_under(group, "hugo", held, one.document, denials=DenialMode.PARTIAL)
        [error] = orjson.loads(partly)["errors"]
        assert (error["extensions"]["code"], b'"data"' in partly) == ("FORBIDDEN", False)


async def test_in_hidden_mode_each_of_them_is_a_field_that_never_was(group):
    for asked in ASKED.values():
        for one in list(asked())[::5]:
            held = all_but(one.type, one.field, one.act)
            denied = await bytes_under(group, "hugo", held, one.document, denials=DenialMode.HIDDEN)
            assert b'"data"' not in denied, one
            assert orjson.loads(denied)["errors"][0]["extensions"]["code"] in {
                "GRAPHQL_VALIDATION_FAILED",
                "FORBIDDEN",
            }


def test_every_field_outside_the_row_core_has_a_bit_for_each_act():
    """No field is shown that no line could close; what is derived follows its columns."""
    for shape in SHAPES.values():
        named = shape.policy_name
        for field, held in shape.fields.items():
            if not is_core(held) and not isinstance(held, Derived) and shape.entity is not None:
                assert field in catalogue().fields(named), f"{shape.name}.{field}"
    for name, field in KNOWN:
        for act in ACTIONS:
            assert all_but(name, field, act).mask.cell(act, name, field).never


WRITES = [
    (verb, camel(kind.name), f"{verb.gives}.{camel(kind.name)}")
    for verb in VERBS.values() if verb.gives == "Person"
    for kind in kinds(verb.command)
    if camel(kind.name) in catalogue().fields("Person")
]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "field", "named"), WRITES, ids=[f"{verb.name} {field}" for verb, field, _ in WRITES]
)
async def test_a_field_of_an_input_is_refused_to_whoever_may_not_write_it(
    group, verb, field, named
):
    """Judged by Casbin on the field itself, whatever else the role may do with the type."""
    action = verb.right[1]
    ids = {"Person": group.psn("ada"), "Tenant": group.tnt("east")}
    given = filled(verb.command, lambda ref, _: ids.get(ref, f"jrl_{group.collector.hex}"))
    given["staffNumber"] = "N1" if "staffNumber" in given else None
    given = {name: value for name, value in given.items() if value is not None}
    if "expectedVersion" in given:
        given["expectedVersion"] = (await group.person("ada")).row_version
    async with without(group, "branch_hr", named, action), group.unchanged():
        answer = await group.ask("bea", mutation(verb), input=given)

    [error] = answer["data"][verb.name]["userErrors"]
    assert error["code"] == "FORBIDDEN", error
