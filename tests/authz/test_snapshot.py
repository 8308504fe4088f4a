"""A policy is checked when it is made, remembers what it compiled, and is swapped whole."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from authz import snapshot
from authz.faults import Code
from authz.lines import ancestry, under
from authz.snapshot import MalformedPolicy, load

GOOD = ("learner", "/", "Person", "read", "self", "allow")


def codes(catalogue, *rows, inherits=()):
    with pytest.raises(MalformedPolicy) as refused:
        load(version=1, rows=[GOOD, *rows], inherits=inherits, catalogue=catalogue)
    assert all(finding.sentence in str(refused.value) for finding in refused.value.findings)
    return [finding.code for finding in refused.value.findings]


@pytest.mark.parametrize(
    ("column", "word", "code"),
    [
        (0, "user:grace", Code.BAD_ROLE),
        (0, "", Code.BAD_ROLE),
        (1, "cn/", Code.BAD_PATH),
        (1, "/cn", Code.BAD_PATH),
        (1, "", Code.BAD_PATH),
        (1, "/cn//", Code.BAD_PATH),
        (2, "Person.pho*", Code.FREE_PREFIX),
        (2, "Perso*", Code.FREE_PREFIX),
        (2, "Person.id", Code.ROW_CORE_FIELD),
        (2, "Person.staffNumber", Code.ROW_CORE_FIELD),
        (2, "Person.salary", Code.UNKNOWN_OBJECT),
        (2, "@pi.hobby", Code.UNKNOWN_OBJECT),
        (3, "peek", Code.UNKNOWN_ACTION),
        (3, "read write", Code.UNKNOWN_ACTION),
        (4, "own_branch", Code.UNKNOWN_CONDITION),
        (4, "self&subtree", Code.UNKNOWN_CONDITION),
        (4, "", Code.UNKNOWN_CONDITION),
        (5, "Deny", Code.UNKNOWN_EFFECT),
        (5, "", Code.UNKNOWN_EFFECT),
    ],
)
def test_a_line_with_a_wrong_word_refuses_the_whole_policy(catalogue, column, word, code):
    row = [*GOOD[:column], word, *GOOD[column + 1 :]]

    assert codes(catalogue, row) == [code]


def test_a_line_without_a_column_refuses_the_whole_policy(catalogue):
    assert codes(catalogue, GOOD[:5]) == [Code.MISSING_COLUMN]
    assert codes(catalogue, (*GOOD, "extra")) == [Code.MISSING_COLUMN]
    assert codes(catalogue, inherits=[("mentor", "learner")]) == [Code.MISSING_COLUMN]


def test_everything_wrong_is_named_at_once(catalogue):
    found = codes(catalogue, ("learner", "/", "Persn", "peek", "slef", "Deny"))

    assert found == [
        Code.UNKNOWN_OBJECT, Code.UNKNOWN_ACTION, Code.UNKNOWN_CONDITION, Code.UNKNOWN_EFFECT,
    ]  # fmt: skip


def chain(links):
    return [(f"role_{number}", f"role_{number + 1}", "/") for number in range(links)]


def test_a_chain_of_eight_links_is_taken_and_one_of_nine_refused(catalogue):
    policy = load(version=1, rows=[GOOD], inherits=chain(8), catalogue=catalogue)

    assert policy.closure({"role_0"}, "/") == {f"role_{number}" for number in range(9)}
    assert codes(catalogue, inherits=chain(9)) == [Code.TOO_DEEP]
    assert codes(catalogue, inherits=chain(5000))[0] is Code.TOO_DEEP


@pytest.mark.parametrize("links", [1, 2, 3])
def test_a_cycle_is_refused_and_named(catalogue, links):
    ring = [*chain(links - 1), (f"role_{links - 1}", "role_0", "/")]

    with pytest.raises(MalformedPolicy, match="role_0") as refused:
        load(version=1, rows=[GOOD], inherits=ring, catalogue=catalogue)

    assert [finding.code for finding in refused.value.findings] == [Code.CYCLE]


def test_a_policy_cannot_be_changed(policy):
    with pytest.raises(FrozenInstanceError):
        policy.version = 2
    assert isinstance(policy.lines, tuple)


def test_a_tenant_is_under_those_whose_path_it_bears_and_no_namesake():
    assert under("/cn/north/", "/cn/north/")
    assert under("/cn/north/bj/", "/cn/north/")
    assert not under("/cn/north2/", "/cn/north/")
    assert not under("/cn/", "/cn/north/")
    assert not under("/cn/north/", "/cn/north")
    assert not under("/cn/north/", "")
    assert ancestry("/cn/north/") == ("/", "/cn/", "/cn/north/")


def test_a_rule_given_at_a_branch_holds_below_it_and_does_not_climb(catalogue):
    rows = [GOOD, ("learner", "/cn/north/", "Person.phone", "read", "-", "allow")]
    policy = load(version=1, rows=rows, inherits=(), catalogue=catalogue)

    def phone(path):
        return policy.mask({"learner"}, path).cell("read", "Person", "phone")

    assert phone("/cn/north/").always
    assert phone("/cn/north/team/").always
    assert phone("/cn/").never
    assert phone("/cn/north2/").never


def test_an_inheritance_holds_at_its_tenant_and_below_it(catalogue):
    links = [("mentor", "learner", "/cn/north/")]
    policy = load(version=1, rows=[GOOD], inherits=links, catalogue=catalogue)

    assert policy.closure({"mentor"}, "/cn/north/team/") == {"mentor", "learner"}
    assert policy.closure({"mentor"}, "/cn/") == {"mentor"}
    assert policy.mask({"mentor"}, "/cn/").cell("read", "Person").never


def test_tenants_under_the_same_rules_share_one_mask(policy):
    mask = policy.mask(["supervisor"], "/cn/north/")

    assert policy.mask({"supervisor"}, "/cn/south/") is mask
    assert policy.mask(policy.closure({"supervisor"}, "/"), "/") == mask


def test_a_policy_forgets_the_masks_that_it_has_no_room_for(policy, monkeypatch):
    monkeypatch.setattr(snapshot, "KEPT", 2)
    fresh = replace(policy)

    masks = [fresh.mask({role}, "/") for role in ("learner", "mentor", "auditor")]

    assert fresh._masks.cache_info().currsize == 2
    assert fresh.mask({"auditor"}, "/") is masks[2]
    assert fresh.mask({"learner"}, "/") is not masks[0]
    assert fresh.mask({"learner"}, "/") == masks[0]


def test_a_role_that_nobody_defined_opens_nothing(policy):
    assert policy.mask({"chairman"}, "/").rules == {}
