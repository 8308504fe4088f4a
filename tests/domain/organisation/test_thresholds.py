"""Limits are rows, and a child may only be stricter."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.kernel.errors import Forbidden, NotFound
from domain.organisation.models import Metric
from domain.organisation.set_threshold import (
    LaxerThanAbove,
    SetThreshold,
    ThresholdAlreadySet,
    ThresholdBackdated,
    ThresholdOutOfRange,
    set_threshold,
)
from tests.people import refused


def limit(group, tenant, value, metric=Metric.PASS_MARK, **more):
    return SetThreshold(
        tenant_id=group.tenants[tenant], metric=metric, value=Decimal(value), **more
    )


async def test_a_branch_may_be_stricter_than_the_group_and_no_laxer(group):
    await group.do("hugo", set_threshold, limit(group, "head", 85))
    await group.do("hugo", set_threshold, limit(group, "east", 90))

    async with group.unchanged():
        with refused(LaxerThanAbove) as caught:
            await group.do("hugo", set_threshold, limit(group, "west", "84.99"))
    assert "85" in str(caught.value)


async def test_where_lower_is_stricter_the_branch_may_only_go_lower(group):
    await group.do("hugo", set_threshold, limit(group, "head", 24, Metric.ANSWER_HOURS))
    await group.do("hugo", set_threshold, limit(group, "east", 12, Metric.ANSWER_HOURS))

    async with group.unchanged():
        with refused(LaxerThanAbove):
            await group.do("hugo", set_threshold, limit(group, "west", 25, Metric.ANSWER_HOURS))


@pytest.mark.parametrize("value", ["-1", "100.01", "NaN", "Infinity"])
async def test_a_mark_that_cannot_be_meant_is_refused(group, value):
    async with group.unchanged():
        with refused(ThresholdOutOfRange):
            await group.do("hugo", set_threshold, limit(group, "head", value))


async def test_no_limit_is_set_for_the_past_or_twice_for_one_instant(group):
    await group.do("hugo", set_threshold, limit(group, "head", 85))

    async with group.unchanged():
        with refused(ThresholdAlreadySet):
            await group.do("hugo", set_threshold, limit(group, "head", 86))
        with refused(ThresholdBackdated):
            past = group.clock.now - timedelta(seconds=1)
            await group.do("hugo", set_threshold, limit(group, "head", 86, effective_from=past))


async def test_only_hq_sets_limits(group):
    async with group.unchanged():
        with refused(Forbidden):
            await group.do("grace", set_threshold, limit(group, "east", 90))
        with refused(NotFound, at=("tenantId",)):
            await group.do("eve", set_threshold, limit(group, "east", 90))
