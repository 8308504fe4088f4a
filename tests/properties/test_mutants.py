"""The laws find a planner out that forgets a rule, within a bounded number of examples."""

from __future__ import annotations

from random import Random

import pytest

from tests.properties import mutants
from tests.properties.asking import planned, random_document
from tests.properties.laws import offences
from tests.properties.policies import random_policy

MOST_EXAMPLES = 80


def examples_until_found_out(most: int) -> int | None:
    """How many random documents it takes until one offends a law."""
    for seed in range(most):
        chance = Random(seed)
        held = random_policy(chance)
        one = planned(held, random_document(chance, held))
        if one is not None and next(offences(one), None):
            return seed + 1
    return None


def test_the_planner_as_it_is_is_not_found_out():
    assert examples_until_found_out(MOST_EXAMPLES) is None


@pytest.mark.parametrize("mutant", mutants.SEEN_IN_THE_PLAN, ids=lambda one: one.__name__)
def test_a_planner_that_forgets_a_rule_is_found_out(mutant, monkeypatch):
    mutant(monkeypatch)

    assert examples_until_found_out(MOST_EXAMPLES)
