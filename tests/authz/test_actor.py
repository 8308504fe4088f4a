"""What an actor says to the row conditions."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from authz.conditions import CONDITIONS, Facts, evaluate
from tests.authz.conftest import GRACE, GROUP, NORTH, SOUTH, TEAM


def test_a_subtree_is_the_own_tenants_and_reach_adds_those_above(acting):
    variables = acting("supervisor").variables

    assert (variables.person, variables.tenant) == (GRACE, NORTH)
    assert set(variables.tenants) == {NORTH, TEAM}
    assert set(variables.reach) == {GROUP, NORTH, TEAM}


def test_the_whole_group_is_everything_even_what_has_no_tenant(acting):
    variables = acting("hq_manager", tenant=GROUP).variables

    assert variables.tenants is None
    assert variables.reach is None
    assert evaluate(CONDITIONS["subtree"], Facts(tenant=SOUTH), variables) is True
    assert evaluate(CONDITIONS["reach"], Facts(), variables) is True


def test_an_actor_is_no_one_whose_rights_can_be_raised(acting):
    with pytest.raises(FrozenInstanceError):
        acting("learner").roles = frozenset({"branch_hr"})
