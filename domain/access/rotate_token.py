"""Rotate a token: a new secret takes its place, and both are good for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.once import ShownOnce
from domain.kernel.permission import permission

from .bind_to_contract import bind_to_contract
from .issue_token import LONGEST
from .minting import minted, refuse_issuing
from .models import Principal, Token

if TYPE_CHECKING:
    from domain.kernel.work import Work

LONGEST_OVERLAP: Final = 7 * 24  # hours


class OverlapTooLong(Refusal):
    """Two secrets of one token are not good for that long."""

    en = "The old token may stay good for 0 to {hours} hours. Give a number among these."
    zh = "旧令牌可继续使用 0 至 {hours} 小时,请填写此范围内的数值。"
    path = ("overlapHours",)


class TokenOver(Refusal):
    """The token has ended, or has been rotated before."""

    en = "This token has ended or another has taken its place. Issue a new one."
    zh = "该令牌已失效或已被替换,请重新签发。"
    path = ("tokenId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateToken:
    """Which token gets a successor, and for how many hours the old one stays good."""

    token_id: Annotated[UUID, Ref("Token")]
    overlap_hours: int = 24


@permission("Token", "create")
async def rotate_token(work: Work, command: RotateToken, *, pepper: bytes) -> ShownOnce[Token]:
    """Hand out a successor with the same limits, which lives as long as the old one was to.

    It is bound to the same contract, and so ends with that at the latest.
    """
    old = await work.get(Token, command.token_id, to="create Token", at=("tokenId",))
    if not 0 <= command.overlap_hours <= LONGEST_OVERLAP:
        raise OverlapTooLong(hours=LONGEST_OVERLAP)
    if _is_over(work, old):
        raise TokenOver
    principal = await work.row(Principal, Principal.id == old.principal_id)
    assert principal is not None, "a foreign key leads there"
    await refuse_issuing(work, principal, own=old)
    issued = await minted(work, await _successor(work, old, principal), pepper=pepper)
    old.superseded_by_id = issued.entity.id
    old.expires_at = min(old.expires_at, work.now + timedelta(hours=command.overlap_hours))
    await work.flush()
    return issued


def _is_over(work: Work, token: Token) -> bool:
    ended = token.revoked_at is not None or token.expires_at <= work.now
    return ended or token.superseded_by_id is not None or token.kind not in LONGEST


async def _successor(work: Work, old: Token, principal: Principal) -> Token:
    contract_ends = await bind_to_contract(work, principal, old.contract_id)
    expires_at = work.now + (old.expires_at - old.created_at)
    return Token(
        tenant_id=old.tenant_id,
        principal_id=old.principal_id,
        person_id=old.person_id,
        kind=old.kind,
        name=old.name,
        scopes=list(old.scopes),
        purposes=list(old.purposes),
        networks=list(old.networks),
        contract_id=old.contract_id,
        expires_at=min(expires_at, contract_ends or expires_at),
    )
