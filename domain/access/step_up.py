"""Step a session up: a one-time code shows again that it is really them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.permission import permission

from .begin_attempt import SecondFactorMissing, SignInRefused, forgive, held_login
from .one_time_codes import confirmed_factor, takes
from .sessions import Opened, held_session, new_session

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """Which session is stepped up, and the code that was shown."""

    session_id: UUID
    code: str = field(repr=False)


@permission("Token", "create")
async def step_up(work: Work, command: StepUp, *, keyring: Keyring, pepper: bytes) -> Opened:
    """Hand the session on under a new token that is stepped up; the old one ends.

    Whoever had got hold of the old token does not come along.
    """
    token, session, principal = await held_session(work, command.session_id)
    await work.permit("create Token", principal)
    factor = await confirmed_factor(work, principal.id)
    if factor is None:
        raise SecondFactorMissing
    key = await keyring.of_group(work.session, work.actor.group_id)
    if not await takes(work, key, factor, command.code):
        raise SignInRefused
    await forgive(work, await held_login(work, principal.id), code_shown=True)
    token.revoked_at = work.now
    opened = await new_session(
        work,
        principal,
        opened_with=session.opened_with,
        mfa_at=work.now,
        pepper=pepper,
        instead_of=session,
    )
    await append(work, verb="stepUp", on=principal, details={"session": str(opened.session.id)})
    return opened
