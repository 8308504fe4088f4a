"""A token comes into being: its row, the digest of its secret, and the secret, this once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authz.actor import SIGNING_IN, PrincipalKind
from domain.kernel.errors import Refusal
from domain.kernel.once import ShownOnce

from .founder import INSTALLATION
from .models import Principal, Token, TokenDigest
from .owners import outlived
from .tokens import digest, mint

if TYPE_CHECKING:
    from authz.actor import Actor
    from domain.kernel.work import Work


class TokenForAnother(Refusal):
    """Whoever saw the token of somebody else could act as them; an auditor is somebody too."""

    en = "The token of a person or an auditor is issued to them alone. Have them ask for it."
    zh = "个人与审计员的令牌只能由本人申请,请由其本人操作。"
    path = ("principalId",)


class AccountOfAnother(Refusal):
    """Whoever holds the token of an account acts as it: that is for the one who answers for it."""

    en = "The token of a service account is issued to its owner alone. Have them ask for it."
    zh = "服务账号的令牌只能由其负责人申请,请由负责人操作。"
    path = ("principalId",)


class TokenTooNarrow(Refusal):
    """A token with limits, and one of an account, could issue one with fewer limits."""

    en = "This token is limited and issues no others. Use a person's token without limits."
    zh = "当前令牌受限,不能签发其他令牌,请使用不受限的个人令牌。"


class PrincipalGone(Refusal):
    """The person behind the principal has left."""

    en = "The person behind this principal has left. Give a service account another owner first."
    zh = "该主体对应的人员已离职;服务账号请先更换负责人。"
    path = ("principalId",)


async def refuse_issuing(work: Work, principal: Principal, *, own: Token | None = None) -> None:
    """Refuse a token that would let its issuer do more than before, or outlast its owner.

    A token that takes its own place (`own`) has the same limits, and so may be had with limits.
    """
    actor = work.actor
    itself = own is not None and own.id == actor.token_id
    if actor.limited and not itself:
        raise TokenTooNarrow
    if actor.principal_id not in {principal.id, INSTALLATION}:
        _refuse_for_another(actor, principal)
    if await outlived(work.session, principal, work.person):
        raise PrincipalGone


def _refuse_for_another(actor: Actor, principal: Principal) -> None:
    """Refuse what would make its issuer somebody else; a vendor's token is held to its contract."""
    if principal.kind in SIGNING_IN or principal.person_id is not None:
        raise TokenForAnother
    if principal.kind is PrincipalKind.SERVICE and principal.owner_id != actor.principal_id:
        raise AccountOfAnother


async def minted(work: Work, token: Token, *, pepper: bytes) -> ShownOnce[Token]:
    """Write a token with the digest of a new secret, and hand the secret out."""
    secret = mint(token.kind)
    token.issued_by_id = work.actor.token_id
    await work.add(token)
    work.session.add(
        TokenDigest(digest=digest(pepper, secret), group_id=work.actor.group_id, token_id=token.id)
    )
    await work.flush()
    return ShownOnce(token, secret)
