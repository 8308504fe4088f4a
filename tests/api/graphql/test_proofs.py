"""The trail over GraphQL: read by those who watch, proved, and taken along."""

from __future__ import annotations

from base64 import b64decode

import pytest

from api.graphql.computed import proofs
from domain.access.assign_role import AssignRole, assign_role
from domain.audit.merkle import is_consistent, is_included, leaf_hash
from domain.kernel.ids import external_id
from tests.domain.audit.test_verifying import VERIFY
from tests.domain.audit.trails import noted, sequenced, trail_of

EVENTS = """
query($filter: AuditEventFilter) {
  auditEvents(filter: $filter, first: 50) {
    totalCount nodes { id verb outcome code at principal { id } policyVersion }
  }
}
"""
PROOF = """
query($id: ID!, $checkpoint: Int) {
  auditProof(eventId: $id, checkpoint: $checkpoint) { eventId index size leaf path checkpoint }
}
"""
CONSISTENCY = """
query($from: Int!, $to: Int) { auditConsistency(from: $from, to: $to) { path earlier later } }
"""
EXPORT = """
query($from: Int, $to: Int) { auditExport(from: $from, to: $to) { lines key next } }
"""
WATCHING = ("cora", "sage", "anna")


@pytest.fixture
async def trail(group):
    """Five events in two trees."""
    await noted(group, "a", "b", "c")
    await sequenced(group)
    group.clock.on(minutes=1)
    await noted(group, "d", "e")
    await sequenced(group)
    return await trail_of(group)


def event(trail, index):
    return external_id("aud", trail.leaves[index].id)


def root(note):
    return b64decode(note.splitlines()[2])


@pytest.mark.parametrize("who", WATCHING)
async def test_whoever_watches_reads_who_did_what(group, trail, who):
    found = (await group.read(who, EVENTS, filter={"verb": {"eq": "a"}}))["auditEvents"]

    assert found["totalCount"] == 1
    [one] = found["nodes"]
    assert (one["verb"], one["outcome"], one["principal"]) == ("a", "DONE", None)


async def test_events_are_narrowed_by_outcome_time_and_principal(group, trail):
    query = "mutation($i: CreateCourseInput!) { createCourse(input: $i) { userErrors { code } } }"
    course = {"tenantId": group.tnt("head"), "code": "C1", "title": "x", "family": "CULTURE"}
    group.clock.on(minutes=1)
    await group.read("ada", query, i=course)
    ada = external_id("prc", group.principals["ada"])

    for who, narrowed in (
        ("cora", {"outcome": {"eq": "DENIED"}}),
        ("cora", {"principalId": {"eq": ada}}),
        ("sage", {"principal": {"id": {"eq": ada}}}),
        ("cora", {"at": {"gte": group.clock.now.isoformat()}}),
    ):
        found = (await group.read(who, EVENTS, filter=narrowed))["auditEvents"]
        told = [(one["verb"], one["code"]) for one in found["nodes"]]
        assert told == [("createCourse", "FORBIDDEN")], narrowed


@pytest.mark.parametrize("who", ["ada", "grace", "bea", "hugo", "olga", "eve"])
async def test_nobody_else_sees_that_there_is_any(group, trail, who):
    found = await group.ask(who, EVENTS)
    assert (found["data"]["auditEvents"] or {"totalCount": 0})["totalCount"] in {0, None}
    for query, given in (
        (PROOF, {"id": event(trail, 0)}),
        (CONSISTENCY, {"from": 3}),
        (EXPORT, {}),
    ):
        answer = await group.ask(who, query, **given)
        assert set(answer["data"].values()) == {None}
    assert (await trail_of(group)).entries.keys() == trail.entries.keys()


@pytest.mark.parametrize("index", range(5))
async def test_that_an_event_is_in_the_tree_is_proved_against_any_checkpoint(group, trail, index):
    for size in (3, 5, None):
        answer = await group.ask("cora", PROOF, id=event(trail, index), checkpoint=size)
        if size == 3 and index >= 3:
            assert answer["errors"][0]["extensions"]["reason"] == "NOT_YET_PLACED"
            continue
        found = answer["data"]["auditProof"]
        assert (found["index"], found["size"]) == (index, size or 5)
        leaf, path = b64decode(found["leaf"]), [b64decode(one) for one in found["path"]]
        assert leaf == leaf_hash(trail.data[index])
        assert is_included(leaf, index, found["size"], path, root(found["checkpoint"]))


async def test_that_the_trail_only_grew_is_proved(group, trail):
    for given in ({"from": 3, "to": 5}, {"from": 3}, {"from": 5}):
        found = (await group.read("anna", CONSISTENCY, **given))["auditConsistency"]
        path = [b64decode(one) for one in found["path"]]
        roots = (root(found["earlier"]), root(found["later"]))
        assert is_consistent(given["from"], 5, roots, path)


@pytest.mark.parametrize(
    ("query", "given", "reason"),
    [
        (CONSISTENCY, {"from": 5, "to": 3}, "NOT_GROWN"),
        (CONSISTENCY, {"from": 4}, "NO_SUCH_CHECKPOINT"),
        (CONSISTENCY, {"from": 2**31 - 1}, "NO_SUCH_CHECKPOINT"),
        (CONSISTENCY, {"from": -1}, "NO_SUCH_CHECKPOINT"),
        (EXPORT, {"to": 4}, "NO_SUCH_CHECKPOINT"),
        (EXPORT, {"from": 5}, None),
        (EXPORT, {"from": -1}, None),
        (PROOF, {"id": "psn_" + "0" * 32}, None),
        (PROOF, {"id": "nonsense"}, None),
    ],
)
async def test_what_cannot_be_proved_is_refused_with_what_to_do(group, trail, query, given, reason):
    answer = await group.ask("cora", query, **given)

    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"].get("reason") == reason
    assert (await trail_of(group)).entries.keys() == trail.entries.keys()


async def test_an_event_of_another_group_is_not_there(group, trail, other_group):
    await noted(other_group, "a")
    await sequenced(other_group)
    theirs = event(await trail_of(other_group), 0)

    assert await group.read("cora", PROOF, id=theirs) == {"auditProof": None}
    assert await group.read("cora", PROOF, id="aud_" + "0" * 32) == {"auditProof": None}


async def test_a_group_without_a_tree_has_nothing_to_prove(group):
    assert await group.read("cora", EXPORT) == {"auditExport": None}


@pytest.mark.parametrize("who", WATCHING)
async def test_an_export_is_verified_alone_and_stands_in_the_trail(group, trail, who, tmp_path):
    found = (await group.read(who, EXPORT))["auditExport"]
    file = tmp_path / "trail.jsonl"
    file.write_text("".join(f"{one}\n" for one in found["lines"]), "utf-8", newline="\n")

    told = VERIFY.Verifier([VERIFY.Part(file)], VERIFY.Key.read(found["key"]), [], 300.0).run()
    assert told.startswith("OK: 5 events")
    assert found["next"] is None
    new = [one for one in (await trail_of(group)).entries.values() if one.id not in trail.entries]
    assert "auditExport" in {one.verb for one in new}
    assert {one.principal_id for one in new} == {group.principals[who]}


async def test_an_export_comes_in_parts_that_are_one_trail(group, trail, tmp_path, monkeypatch):
    monkeypatch.setattr(proofs, "MOST", 2)
    parts, start = [], 0
    while start is not None:
        found = (await group.read("cora", EXPORT, **{"from": start, "to": 5}))["auditExport"]
        parts.append(tmp_path / f"{start}.jsonl")
        parts[-1].write_text("".join(f"{one}\n" for one in found["lines"]), "utf-8", newline="\n")
        start = found["next"]

    assert [one.name for one in parts] == ["0.jsonl", "2.jsonl", "4.jsonl"]
    key = VERIFY.Key.read(found["key"])
    told = VERIFY.Verifier([VERIFY.Part(one) for one in parts], key, [], 300.0).run()
    assert told.startswith("OK: 5 events")


async def test_whoever_watches_a_branch_proves_its_events_and_takes_no_others_along(group, trail):
    command = AssignRole(
        principal_id=group.principals["mary"], role="compliance", tenant_id=group.tenants["east"]
    )
    await group.do(group.founder, assign_role, command)
    await group.read("ada", "{ viewer { person { phone { value(purpose: HR_ADMINISTRATION) } } } }")
    await sequenced(group)
    later = await trail_of(group)
    [index] = [at for at, one in enumerate(later.leaves) if later.entries[one.id].verb == "decrypt"]

    own = await group.read("mary", PROOF, id=event(later, index))
    assert own["auditProof"]["index"] == index
    assert await group.read("mary", PROOF, id=event(later, 0)) == {"auditProof": None}
    answer = await group.ask("mary", EXPORT)
    assert answer["errors"][0]["extensions"]["reason"] == "FORBIDDEN"
    assert "lines" not in str(answer.get("data"))
