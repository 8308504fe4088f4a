"""Sessions as they lie in rows: opened, used, handed on under a new token, and over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import update

from authz.actor import SignedIn
from domain.kernel.errors import Refusal

from .login_models import LoginSession, OpenedWith
from .models import Principal, Token, TokenDigest
from .tokens import TokenKind, digest, mint

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.kernel.work import Work

LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=30)
RENEWED_EVERY: Final = timedelta(minutes=5)  # using a session costs a write no more often
STEPPED_UP: Final = timedelta(minutes=10)


class SessionOver(Refusal):
    """The session has ended, or never was one."""

    en = "This session is over. Sign in again."
    zh = "会话已结束,请重新登录。"


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with its token, which is shown this once."""

    session: LoginSession
    token: Token
    secret: str = field(repr=False)


async def new_session(
    work: Work,
    principal: Principal,
    *,
    opened_with: OpenedWith,
    mfa_at: datetime | None,
    pepper: bytes,
    instead_of: LoginSession | None = None,
) -> Opened:
    """Open a session under a token that nobody has seen, for a principal who has shown enough.

    `instead_of` is the session that it goes on from: it began then, and ends no later.
    """
    ends_at = instead_of.ends_at if instead_of else work.now + LONGEST
    secret = mint(TokenKind.SESSION)
    token = Token(
        tenant_id=principal.tenant_id,
        principal_id=principal.id,
        person_id=principal.person_id,
        kind=TokenKind.SESSION,
        name="session",
        expires_at=min(work.now + IDLE, ends_at),
    )
    await work.add(token)
    session = LoginSession(
        id=token.id,
        tenant_id=principal.tenant_id,
        principal_id=principal.id,
        opened_with=opened_with,
        opened_at=instead_of.opened_at if instead_of else work.now,
        ends_at=ends_at,
        mfa_at=mfa_at,
    )
    await work.add(session)
    kept = digest(pepper, secret)
    work.session.add(TokenDigest(digest=kept, group_id=work.actor.group_id, token_id=token.id))
    await work.flush()
    return Opened(session, token, secret)


async def held_session(work: Work, session_id: UUID) -> tuple[Token, LoginSession, Principal]:
    """Take a session that is not over, and have all acts on sessions of its principal queue here.

    Of two who would hand one and the same session on, the second finds it over.
    """
    session = await work.row(LoginSession, LoginSession.id == session_id)
    if session is None:
        raise SessionOver
    principal = (await work.hold(Principal, Principal.id == session.principal_id))[0]
    token = (await work.hold(Token, Token.id == session_id))[0]
    if token.revoked_at is not None or token.expires_at <= work.now:
        raise SessionOver
    return token, session, principal


async def end_sessions(work: Work, principal_id: UUID) -> int:
    """End every session of a principal with the next request, in every process."""
    held = await work.hold(
        Token,
        Token.principal_id == principal_id,
        Token.kind == TokenKind.SESSION,
        Token.revoked_at.is_(None),
    )
    for token in held:
        token.revoked_at = work.now
    await work.flush()
    return len(held)


def signed_in(token: Token, session: LoginSession) -> SignedIn:
    """Say what whoever acts in a session brings along."""
    at = session.mfa_at
    ends_by_itself = token.expires_at >= session.ends_at
    return SignedIn(
        stepped_up_until=None if at is None else at + STEPPED_UP,
        renew_from=session.ends_at if ends_by_itself else token.expires_at - IDLE + RENEWED_EVERY,
    )


async def renew(session: AsyncSession, group_id: UUID, token_id: UUID, now: datetime) -> None:
    """Have a session that is used last longer; one that is over stays so."""
    opened = await session.get(LoginSession, (group_id, token_id))
    if opened is None:
        return
    await session.execute(
        update(Token)
        .where(Token.group_id == group_id, Token.id == token_id)
        .where(Token.revoked_at.is_(None), Token.expires_at > now)
        .values(expires_at=min(now + IDLE, opened.ends_at))
        .execution_options(synchronize_session=False)
    )
