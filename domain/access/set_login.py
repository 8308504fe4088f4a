"""Let a principal sign in: a login name and a first password, given to them by an administrator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from authz.actor import SIGNING_IN
from domain.audit.trail import append
from domain.kernel.errors import NotFound, Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant

from .login_models import Login, Named
from .login_names import checked_name, lead, login_digest
from .models import Principal
from .sessions import end_sessions

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NobodySignsIn(Refusal):
    """Service accounts and vendors act by tokens that are issued to them."""

    en = "Service accounts and vendors do not sign in. Issue a token instead."
    zh = "服务账号和供应商不能登录,请为其签发令牌。"
    path = ("principalId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLogin:
    """Who signs in, under which name, and what the first password was hashed to."""

    principal_id: Annotated[UUID, Ref("Principal")]
    name: str
    verifier: str = field(repr=False)


@permission("Token", "create")
async def set_login(work: Work, command: SetLogin, *, key: bytes) -> Login:
    """Set name and password anew; whatever was open under the old ones ends."""
    principal = await may_sign_in(work, command.principal_id)
    root = await work.row(Tenant, Tenant.id == work.actor.group_id)
    assert root is not None, "the group is its root tenant"
    digest = login_digest(key, root.code, checked_name(command.name))
    await lead(work, digest, Named.LOGIN, principal.id)
    login = await login_of(work, principal)
    login.verifier, login.changed_at = command.verifier, work.now
    login.failures, login.locked_until = 0, None
    await end_sessions(work, principal.id)
    await append(work, verb="setLogin", on=principal)
    return login


async def may_sign_in(work: Work, principal_id: UUID) -> Principal:
    """Take a principal to whom the actor may give a login, and who is of a kind that signs in."""
    principal = await work.row(Principal, Principal.id == principal_id)
    if principal is None:
        raise NotFound(at=("principalId",))
    await work.permit("create Token", principal)
    if principal.kind not in SIGNING_IN:
        raise NobodySignsIn
    await work.hold(Principal, Principal.id == principal.id)
    return principal


async def login_of(work: Work, principal: Principal) -> Login:
    """Take the login of a principal, made now if there is none yet."""
    held = await work.hold(Login, Login.principal_id == principal.id)
    if held:
        return held[0]
    login = Login(tenant_id=principal.tenant_id, principal_id=principal.id)
    await work.add(login)
    return login
