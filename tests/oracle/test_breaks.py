"""The oracle can fail: a planner that is broken in one place is told from one that is whole."""

import pytest

from tests.oracle.breaks import BREAKS
from tests.oracle.rounds import HIDDEN

WITHIN = [seed for seed in range(5_001, 5_400) if seed % HIDDEN]
"""The rounds within which every break shows, most of them in the first few."""


@pytest.mark.parametrize("broken", BREAKS, ids=lambda one: one.__name__)
async def test_a_broken_planner_is_found_out(rounds, monkeypatch, broken):
    broken(monkeypatch)

    assert await anext(rounds.differences(WITHIN, range(4)), None) is not None
