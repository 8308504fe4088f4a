"""What an auditor was shown by one operation, as the trail keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .entries import Act, entry_beside

if TYPE_CHECKING:
    from datetime import datetime

    from authz.actor import Actor

    from .models import AuditEntry


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
    details = {
        "operation": reading.operation,
        "roots": list(reading.roots),
        "types": list(reading.types),
        "rows": reading.rows,
        "withheld": reading.withheld,
    }
    act = Act(verb="read", details=details)
    return entry_beside(actor, act, now=now, request_id=request_id)
