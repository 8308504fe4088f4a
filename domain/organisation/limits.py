"""The limits that a tenant is held to, read for the rules that ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from .models import Metric, Tenant, Threshold
from .standing import line_up
from .thresholds import in_force

if TYPE_CHECKING:
    from domain.kernel.work import Work


async def limit_at(
    work: Work, metric: Metric, tenant_id: UUID, *, at: datetime | None = None
) -> Decimal | None:
    """Read the limit in force at a tenant, now unless told; nothing where nobody has set one."""
    tenant = await work.row(Tenant, Tenant.id == tenant_id)
    assert tenant is not None, "a row is always in a tenant of its group"
    return await limit_along(work, metric, await line_up(work, tenant), at=at or work.now)


async def limit_along(
    work: Work, metric: Metric, tenants: Sequence[Tenant], *, at: datetime
) -> Decimal | None:
    """Read the limit that these tenants, one below the other, set together."""
    line = [tenant.id for tenant in tenants]
    thresholds = await work.rows(
        Threshold, Threshold.metric == metric, Threshold.tenant_id.in_(line)
    )
    found = in_force(thresholds, metric=metric, line=line, at=at)
    return found.value if found else None
