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
    """Revoke a token that has leaked, with all that it issued; reported again, all stays as it is.

    Whoever found it may have made themselves others, which would outlive it.
    """
    held = await work.hold(Token, Token.id == command.token_id)
    if not held:
        raise NotFound
    [token] = held
    await work.permit("delete Token", token)
    if token.reported_at is None:
        token.reported_at = work.now
        for one in (token, *await _issued_by(work, token)):
            one.revoked_at = one.revoked_at or work.now
            await work.flush()
            await append(work, verb="reportToken", on=one, code=REPORTED)
    return token


async def _issued_by(work: Work, token: Token) -> list[Token]:
    """Find what a token issued, and what that issued in turn."""
    found: list[Token] = []
    fresh = [token]
    while fresh:
        fresh = await work.hold(Token, Token.issued_by_id.in_([one.id for one in fresh]))
        found += fresh
    return found
