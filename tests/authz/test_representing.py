"""Facts are made up for an actor such that each condition holds, or fails, or is unknown."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from authz.conditions import CONDITIONS, Variables, evaluate
from authz.representing import representative, telling

ME, HERE, BELOW, ABOVE = (UUID(int=number) for number in range(1, 5))
TODAY = datetime(2026, 5, 4, tzinfo=UTC)
GRACE = Variables(
    person=ME,
    tenant=HERE,
    tenants=frozenset({HERE, BELOW}),
    reach=frozenset({HERE, BELOW, ABOVE}),
    cohort=UUID(int=5),
    certified_until=TODAY,
    contracted_until=TODAY + timedelta(days=9),
)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_condition_is_drawn_to_hold_to_fail_and_to_be_unknown(condition):
    random, outcomes = Random(1), defaultdict(int)
    for _ in range(300):
        outcomes[
            evaluate(CONDITIONS[condition], representative(random, telling(random, GRACE)), GRACE)
        ] += 1

    assert min(outcomes[True], outcomes[False], outcomes[None]) > 15, dict(outcomes)


def test_of_the_whole_group_everybody_is_a_member():
    whole = Variables(None, HERE, None, None)

    told = telling(Random(0), whole)
    drawn = [representative(Random(seed), told) for seed in range(50)]

    assert {evaluate(CONDITIONS["subtree"], facts, whole) for facts in drawn} == {True}
    assert {facts.tenant for facts in drawn} > {HERE, None}
