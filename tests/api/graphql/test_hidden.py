"""Whatever a hidden schema leaves out is refused, byte for byte, as what never was.

Every name that vendors and nobody are not shown is tried beside a name of the same length of which
there is nothing, in every place that a document or its variables have for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import orjson
import pytest

from api.graphql import hidden
from api.graphql.request import Request
from api.graphql.schema import catalogue, schema
from api.graphql.viewer import ACTS
from authz.actor import DenialMode
from tests.api.graphql.documents import whole_documents
from tests.api.graphql.hidden_names import Case, cases
from tests.properties.policies import line, policy

WHOLE = schema().graphql
NARROW = policy(
    line("Course"), line("Course.title", "read filter sort"), line("CourseVersion"), line("Block"),
    line("Block.body"), line("LearningPath"), line("PathStage"), line("JobRole"),
    line("Course.current"),
)  # fmt: skip
"""Some types with few of their fields: much is denied that lies right beside what is shown."""
LEAST = {
    "vera": {
        "introspection": 280, "one's permissions": 60, "type of a fragment": 160,
        "type of a variable": 340, "root": 40, "mutation": 90, "field": 20, "field on its path": 20,
    },
    "narrow": {
        "introspection": 350, "one's permissions": 60, "type of a fragment": 200,
        "type of a variable": 400, "root": 40, "mutation": 90, "field": 100,
        "field on its path": 60, "input field, literally": 40, "input field, in the variables": 60,
    },
    "nobody": {
        "introspection": 450, "one's permissions": 220, "type of a fragment": 280,
        "type of a variable": 500, "root": 60, "mutation": 90, "field": 8, "field on its path": 8,
    },
}  # fmt: skip
"""So many cases at least are made of each kind: a rule that finds nothing proves nothing."""


async def caller(group, who):
    """A vendor, one of whom not even all that is taught is shown, or nobody."""
    if who == "nobody":
        return None
    vera = await group.actor("vera")
    return vera if who == "vera" else replace(vera, mask=NARROW.mask)


def never_was(name: str) -> str:
    """A name like another, of which there is nothing."""
    other = ("Z" if name[0].isupper() else "z") + "q" * (len(name) - 1)
    return other.upper() if name.isupper() else other


async def told(group, actor, case: Case, name: str) -> bytes:
    """What is said of a name, with the name taken out of it."""
    document, variables = case.said(name)
    request = Request(query=document, variables=orjson.loads(variables), request_id="test")
    body = (await group.gateway.answer(actor, request)).body
    return body.replace(name.encode(), b"~")


def hidden_from(group, actor) -> list[Case]:
    """Everything that is not shown to somebody, wherever it can be named."""
    mask = actor.mask if actor else None
    permitted = {
        name
        for name in catalogue().types
        for act in ACTS
        if mask and not mask.cell(act, name).never
    }
    return list(cases(WHOLE, group.gateway.views.of(actor).schema, permitted))


async def told_apart(group, actor, tried: list[Case]) -> list[Case]:
    """The cases in which a hidden name is answered otherwise than one that never was."""
    return [
        case
        for case in tried
        if await told(group, actor, case, case.name)
        != await told(group, actor, case, never_was(case.name))
    ]


@pytest.mark.parametrize("who", list(LEAST))
async def test_what_is_hidden_is_told_as_what_never_was(group, who):
    actor = await caller(group, who)
    tried = hidden_from(group, actor)

    assert await told_apart(group, actor, tried) == []
    counted = Counter(case.kind for case in tried)
    for kind, least in LEAST[who].items():
        assert counted[kind] >= least, kind


async def test_ids_of_hidden_types_are_told_as_ids_of_none(group):
    vera = await group.actor("vera")
    view = group.gateway.views.of(vera).schema
    shapes = group.gateway.made.map.shapes.values()
    prefixes = sorted({one.prefix for one in shapes if one.prefix and not view.get_type(one.name)})
    assert {"psn", "enr", "coh"} <= set(prefixes)
    for prefix in prefixes:
        for document in (
            "query($i: ID!) { node(id: $i) { id } }",
            "query($i: ID!) { nodes(ids: [$i]) { id } }",
            "query($i: ID!) { course(id: $i) { id } }",
            "query($i: ID!) { courses(filter: {id: {eq: $i}}) { totalCount } }",
            "query($i: ID!) { node(id: $i) { __typename ... on Course { code } } }",
        ):
            case = Case("id", prefix, document, '{"i": "NAME_HERE"}')
            known, none = [f"{one}_{'0' * 32}" for one in (prefix, "zqq")]
            there = await told(group, vera, case, known)
            assert there == await told(group, vera, case, none), (prefix, document)


async def test_a_name_nearly_right_is_not_put_right(group):
    """Neither by its neighbours that are hidden nor by those that are shown."""
    for who in ("vera", "narrow", "nobody"):
        actor = await caller(group, who)
        for document in (
            "{ peopl { totalCount } }", "{ course { titel } }",
            "{ courses(filtr: {}) { nodes { id } } }",
            "{ viewer { persn { id } denial } }", "fragment f on Persn { id } { ...f }",
            "query($v: PersonFiltr) { viewer { denials } }", "mutation { hir(input: {}) { x } }",
            '{ courses(filter: {titl: {eq: "x"}}) { totalCount } }', "{ viewr { actor { name } } }",
        ):  # fmt: skip
            request = Request(query=document, request_id="test")
            answer = await group.gateway.answer(actor, request)
            assert answer.refusal == "GRAPHQL_VALIDATION_FAILED"
            assert b"id you mean" not in answer.body, (who, document)


async def test_asking_strictly_tells_a_hidden_caller_no_more(group):
    vera = await group.actor("vera")
    for query in ("{ people { totalCount } }", "{ courses { nodes { code secret } } }"):
        plain, strict = [
            (
                await group.gateway.answer(
                    vera, Request(query=query, request_id="test", strict=strict)
                )
            ).body
            for strict in (False, True)
        ]
        assert plain == strict


async def test_everything_that_a_hidden_schema_still_has_is_answered(group):
    """The view is no smaller than it must be: what it shows can be asked for."""
    vera = await group.actor("vera")
    documents = list(whole_documents(group.gateway.views.of(vera).schema))
    assert documents
    for document in documents:
        answer = await group.ask("vera", document, id="crs_" + "0" * 32)
        assert "errors" not in answer, (document, answer)


CARELESS = (
    ("keeps", "field"),
    ("narrows", "input field, in the variables"),
    ("readable", "root"),
)


@pytest.mark.parametrize(("part", "kind"), CARELESS)
async def test_a_view_that_forgets_to_hide_is_found_out(group, monkeypatch, part, kind):
    """The cases are drawn from the right view and asked of a careless one."""
    actor = await caller(group, "narrow")
    right = [one for one in hidden_from(group, actor) if one.kind == kind]
    monkeypatch.setattr(hidden.View, part, lambda *_: True)
    group.gateway.views.kept.clear()

    assert await told_apart(group, actor, right)


async def test_a_hidden_mask_of_another_decides_what_another_sees(group):
    """Two hidden callers with different masks do not share a view, two with the same do."""
    vera, grace = await group.actor("vera"), await group.actor("grace")
    hidden_grace = replace(grace, denials=DenialMode.HIDDEN)

    views = group.gateway.views
    assert views.of(vera) is views.of(await group.actor("vera"))
    assert views.of(hidden_grace) is not views.of(vera)
    assert views.of(hidden_grace).schema.get_type("Person") is not None
    assert views.of(vera).schema.get_type("Person") is None
