"""An error tells what to do and by which id it is found again, and nothing of the inside."""

from __future__ import annotations

import pytest

from authz.shelf import Shelf
from tests.isolation.inputs import VERBS, filled, mutation

CANARY = "canary-7f3a"
LOOK = "{ viewer { tenant { code } } people { nodes { displayName phone { masked } } } }"


class Broken(RuntimeError):
    """A failure whose text holds what must not be told."""


def fails(*_, **__):
    raise Broken(f"{CANARY} postgresql://peiyuan_app:{CANARY}@db SELECT * FROM person")


PLACES = {
    "the reader": "runtime.reader.Reader.fetch_row",
    "the planner": "api.graphql.plans.compile_plan",
    "the look-up of tokens": "api.http.authentication.find_token",
    "the policy": "runtime.installation.read_policy",
    "the reveal": "api.graphql.reading.Revealing.resolve",
    "the parser": "api.graphql.documents.parse",
    "validation": "api.graphql.documents.validate",
}


@pytest.mark.parametrize("place", PLACES)
async def test_whatever_breaks_is_told_by_a_code_and_an_id_and_by_nothing_else(
    group, client, monkeypatch, caplog, place
):
    group.gateway.plans.kept.clear()
    monkeypatch.setattr(group.installation, "policies", Shelf())
    monkeypatch.setattr(PLACES[place], fails)
    headers = {"authorization": f"Bearer {group.secrets['grace']}", "x-request-id": "found-again"}

    answer = await client.post("/graphql", json={"query": LOOK}, headers=headers)

    assert answer.status_code == 500
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "found-again"}
    assert set(answer.json()) == {"errors"}
    for inside in (CANARY, "Traceback", "SELECT", "asyncpg", "site-packages", ".py", "Broken"):
        assert inside not in answer.text
        assert inside not in str(answer.headers)


@pytest.mark.parametrize("name", VERBS)
async def test_a_mutation_that_breaks_is_masked_too_and_changes_nothing(
    group, client, monkeypatch, name
):
    verb = VERBS[name]
    monkeypatch.setattr("api.graphql.writing.perform", fails)
    zeros = {"Person": "psn", "Tenant": "tnt"}
    given = filled(verb.command, lambda ref, _: f"{zeros.get(ref, 'xxx')}_{'0' * 32}")
    headers = {"authorization": f"Bearer {group.secrets['hugo']}", "x-request-id": "r"}

    async with group.unchanged():
        answer = await client.post(
            "/graphql", json={"query": mutation(verb), "variables": {"input": given}},
            headers=headers,
        )  # fmt: skip

    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
