"""What somebody asked to have done and may not, as the trail keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel.ids import uuid7

from .entries import Act, entry_of
from .models import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from authz.actor import Actor

    from .models import AuditEntry


def attempted_by(
    actor: Actor, verb: str, code: str, *, now: datetime, request_id: str
) -> AuditEntry:
    """Make the entry of an attempt that was refused before a unit of work was opened for it."""
    act = Act(verb=verb, outcome=Outcome.DENIED, code=code)
    return entry_of(actor, act, id=uuid7(now), at=now, request_id=request_id)
