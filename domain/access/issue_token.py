"""Issue a token to a principal. It is shown once; what is kept does not give it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import NotFound, Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .models import Principal, Token, TokenDigest
from .tokens import TokenKind, digest, mint

if TYPE_CHECKING:
    from domain.kernel.work import Work

LONGEST = {TokenKind.PERSON: 90, TokenKind.SERVICE: 366, TokenKind.VENDOR: 366}


class TokenTooLong(Refusal):
    """A token of this kind may not live that long."""

    en = "A token of this kind may live at most {days} days. Ask for fewer."
    zh = "此类令牌有效期最长 {days} 天,请缩短有效期。"
    path = ("days",)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    """Who gets a token, of which kind, under which name, and for how many days."""

    principal_id: Annotated[UUID, Ref("Principal")]
    kind: TokenKind
    name: str
    days: int


@permission("Token", "create")
async def issue_token(work: Work, command: IssueToken, *, pepper: bytes) -> tuple[Token, str]:
    """Issue a token and hand it out, this once."""
    principal = await work.row(Principal, Principal.id == command.principal_id)
    if principal is None:
        raise NotFound(at=("principalId",))
    await work.permit("create Token", principal)
    longest = LONGEST[command.kind]
    if not 0 < command.days <= longest:
        raise TokenTooLong(days=longest)
    secret = mint(command.kind)
    token = Token(
        tenant_id=principal.tenant_id,
        principal_id=principal.id,
        kind=command.kind.value,
        name=command.name,
        expires_at=work.now + timedelta(days=command.days),
    )
    await work.add(token)
    work.session.add(
        TokenDigest(digest=digest(pepper, secret), group_id=work.actor.group_id, token_id=token.id)
    )
    await work.flush()
    return token, secret
