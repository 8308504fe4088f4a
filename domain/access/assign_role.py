"""Give a principal a role at a tenant and everything below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import NotFound
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .models import Principal, RoleAssignment

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRole:
    """Who gets which role, where, and until when."""

    principal_id: Annotated[UUID, Ref("Principal")]
    role: str
    tenant_id: Annotated[UUID, Ref("Tenant")]
    valid_to: datetime | None = None


@permission("Policy", "grant")
async def assign_role(work: Work, command: AssignRole) -> RoleAssignment:
    """Give a principal a role; it holds from this instant on."""
    principal = await work.row(Principal, Principal.id == command.principal_id)
    if principal is None:
        raise NotFound(at=("principalId",))
    await work.permit("grant Policy", principal)
    assignment = RoleAssignment(
        tenant_id=command.tenant_id,
        principal_id=principal.id,
        role=command.role,
        valid_from=work.now,
        valid_to=command.valid_to,
    )
    await work.add(assignment)
    work.policy_changed()
    return assignment
