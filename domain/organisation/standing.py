"""Where a tenant stands: what is above it, and how its group is kept from changing meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from .models import Tenant
from .tree import line_of

if TYPE_CHECKING:
    from domain.kernel.work import Work


async def hold_structure(work: Work) -> None:
    """Let nobody else change who stands below whom in the group until this transaction ends.

    Rules about the tree and about lines of people look at many rows that others may change. Row
    locks would not do: under row-level security an actor cannot lock what stands above their own
    tenant. Such changes are rare, so they queue: one advisory lock for each group, taken before
    anything is read.
    """
    key = func.hashtextextended(f"structure/{work.actor.group_id}", 0)
    await work.session.execute(select(func.pg_advisory_xact_lock(key)))


async def line_up(work: Work, tenant: Tenant) -> list[Tenant]:
    """Read a tenant and all above it, from the root down."""
    return await work.rows(Tenant, Tenant.path.in_(line_of(tenant.path)), order_by=(Tenant.path,))
