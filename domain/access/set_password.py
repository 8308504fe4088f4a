"""Change one's own password; every other session ends, and this one goes on under a new token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.permission import permission

from .begin_attempt import SignInRefused, forgive, held_login
from .sessions import Opened, end_sessions, held_session, new_session

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPassword:
    """The verifier that the old password was found to fit, and that of the new one."""

    session_id: UUID
    old: str = field(repr=False)
    new: str = field(repr=False)


@permission("Token", "create")
async def set_password(work: Work, command: SetPassword, *, pepper: bytes) -> Opened:
    """Change the password; one that was changed meanwhile is no longer the old one."""
    _, session, principal = await held_session(work, command.session_id)
    await work.permit("create Token", principal)
    login = await held_login(work, principal.id)
    if login.verifier != command.old:
        raise SignInRefused
    await forgive(work, login)
    login.verifier, login.changed_at = command.new, work.now
    await end_sessions(work, principal.id)
    opened = await new_session(
        work,
        principal,
        opened_with=session.opened_with,
        mfa_at=session.mfa_at,
        pepper=pepper,
        instead_of=session,
    )
    await append(work, verb="setPassword", on=principal)
    return opened
