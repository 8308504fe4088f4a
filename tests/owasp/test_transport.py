"""What the cheat sheet asks of GraphQL over HTTP: one operation at a time, as JSON, by POST."""

from __future__ import annotations

import orjson
import pytest

from api.graphql.schema import schema
from tests.isolation.inputs import VERBS

OPERATION = {"query": "{ viewer { tenant { code } } }"}
CREATE = """
mutation($input: CreateCourseInput!) { createCourse(input: $input) { userErrors { code } } }
"""
BATCHES = {
    "of one": [OPERATION],
    "of two": [OPERATION, OPERATION],
    "of a thousand": [OPERATION] * 1000,
    "of none": [],
    "within a batch": [[OPERATION]],
}
SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "")
"""What a page of another origin may send without being asked first."""


def bearer(group, who="hugo"):
    return {"authorization": f"Bearer {group.secrets[who]}"}


@pytest.mark.parametrize("batch", BATCHES)
async def test_a_batch_is_refused_whatever_its_size(client, group, batch):
    answer = await client.post("/graphql", json=BATCHES[batch], headers=bearer(group))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in answer.text


@pytest.mark.parametrize("kind", SIMPLE)
async def test_a_form_of_another_page_does_nothing(client, group, kind):
    given = {"tenantId": group.tnt("head"), "code": "C1", "title": "t", "family": "COMPLIANCE"}
    body = orjson.dumps({"query": CREATE, "variables": {"input": given}})
    async with group.unchanged():
        headers = {**bearer(group), **({"content-type": kind} if kind else {})}
        answer = await client.post("/graphql", content=body, headers=headers)

    assert answer.status_code == 415
    assert "createCourse" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
async def test_nothing_is_done_or_read_by_a_link(client, group, method):
    async with group.unchanged():
        answer = await client.request(
            method, "/graphql", params={"query": CREATE, "variables": "{}"}, headers=bearer(group)
        )

    assert answer.status_code == 405
    assert b"data" not in answer.content


async def test_no_cookie_is_set_or_taken_for_a_token(client, group):
    cookies = {"session": group.secrets["hugo"], "authorization": f"Bearer {group.secrets['hugo']}"}
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    answer = await client.post(
        "/graphql", json={"query": "{ viewer { denials } }"}, headers=headers
    )

    assert answer.json() == {"data": {"viewer": None}}
    assert "set-cookie" not in answer.headers


SLIPS = ("{ peopel { totalCount } }", "{ people { nodes { phon { masked } } } }",
         "{ people(filtr: {}) { totalCount } }", "{ people(filter: {stag: {}}) { totalCount } }",
         '{ node(id: "x") { ... on Persn { id } } }',
         "query($s: Strin) { people(search: $s) { totalCount } }",
         "{ people { nodes { stage @inclde(if: true) } } }",
         "mutation { enroll(input: {}) { userErrors { code } } }",
         "{ people { nodes { phone { value(purpose: AUDI) } } } }")  # fmt: skip


@pytest.mark.parametrize("document", SLIPS)
@pytest.mark.parametrize("who", ["hugo", "vera", None])
async def test_a_slip_of_the_pen_is_answered_without_a_suggestion(group, document, who):
    answer = await group.ask(who, document)

    assert answer["errors"]
    assert "Did you mean" not in str(answer)


def offered(answer) -> set[str]:
    return {
        f"{kind['name']}.{held['name']}"
        for kind in answer["data"]["__schema"]["types"]
        for held in [*(kind["fields"] or ()), *(kind["inputFields"] or ())]
    }


INTROSPECTION = """{ __schema { types { name fields(includeDeprecated: true) { name }
  inputFields { name } } } }"""


async def test_introspection_shows_people_all_and_vendors_what_they_may_and_nobody_nothing(group):
    whole, pruned, nothing = [
        offered(await group.ask(who, INTROSPECTION)) for who in ("hugo", "vera", None)
    ]

    assert len(whole) > len(pruned) > len(nothing)
    assert {"Person.phone", "Query.people", "Mutation.hire"} <= whole
    assert not any("Person" in name or name.startswith("Mutation.") for name in pruned | nothing)
    assert not {name for name in nothing if name.split(".")[0] in schema().map.shapes}
    assert not {name for name in pruned if name.split(".")[-1] in VERBS}


@pytest.mark.parametrize("who", ["vera", None])
async def test_no_alias_brings_a_hidden_field_back(group, who):
    for document in (
        "{ a: people { totalCount } }",
        "{ ...f } fragment f on Query { people { totalCount } }",
        "{ ... @include(if: true) { people { totalCount } } }",
        '{ __type(name: "Person") { name fields { name } } }',
    ):
        answer = await group.ask(who, document)
        told = str(answer.get("data") or "")
        assert "totalCount" not in told
        assert "displayName" not in told
