"""Log out everywhere: every session of a principal ends with its next request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.permission import permission

from .sessions import end_sessions, held_session

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSessions:
    """The session from which all those of its principal are ended, itself included."""

    session_id: UUID


@permission("Token", "delete")
async def close_sessions(work: Work, command: CloseSessions) -> int:
    """End all sessions, and say how many there were. Tokens of other kinds stay."""
    token, _, principal = await held_session(work, command.session_id)
    await work.permit("delete Token", token)
    ended = await end_sessions(work, principal.id)
    await append(work, verb="closeSessions", on=principal, details={"sessions": ended})
    return ended
