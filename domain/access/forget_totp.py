"""Remove a second factor whose device is lost; whatever was open ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .login_models import Totp
from .sessions import end_sessions
from .set_login import may_sign_in

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .models import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetTotp:
    """Whose second factor is removed."""

    principal_id: Annotated[UUID, Ref("Principal")]


@permission("Token", "create")
async def forget_totp(work: Work, command: ForgetTotp) -> Principal:
    """Remove the factor; they sign in by password alone until they enrol another."""
    principal = await may_sign_in(work, command.principal_id)
    for factor in await work.hold(Totp, Totp.principal_id == principal.id):
        await work.remove(factor)
    await end_sessions(work, principal.id)
    await append(work, verb="forgetTotp", on=principal)
    return principal
