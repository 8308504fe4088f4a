"""What an auditor was shown by one operation, as the trail keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.kernel.ids import uuid7

from .models import AuditEntry, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from authz.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One operation: its digest, its roots, the types it read, and how much was shown or not.

    No value stands here, and no argument: the digest finds the document, where it is kept.
    """

    operation: str
    roots: tuple[str, ...]
    types: tuple[str, ...]
    rows: int
    withheld: int


def read_by(actor: Actor, reading: Reading, *, now: datetime, request_id: str) -> AuditEntry:
    """Make the entry of a reading."""
    entry = AuditEntry(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        at=now,
        principal_id=actor.principal_id,
        token_id=actor.token_id,
        verb="read",
        object_type="",
        outcome=Outcome.DONE,
        request_id=request_id or None,
        policy_version=actor.policy_version,
        details={
            "operation": reading.operation,
            "roots": list(reading.roots),
            "types": list(reading.types),
            "rows": reading.rows,
            "withheld": reading.withheld,
        },
    )
    entry.group_id = actor.group_id
    entry.created_at = now
    return entry
