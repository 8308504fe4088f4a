"""Where it cannot be known what somebody may do, they may do nothing: faults, put in one by one."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text

from authz.shelf import Shelf
from domain.kernel.ids import external_id
from domain.privacy.keyring import Keyring
from runtime import database
from runtime.bring_up import connected

READ = "{ people { nodes { displayName phone { masked } } } }"
OPEN = "{ people { nodes { phone { value(purpose: EMERGENCY_CONTACT) } } } }"
MOVE = """
mutation($input: SetThresholdInput!) {
  setThreshold(input: $input) { threshold { id } userErrors { code } }
}
"""

GRANT = """
mutation($input: AssignRoleInput!) {
  assignRole(input: $input) { policyChange { id } userErrors { code } }
}
"""


def fails(*_, **__):
    message = "it cannot be read"
    raise ConnectionError(message)


async def decrypted(group) -> int:
    return len(await group.rows(
        "SELECT id FROM audit_entry WHERE group_id = :g AND verb = 'decrypt' AND outcome = 'DONE'"
    ))  # fmt: skip


def withheld(answer) -> bool:
    return answer.status_code >= 500 and "data" not in answer.json()


async def as_superuser(group, cluster, statement: str) -> None:
    async with group.installation.writer.transaction(group.id, None) as session:
        name = await session.scalar(text("SELECT current_database()"))
    async with connected(cluster.dsn(name)) as connection:
        await connection.execute(statement, group.id)


async def test_a_policy_without_a_head_answers_nobody(group, asks, cluster):
    assert "data" in (await asks(READ)).json()
    await as_superuser(group, cluster, "DELETE FROM policy_head WHERE group_id = $1")

    assert withheld(await asks(READ))
    assert withheld(await asks("{ __schema { queryType { name } } }"))
    given = {"tenantId": group.tnt("head"), "metric": "PASS_MARK", "value": "90"}
    async with group.unchanged():
        assert withheld(await asks(MOVE, who="hugo", input=given))


async def a_line_cannot_be_read(group, cluster) -> None:
    await as_superuser(
        group, cluster,
        "UPDATE policy_line SET object = 'Person.gone' WHERE group_id = $1 AND role = 'mentor'",
    )  # fmt: skip
    await as_superuser(
        group, cluster, "UPDATE policy_head SET version = version + 1 WHERE group_id = $1"
    )


async def test_a_line_that_cannot_be_read_opens_nothing_to_a_process_that_begins(
    group, asks, cluster, monkeypatch
):
    """A policy of which one line is unknown is refused whole, however good the others are."""
    await a_line_cannot_be_read(group, cluster)
    monkeypatch.setattr(group.installation, "policies", Shelf())

    assert withheld(await asks(READ))
    async with group.unchanged():
        given = {"tenantId": group.tnt("head"), "metric": "PASS_MARK", "value": "90"}
        assert withheld(await asks(MOVE, who="hugo", input=given))


async def test_where_the_last_good_policy_stands_in_for_it_nothing_is_opened_and_no_right_given(
    group, asks, cluster
):
    """Reading goes on; what the line that cannot be read may have taken away does not."""
    before = (await asks(READ, who="bea")).json()
    await a_line_cannot_be_read(group, cluster)

    assert (await asks(READ, who="bea")).json() == before
    opened = await asks(OPEN, who="bea")
    assert "1540000" not in opened.text
    assert await decrypted(group) == 0
    given = {
        "principalId": external_id("prc", group.principals["ada"]),
        "tenantId": group.tnt("east"), "role": "learner",
    }  # fmt: skip
    async with group.unchanged():
        answer = (await asks(GRANT, who="sage", input=given)).json()
    [error] = answer["data"]["assignRole"]["userErrors"]
    assert error == {"code": "FORBIDDEN"}


@pytest.mark.parametrize(
    "place",
    [
        "runtime.installation.read_policy",
        "runtime.identify.actor_of",
        "api.http.authentication.find_token",
        "runtime.unit._standing",
        "domain.kernel.work.Work.facts",
        "authz.enforcer.casbin.Enforcer.enforce_ex",
    ],
)
async def test_what_breaks_on_the_way_to_a_decision_leaves_everything_as_it_is(
    group, asks, monkeypatch, place
):
    monkeypatch.setattr(group.installation, "policies", Shelf())
    monkeypatch.setattr(place, fails)
    given = {"tenantId": group.tnt("head"), "metric": "PASS_MARK", "value": "90"}

    async with group.unchanged():
        answer = await asks(MOVE, who="hugo", input=given)

    assert withheld(answer)


async def test_a_root_key_that_is_out_of_reach_opens_nothing_and_lets_nothing_be_sealed(
    group, asks, monkeypatch
):
    class Gone:
        wrap = unwrap = staticmethod(fails)

    await asks("{ viewer { tenant { code } } }", who="bea")
    group.installation.keyring = Keyring(Gone())

    assert withheld(await asks(READ, who="bea"))
    assert withheld(await asks(OPEN, who="bea"))
    given = {"tenantId": group.tnt("east"), "staffNumber": "N1", "displayName": "新", "phone": "1"}
    create = """mutation($input: RegisterCandidateInput!) {
      registerCandidate(input: $input) { userErrors { code } } }"""
    async with group.unchanged():
        answer = (await asks(create, who="rita", input={**given, "phone": "15400001234"})).json()
    assert "data" not in answer
    assert await decrypted(group) == 0


@pytest.mark.parametrize(
    "place",
    [
        "api.graphql.opening.ask_for_keys",
        "api.graphql.measure.opened_within",
        "domain.kernel.work.Work.permit",
        "runtime.database._sent",
    ],
)
async def test_without_a_committed_entry_of_the_trail_no_value_is_opened(
    group, asks, monkeypatch, place
):
    await asks(READ, who="bea")
    known = database._sent

    async def no_commit(connection, message, *, expected=None):
        if message == "COMMIT":
            fails()
        await known(connection, message, expected=expected)

    monkeypatch.setattr(place, no_commit if place.endswith("_sent") else fails)
    answer = await asks(OPEN, who="bea")
    monkeypatch.undo()

    assert withheld(answer)
    assert "1540000" not in answer.text
    assert await decrypted(group) == 0


async def test_a_database_that_does_not_answer_is_no_permission(group, asks, monkeypatch):
    async def gone(*_):
        raise asyncpg.ConnectionDoesNotExistError

    await asks(READ)
    monkeypatch.setattr(group.installation.reader, "fetch_row", gone)

    for query in (READ, "{ nobody }", "{ __schema { queryType { name } } }"):
        assert withheld(await asks(query)), query
