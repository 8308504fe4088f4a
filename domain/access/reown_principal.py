"""Give a service account another owner, so that it outlasts the one who leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .models import Principal
from .owners import refuse_unowned

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ReownPrincipal:
    """Which service account answers to whom from now on."""

    principal_id: Annotated[UUID, Ref("Principal")]
    owner_id: Annotated[UUID, Ref("Principal")]


@permission("Policy", "grant")
async def reown_principal(work: Work, command: ReownPrincipal) -> Principal:
    """Give a service account another owner; tokens that the old one took along live again."""
    principal = await work.get(
        Principal, command.principal_id, to="grant Policy", at=("principalId",)
    )
    principal.owner_id = command.owner_id
    await refuse_unowned(work, principal)
    await work.flush()
    return principal
