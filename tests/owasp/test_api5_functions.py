"""API5: each role tries each mutation, and what is decided is what Casbin decides on its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import orjson
import pytest

from api.graphql.request import Request
from api.graphql.schema import catalogue
from authz.judge import Judge
from authz.roles import built_in
from tests.authz.worlds import MODEL, Casbin, naive_cond, naive_under
from tests.isolation.furnished import ROLES
from tests.isolation.ids import NOBODYS, Ids, prefix_of
from tests.isolation.inputs import VERBS, filled, mutation


@dataclass(frozen=True)
class Decided:
    """A decision as the application took it."""

    role: str
    path: str
    requested: str
    action: str
    row: tuple
    allowed: bool


IN_FORCE = """
SELECT ptype, role, tenant_path, object, action, condition, effect, inherits FROM policy_line
WHERE group_id = :g AND valid_from <= :now AND (valid_to IS NULL OR valid_to > :now)
"""


@pytest.fixture(scope="module")
async def casbin_for(neighbours):
    """Casbin with the group's lines of one action, and nothing of ours but the model."""
    group, _ = neighbours
    stored = await group.rows(IN_FORCE, now=group.clock.now)
    lines = [tuple(one[1:7]) for one in stored if one.ptype == "p"]
    links = [(one.role, one.inherits, one.tenant_path) for one in stored if one.ptype == "g"]
    assert len(lines) > 400
    assert len(links) > 10
    return lru_cache(lambda action: _casbin(action, lines, links))


def _casbin(action: str, lines: list, links: list) -> Casbin:
    enforcer = Casbin(MODEL)
    enforcer.add_function("under", naive_under)
    enforcer.add_function("objm", catalogue().matches)
    enforcer.add_function("cond", naive_cond)
    enforcer.add_named_domain_matching_func("g", naive_under)
    fitting = {line for line in lines if line[3] in {action, "*"}}
    enforcer.add_policies([list(line) for line in fitting])
    enforcer.add_named_grouping_policies("g", [list(link) for link in set(links)])
    for role in ROLES:
        enforcer.add_named_grouping_policy("g", f"user:{role}", role, "/")
    return enforcer


@pytest.fixture
def decisions(monkeypatch):
    """Every decision that is taken from here on."""
    taken: list[Decided] = []
    known = Judge.decide

    def decide(judge, actor, requested, action, facts):
        decision = known(judge, actor, requested, action, facts)
        row = (facts, actor.variables)
        taken.append(
            Decided(actor.name or "", actor.tenant_path, requested, action, row, decision.allowed)
        )
        return decision

    monkeypatch.setattr(Judge, "decide", decide)
    return taken


async def tried(group, ids, who, verb) -> dict:
    """Try a mutation on rows of one's own, without keeping anything."""

    def choose(ref, _):
        row = ids.own(ref, ROLES[who].at)
        return row.id if row else f"{prefix_of(ref)}_{NOBODYS}"

    given = {**filled(verb.command, choose), "dryRun": True}
    request = Request(query=mutation(verb), variables={"input": given}, request_id="test")
    return orjson.loads((await group.gateway.answer(await group.actor(who), request)).body)


@pytest.mark.parametrize("who", ROLES)
async def test_each_role_may_do_what_casbin_allows_it_and_what_is_denied_changes_nothing(
    neighbours, casbin_for, decisions, who
):
    group, _ = neighbours
    ids = await Ids.of(group)
    async with group.unchanged():
        for verb in VERBS.values():
            decisions.clear()
            answer = await tried(group, ids, who, verb)
            held_against(casbin_for, who, decisions)
            follows(verb, (answer.get("data") or {}).get(verb.name), decisions)


def held_against(casbin_for, who, decisions) -> None:
    """Every decision is Casbin's."""
    for one in decisions:
        request = (f"user:{who}", one.path, one.requested, one.action, one.row)
        assert casbin_for(one.action).enforce(*request) == one.allowed, one


def follows(verb, payload, decisions) -> None:
    """What is answered follows from what was decided."""
    if any(not one.allowed for one in decisions):
        [error] = payload["userErrors"]
        assert error["code"] in {"FORBIDDEN", "NOT_FOUND"}
        assert payload[verb.noun] is None
    elif payload and payload[verb.noun]:
        assert verb.right in {tuple(_right(one)) for one in decisions}


def _right(one: Decided) -> tuple[str, str]:
    return one.requested, one.action


@pytest.mark.parametrize("who", ["auditor", "vendor", "audit_admin"])
async def test_whoever_only_reads_does_nothing_at_all(neighbours, decisions, who):
    group, _ = neighbours
    ids = await Ids.of(group)
    async with group.unchanged():
        for verb in VERBS.values():
            payload = ((await tried(group, ids, who, verb)).get("data") or {}).get(verb.name)
            assert not payload or (payload["userErrors"] and payload[verb.noun] is None)

    assert not any(one.allowed for one in decisions)


def test_roles_and_verbs_are_all_there_are():
    named = {line.role for line in built_in().lines}
    contained = {"member", "reader", "overseer"}

    assert set(ROLES) == named - contained
    assert len(VERBS) >= 32
