"""End a token that somebody has found: to hold it is all the proof that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.errors import NotFound
from domain.kernel.permission import permission

from .models import Token

if TYPE_CHECKING:
    from domain.kernel.work import Work

REPORTED = "REPORTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportToken:
    """Which token was found where it should not be."""

    token_id: UUID


@permission("Token", "delete")
async def report_token(work: Work, command: ReportToken) -> Token:
    """Revoke a token that has leaked; reported again, it stays as it is."""
    held = await work.hold(Token, Token.id == command.token_id)
    if not held:
        raise NotFound
    [token] = held
    await work.permit("delete Token", token)
    if token.reported_at is None:
        token.reported_at = work.now
        token.revoked_at = token.revoked_at or work.now
        await work.flush()
        await append(work, verb="reportToken", on=token, code=REPORTED)
    return token
