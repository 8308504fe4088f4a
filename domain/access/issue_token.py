"""Issue a token to a principal. It is shown once; what is kept does not give it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from authz.actor import PrincipalKind
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.once import ShownOnce
from domain.kernel.permission import permission
from domain.privacy.purposes import Purpose

from .bind_to_contract import bind_to_contract
from .limits import checked_networks, checked_purposes, checked_scopes
from .minting import minted, refuse_issuing
from .models import Principal, Token
from .tokens import TokenKind

if TYPE_CHECKING:
    from domain.kernel.work import Work

LONGEST: Final = {TokenKind.PERSON: 90, TokenKind.SERVICE: 366, TokenKind.VENDOR: 366}
OF: Final = {
    PrincipalKind.PERSON: TokenKind.PERSON,
    PrincipalKind.AUDITOR: TokenKind.PERSON,
    PrincipalKind.SERVICE: TokenKind.SERVICE,
    PrincipalKind.VENDOR: TokenKind.VENDOR,
}
LONGEST_NAME: Final = 100


class TokenTooLong(Refusal):
    """A token of this kind may not live that long."""

    en = "A token of this kind may live at most {days} days. Ask for fewer."
    zh = "此类令牌有效期最长 {days} 天,请缩短有效期。"
    path = ("days",)


class TokenOutlivesContract(Refusal):
    """A token ends with its contract at the latest (PIPL article 21)."""

    en = "The contract is over at {ends}, before the token would be. Ask for fewer days."
    zh = "委托处理合同于 {ends} 终止,早于令牌的到期时间,请缩短令牌有效期。"
    path = ("days",)


class TokenKindUnfit(Refusal):
    """The kind of a token follows from the kind of its principal."""

    en = "A {principal} takes a token of kind {kind}. Ask for that."
    zh = "{principal} 类主体只能使用 {kind} 类令牌,请修改类型。"
    path = ("kind",)


class TokenUnnamed(Refusal):
    """A token is told from others by its name."""

    en = "Name the token for what it is used for, in 1 to {most} characters."
    zh = "请为令牌填写用途名称,1 至 {most} 个字符。"
    path = ("name",)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    """Who gets a token, of which kind and name, for how many days, and how limited.

    That of a vendor may see what is about people only under a contract.
    """

    principal_id: Annotated[UUID, Ref("Principal")]
    kind: TokenKind
    name: str
    days: int
    scopes: tuple[str, ...] | None = None
    purposes: tuple[Purpose, ...] | None = None
    networks: tuple[str, ...] | None = None
    contract_id: Annotated[UUID | None, Ref("ProcessingContract")] = None


@permission("Token", "create")
async def issue_token(work: Work, command: IssueToken, *, pepper: bytes) -> ShownOnce[Token]:
    """Issue a token and hand it out, this once."""
    principal = await work.get(
        Principal, command.principal_id, to="create Token", at=("principalId",)
    )
    await refuse_issuing(work, principal)
    _refuse_unfit(principal, command)
    expires_at = work.now + timedelta(days=command.days)
    contract_ends = await bind_to_contract(work, principal, command.contract_id)
    if contract_ends is not None and contract_ends < expires_at:
        raise TokenOutlivesContract(ends=contract_ends.isoformat())
    token = Token(
        tenant_id=principal.tenant_id,
        principal_id=principal.id,
        person_id=principal.person_id,
        kind=command.kind,
        name=command.name.strip(),
        scopes=checked_scopes(command.scopes, work.actor.mask.catalogue),
        purposes=checked_purposes(command.purposes, command.kind),
        networks=checked_networks(command.networks),
        contract_id=command.contract_id,
        expires_at=expires_at,
    )
    return await minted(work, token, pepper=pepper)


def _refuse_unfit(principal: Principal, command: IssueToken) -> None:
    kind = OF[principal.kind]
    if command.kind is not kind:
        raise TokenKindUnfit(principal=principal.kind.value, kind=kind.name)
    if not 0 < command.days <= LONGEST[kind]:
        raise TokenTooLong(days=LONGEST[kind])
    if not 0 < len(command.name.strip()) <= LONGEST_NAME:
        raise TokenUnnamed(most=LONGEST_NAME)
