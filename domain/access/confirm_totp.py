"""Confirm a second factor by a first code; from now on signing in asks for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.errors import Refusal
from domain.kernel.permission import permission

from .login_models import Totp
from .one_time_codes import takes
from .sessions import held_session

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring


class CodeWrong(Refusal):
    """The app shows another code, or nothing is being enrolled."""

    en = "This is not the code that the app shows now. Check the clock, or begin to enrol anew."
    zh = "验证码不正确,请核对设备时间,或重新开始绑定。"
    path = ("code",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTotp:
    """In which session, and the first code."""

    session_id: UUID
    code: str = field(repr=False)


@permission("Token", "create")
async def confirm_totp(work: Work, command: ConfirmTotp, *, keyring: Keyring) -> Totp:
    """Confirm the factor. The code is spent: stepping up takes the next."""
    _, _, principal = await held_session(work, command.session_id)
    await work.permit("create Token", principal)
    held = await work.hold(Totp, Totp.principal_id == principal.id, Totp.confirmed_at.is_(None))
    key = await keyring.of_group(work.session, work.actor.group_id)
    if not held or not await takes(work, key, held[0], command.code):
        raise CodeWrong
    held[0].confirmed_at = work.now
    await append(work, verb="confirmTotp", on=principal)
    return held[0]
