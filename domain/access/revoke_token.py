"""Revoke a token: it stops with the next request, in every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .models import Token

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeToken:
    """Which token ends now."""

    token_id: Annotated[UUID, Ref("Token")]


@permission("Token", "delete")
async def revoke_token(work: Work, command: RevokeToken) -> Token:
    """Revoke a token; revoking it again changes nothing."""
    token = await work.get(Token, command.token_id, to="delete Token", at=("tokenId",))
    token.revoked_at = token.revoked_at or work.now
    await work.flush()
    return token
