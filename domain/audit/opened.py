"""How much somebody has opened of late: the trail itself is the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from .models import AuditEntry, Outcome

if TYPE_CHECKING:
    from datetime import timedelta

    from domain.kernel.work import Work

DECRYPT = "decrypt"
"""The verb under which the opening of sealed cells stands in the trail."""


async def opened_within(work: Work, past: timedelta) -> int:
    """Count the sealed cells that the actor has opened within some time up to now."""
    statement = select(
        func.coalesce(func.sum(func.jsonb_array_length(AuditEntry.details["cells"])), 0)
    ).where(
        AuditEntry.group_id == work.actor.group_id,
        AuditEntry.principal_id == work.actor.principal_id,
        AuditEntry.verb == DECRYPT,
        AuditEntry.outcome == Outcome.DONE,
        AuditEntry.at > work.now - past,
    )
    return int(await work.session.scalar(statement) or 0)
