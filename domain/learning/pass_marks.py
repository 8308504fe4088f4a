"""Which mark passes: the one in force where someone is, or a stricter one of the item (C26)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from domain.organisation.models import Metric, Threshold
from domain.organisation.standing import line_up
from domain.organisation.thresholds import in_force

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.organisation.models import Tenant

USUAL: Final = Decimal(80)
"""「以上」 is at least: 80 passes. A group that sets nothing has this floor."""


async def pass_mark_at(work: Work, tenant: Tenant) -> Decimal:
    """Find the pass mark for mandatory items in a tenant, now."""
    line = {one.id for one in await line_up(work, tenant)}
    thresholds = await work.rows(Threshold, Threshold.tenant_id.in_(line))
    found = in_force(thresholds, metric=Metric.PASS_MARK, line=line, at=work.now)
    return max(USUAL, found.value) if found is not None else USUAL
