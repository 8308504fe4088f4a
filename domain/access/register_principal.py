"""Register whoever may act: a person of the group, a service account, a vendor or an auditor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from authz.actor import PrincipalKind
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .models import Principal

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPrincipal:
    """What the principal is, what it is called, where it belongs, and whose it is."""

    kind: PrincipalKind
    name: str
    tenant_id: Annotated[UUID, Ref("Tenant")]
    person_id: Annotated[UUID | None, Ref("Person")] = None


@permission("Policy", "grant")
async def register_principal(work: Work, command: RegisterPrincipal) -> Principal:
    """Register a principal; roles and tokens are given to it afterwards."""
    principal = Principal(
        tenant_id=command.tenant_id,
        kind=command.kind,
        name=command.name,
        person_id=command.person_id,
    )
    await work.permit("grant Policy", principal)
    await work.add(principal)
    return principal
