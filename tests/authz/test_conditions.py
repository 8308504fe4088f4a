"""Conditions evaluate in SQL's three-valued logic, and the unknown never opens anything."""

from __future__ import annotations

from uuid import UUID

import pytest

from authz.conditions import (
    CONDITIONS,
    All,
    AnyOf,
    Equals,
    Facts,
    IsNull,
    Negate,
    Variables,
    Within,
    both,
    evaluate,
    holds,
)

ADA, EVE, NORTH, SOUTH = (UUID(int=number) for number in range(1, 5))
MINE = Variables(person=ADA, tenant=NORTH, tenants=frozenset({NORTH}), reach=frozenset())
NOBODY = Variables(person=None, tenant=None, tenants=None, reach=None)

TRUE, FALSE, UNKNOWN = IsNull("mentor"), Negate(IsNull("mentor")), Equals("mentor", "person")


@pytest.mark.parametrize(
    ("condition", "facts", "variables", "expected"),
    [
        (Equals("subject", "person"), Facts(subject=ADA), MINE, True),
        (Equals("subject", "person"), Facts(subject=EVE), MINE, False),
        (Equals("subject", "person"), Facts(), MINE, None),
        (Equals("subject", "person"), Facts(subject=ADA), NOBODY, None),
        (Equals("subject", "person"), Facts(), NOBODY, None),
        (Within("tenant", "tenants"), Facts(tenant=NORTH), MINE, True),
        (Within("tenant", "tenants"), Facts(tenant=SOUTH), MINE, False),
        (Within("tenant", "tenants"), Facts(), MINE, None),
        (Within("tenant", "tenants"), Facts(tenant=SOUTH), NOBODY, True),
        (Within("tenant", "tenants"), Facts(), NOBODY, True),
        (Within("tenant", "reach"), Facts(tenant=NORTH), MINE, False),
        (Within("tenant", "reach"), Facts(), MINE, False),
        (IsNull("tenant"), Facts(), MINE, True),
        (IsNull("tenant"), Facts(tenant=NORTH), MINE, False),
    ],
)
def test_a_leaf_is_true_false_or_unknown(condition, facts, variables, expected):
    assert evaluate(condition, facts, variables) is expected


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        (TRUE, TRUE, True, True),
        (TRUE, FALSE, False, True),
        (TRUE, UNKNOWN, None, True),
        (FALSE, TRUE, False, True),
        (FALSE, FALSE, False, False),
        (FALSE, UNKNOWN, False, None),
        (UNKNOWN, TRUE, None, True),
        (UNKNOWN, FALSE, False, None),
        (UNKNOWN, UNKNOWN, None, None),
    ],
)
def test_and_and_or_follow_the_table_of_kleene(left, right, conjunction, disjunction):
    assert evaluate(All(left, right), Facts(), MINE) is conjunction
    assert evaluate(AnyOf(left, right), Facts(), MINE) is disjunction


@pytest.mark.parametrize(("part", "expected"), [(TRUE, False), (FALSE, True), (UNKNOWN, None)])
def test_the_negation_of_the_unknown_is_unknown(part, expected):
    assert evaluate(Negate(part), Facts(), MINE) is expected


def test_all_of_nothing_is_true_and_any_of_nothing_is_false():
    assert evaluate(All(), Facts(), MINE) is True
    assert evaluate(AnyOf(), Facts(), MINE) is False


def test_the_unknown_is_false_to_an_allow_and_true_to_a_deny():
    assert holds("self", Facts(), MINE, unknown=False) is False
    assert holds("self", Facts(), MINE, unknown=True) is True
    assert holds("self", Facts(subject=EVE), MINE, unknown=True) is False
    assert holds("-", Facts(), NOBODY, unknown=False) is True


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("self", Facts(subject=ADA)),
        ("own_mentees", Facts(mentor=ADA)),
        ("own_line", Facts(supervisor=ADA)),
        ("own_tenant", Facts(tenant=NORTH)),
        ("subtree", Facts(tenant=NORTH)),
    ],
)
def test_each_registered_condition_looks_at_its_own_fact(name, facts):
    opened = {other for other in CONDITIONS if evaluate(CONDITIONS[other], facts, MINE)}

    assert opened - {"own_tenant", "subtree"} == {name} - {"own_tenant", "subtree"}
    assert name in opened


def test_reach_is_the_own_tenants_and_those_above():
    above = Variables(
        person=None, tenant=NORTH, tenants=frozenset({NORTH}), reach=frozenset({NORTH, SOUTH})
    )

    assert evaluate(CONDITIONS["reach"], Facts(tenant=SOUTH), above) is True
    assert evaluate(CONDITIONS["subtree"], Facts(tenant=SOUTH), above) is False


def test_two_names_meet_in_a_name_that_is_looked_up_as_both():
    meeting = both("subtree", "self")

    assert meeting == "self&subtree" == both("self&subtree", "self")
    assert CONDITIONS[meeting] == All(CONDITIONS["self"], CONDITIONS["subtree"])
    assert both("-", "self") == "self"
    assert both("-", "-") == "-"
    assert meeting not in tuple(CONDITIONS)


def test_an_unregistered_condition_is_an_error_and_not_an_answer():
    with pytest.raises(KeyError):
        holds("own_branch", Facts(), MINE, unknown=False)
    with pytest.raises(KeyError):
        CONDITIONS["self&own_branch"]
