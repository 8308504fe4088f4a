"""End one session: its token stops with the next request, in every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.permission import permission

from .sessions import held_session

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .models import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession:
    """Which session ends now."""

    session_id: UUID


@permission("Token", "delete")
async def close_session(work: Work, command: CloseSession) -> Token:
    """End the session."""
    token, _, principal = await held_session(work, command.session_id)
    await work.permit("delete Token", token)
    token.revoked_at = work.now
    await append(work, verb="closeSession", on=principal, details={"session": str(token.id)})
    return token
