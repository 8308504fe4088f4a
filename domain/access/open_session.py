"""Open a session for whoever has shown who they are, here or to a provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.permission import permission

from .begin_attempt import SignInRefused, forgive, held_login
from .login_models import Login, OpenedWith
from .models import Principal
from .one_time_codes import confirmed_factor, takes
from .sessions import Opened, new_session

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Whose session it is to be, and what was shown.

    `verifier` is the one that the password was found to fit, `better` one of today's parameters
    that shall take its place. Neither is there when a provider gave its word.
    """

    principal_id: UUID
    verifier: str | None = field(default=None, repr=False)
    better: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


@permission("Token", "create")
async def open_session(
    work: Work, command: OpenSession, *, keyring: Keyring, pepper: bytes
) -> Opened:
    """Open a session; a password opens none without the second factor, where there is one."""
    principal = await work.row(Principal, Principal.id == command.principal_id)
    login = await held_login(work, command.principal_id)
    if principal is None:
        raise SignInRefused
    await work.permit("create Token", principal)
    opened_with = OpenedWith.PROVIDER
    if command.verifier is not None:
        opened_with = await _by_password(work, login, command, keyring)
    mfa_at = work.now if opened_with is OpenedWith.PASSWORD_AND_CODE else None
    opened = await new_session(
        work, principal, opened_with=opened_with, mfa_at=mfa_at, pepper=pepper
    )
    details = {"session": str(opened.session.id), "with": opened_with.value}
    await append(work, verb="openSession", on=principal, details=details)
    return opened


async def _by_password(
    work: Work, login: Login, command: OpenSession, keyring: Keyring
) -> OpenedWith:
    """Ask for the code, and take back what was counted; a password changed meanwhile is wrong."""
    if login.verifier != command.verifier:
        raise SignInRefused
    factor = await confirmed_factor(work, login.principal_id)
    if factor is not None:
        key = await keyring.of_group(work.session, work.actor.group_id)
        if not await takes(work, key, factor, command.code):
            raise SignInRefused
    await forgive(work, login, code_shown=factor is not None)
    login.verifier = command.better or login.verifier
    return OpenedWith.PASSWORD if factor is None else OpenedWith.PASSWORD_AND_CODE
