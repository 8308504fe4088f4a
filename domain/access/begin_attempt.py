"""Count an attempt to sign in before its outcome is known, so that no two count as one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.models import Outcome
from domain.audit.trail import append
from domain.kernel.errors import Refusal
from domain.kernel.permission import permission

from .lockout import locked_until
from .login_models import Login
from .models import Principal
from .one_time_codes import confirmed_factor

if TYPE_CHECKING:
    from domain.kernel.work import Work


class SignInRefused(Refusal):
    """The one answer to every attempt that fails: which part was wrong would help a guesser."""

    en = (
        "Name, password or one-time code is wrong, or there were too many attempts. Check them,"
        " wait some minutes, and try again."
    )
    zh = "登录名、密码或一次性验证码有误,或尝试次数过多。请核对后稍候再试。"


class SecondFactorMissing(Refusal):
    """A password alone is what the session was opened with; showing it twice proves no more."""

    en = "You have no second factor yet. Enrol one at /session/totp, then step up."
    zh = "您尚未绑定第二因素,请先在 /session/totp 绑定,再进行验证。"
    path = ("totp",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginAttempt:
    """Whose password, or whose one-time code, is about to be tried."""

    principal_id: UUID
    by_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a password is to be tried against; nothing while the login is locked."""

    verifier: str | None = field(repr=False)
    locked: bool = False


@permission("Token", "create")
async def begin_attempt(work: Work, command: BeginAttempt) -> Attempt:
    """Count the attempt as failed; the one that turns out well takes the count back.

    Ten guesses that come at once are ten: each waits here for the row that the one before counted
    in, and the lock holds for every process.
    """
    principal = await work.row(Principal, Principal.id == command.principal_id)
    login = await held_login(work, command.principal_id)
    if principal is None:
        raise SignInRefused
    await work.permit("create Token", principal)
    factor = await confirmed_factor(work, principal.id)
    if command.by_code and factor is None:
        raise SecondFactorMissing
    if login.locked_until is not None and login.locked_until > work.now:
        return Attempt(verifier=None, locked=True)
    login.failures += 1
    login.locked_until = locked_until(login.failures, work.now)
    await work.flush()
    return Attempt(verifier=login.verifier)


async def forgive(work: Work, login: Login, *, code_shown: bool = False) -> None:
    """Take back what was counted, for everything has been shown that there is to show.

    A password alone takes nothing back where there is a second factor: whoever knows it could
    try codes out without end.
    """
    if code_shown or await confirmed_factor(work, login.principal_id) is None:
        login.failures, login.locked_until = 0, None


async def held_login(work: Work, principal_id: UUID) -> Login:
    """Take the login of a principal, locked; who has none cannot have come this far."""
    held = await work.hold(Login, Login.principal_id == principal_id)
    if not held:
        raise SignInRefused
    return held[0]


async def note_failure(work: Work, principal_id: UUID, *, verb: str, code: str) -> None:
    """Write an attempt that failed into the trail: whose login it was, and no value."""
    principal = await work.row(Principal, Principal.id == principal_id)
    await append(work, verb=verb, on=principal, outcome=Outcome.REFUSED, code=code)
