"""Whatever is done or opened, Casbin is asked about it on the real row, and its no is the end."""

from __future__ import annotations

from contextlib import contextmanager

import orjson
import pytest

from api.graphql.request import Request
from api.graphql.schema import schema
from authz.enforcer import EnforcementFailed
from authz.judge import Decision, Judge
from domain.kernel.errors import Forbidden
from tests.api.graphql.doing import BY, inputs, set_stage

VERBS = schema().verbs


@contextmanager
def judging(decide):
    """Have every judge decide like this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Judge, "decide", decide)
        yield


@contextmanager
def noted():
    """Note what is judged, and on which facts."""
    asked = []
    real = Judge.decide

    def decide(judge, actor, named, action, facts):
        asked.append((named, action, facts))
        return real(judge, actor, named, action, facts)

    with judging(decide):
        yield asked


def says_no(*_):
    return Decision(allowed=False, line=None)


def fails(*_):
    raise EnforcementFailed("Casbin cannot be asked")


async def sent(group, verb, given):
    """Do a verb as whoever does it; the errors that came of it, or whatever was raised."""
    actor = await group.actor(BY[verb.name]) if verb.name in BY else group.founder
    query = f"""mutation($input: {verb.title}Input!) {{
      {verb.name}(input: $input) {{ userErrors {{ code }} }} }}"""
    request = Request(query=query, variables={"input": given}, request_id="test")
    answer = orjson.loads((await group.gateway.answer(actor, request)).body)
    assert "errors" not in answer, (verb.name, answer)
    return [one["code"] for one in answer["data"][verb.name]["userErrors"]]


async def test_every_verb_has_its_declared_right_judged_and_does_nothing_against_a_no(group):
    stage = await set_stage(group)
    given = await inputs(stage)
    assert set(given) == set(VERBS), "give every verb an input in tests/api/graphql/doing.py"

    async with group.unchanged():
        for name, verb in VERBS.items():
            with noted() as asked:  # that each could be done is shown by doing it, and undoing it
                assert await sent(group, verb, {**given[name], "dryRun": True}) == [], name
            judged = [facts for named, action, facts in asked if (named, action) == verb.right]
            assert judged, f"{name} declares {verb.right}"
            assert all(facts.tenant in stage.group.tenants.values() for facts in judged), name

        for name, verb in VERBS.items():
            with judging(says_no):
                assert await sent(group, verb, given[name]) == ["FORBIDDEN"], name

        for name, verb in VERBS.items():
            with judging(fails), pytest.raises(EnforcementFailed):
                await sent(group, verb, given[name])


OPEN = """query($id: ID!) { person(id: $id) {
  phone { value(purpose: HR_ADMINISTRATION) } nationalId { value(purpose: HR_ADMINISTRATION) }
} }"""


async def opened(group):
    return await group.rows("SELECT id FROM audit_entry WHERE group_id = :g AND verb = 'decrypt'")


async def test_every_value_that_is_opened_is_judged_on_its_row(group):
    with noted() as asked:
        told = await group.read("bea", OPEN, id=group.psn("ada"))

    assert told["person"]["phone"]["value"] == "15400000004"
    decrypts = {(named, facts.subject) for named, action, facts in asked if action == "decrypt"}
    ada = group.people["ada"]
    assert {("Person.phone", ada), ("Person.nationalId", ada)} <= decrypts


async def test_against_a_no_nothing_is_opened_and_nothing_is_told(group):
    group.gateway.shadow.every = 0  # it would already have found out
    with judging(says_no), pytest.raises(Forbidden):
        await group.ask("bea", OPEN, id=group.psn("ada"))

    assert await opened(group) == []


async def test_where_casbin_fails_nothing_is_opened(group):
    group.gateway.shadow.every = 0
    with judging(fails), pytest.raises(EnforcementFailed):
        await group.ask("bea", OPEN, id=group.psn("ada"))

    assert await opened(group) == []
