"""Which limit is in force: of each tenant the latest, and of these the strictest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from .models import STRICTNESS, Metric, Strictness, Threshold

HUNDRED: Final = Decimal(100)
ADMITTED: Final = {
    Metric.PASS_MARK: (Decimal(0), HUNDRED),
    Metric.COURSE_COMPLETION: (Decimal(0), HUNDRED),
    Metric.QUESTION_TYPE_PASS_RATE: (Decimal(0), HUNDRED),
    Metric.ANSWER_HOURS: (Decimal(1), Decimal(24 * 365)),
    Metric.MENTOR_LOAD: (Decimal(1), HUNDRED),
}
"""The least and the greatest value of each metric: marks and rates in percent, whole trainees."""
COUNTED: Final = frozenset({Metric.MENTOR_LOAD})


def admits(metric: Metric, value: Decimal) -> bool:
    """Say whether a value can be meant for a metric; not-a-number never is."""
    least, greatest = ADMITTED[metric]
    if not value.is_finite() or not least <= value <= greatest:
        return False
    return metric not in COUNTED or value == value.to_integral_value()


def as_strict(metric: Metric, value: Decimal, *, than: Decimal) -> bool:
    """Say whether a value is at least as strict as another one; the same value is."""
    match STRICTNESS[metric]:
        case Strictness.HIGHER_IS_STRICTER:
            return value >= than
        case Strictness.LOWER_IS_STRICTER:
            return value <= than


def in_force(
    thresholds: Iterable[Threshold], *, metric: Metric, line: Collection[UUID], at: datetime
) -> Threshold | None:
    """Find the limit that holds where `line` (a tenant and all above it) leads, at an instant.

    Taking the strictest, and not the nearest, keeps every tenant at least as strict as those above
    it whatever is set, scheduled or moved, in any order; so a floor that headquarters raises holds
    at once below, and a branch's stricter rule outlives a floor that headquarters lowers.
    """
    strictest: Threshold | None = None
    for threshold in _latest(thresholds, metric=metric, line=line, at=at):
        if strictest is None or not as_strict(metric, strictest.value, than=threshold.value):
            strictest = threshold
    return strictest


def _latest(
    thresholds: Iterable[Threshold], *, metric: Metric, line: Collection[UUID], at: datetime
) -> Collection[Threshold]:
    latest: dict[UUID, Threshold] = {}
    for threshold in thresholds:
        if threshold.metric is not metric or threshold.effective_from > at:
            continue
        held = latest.get(threshold.tenant_id)
        if threshold.tenant_id in line and (
            held is None or held.effective_from < threshold.effective_from
        ):
            latest[threshold.tenant_id] = threshold
    return latest.values()
