"""The calendar by which the contracts of a group are counted: that of its root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.organisation.models import Tenant

if TYPE_CHECKING:
    from domain.kernel.work import Work


async def time_zone_of_group(work: Work) -> str:
    """The time zone of the group itself, wherever in it somebody acts."""
    (root,) = await work.rows(Tenant, Tenant.id == work.actor.group_id)
    return root.time_zone
