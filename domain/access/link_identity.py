"""Say who in the group is meant when a provider names a subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.errors import NotFound
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .login_models import IdentityProvider, Named
from .login_names import lead, subject_digest
from .set_login import login_of, may_sign_in

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .models import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIdentity:
    """Who signs in by which provider, and what it calls them (`sub`)."""

    principal_id: Annotated[UUID, Ref("Principal")]
    provider: str
    subject: str


@permission("Token", "create")
async def link_identity(work: Work, command: LinkIdentity, *, key: bytes) -> Principal:
    """Link them; a subject that is linked to somebody else already is refused.

    Names and mail addresses can change hands, so only the subject counts.
    """
    principal = await may_sign_in(work, command.principal_id)
    provider = await work.row(IdentityProvider, IdentityProvider.code == command.provider)
    if provider is None:
        raise NotFound(at=("provider",))
    digest = subject_digest(key, work.actor.group_id, provider.issuer, command.subject)
    await lead(work, digest, Named.SUBJECT, principal.id)
    await login_of(work, principal)
    await append(work, verb="linkIdentity", on=principal)
    return principal
