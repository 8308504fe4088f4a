"""Found a group: its root tenant, its key and its policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.audit.models import AuditDirectory
from domain.kernel.permission import permission
from domain.organisation.models import Tenant, TenantKind
from domain.privacy.ciphers import Algorithm

from .policy import seed_policy

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    """What the group is called, where its data may lie, and what seals them."""

    code: str
    name: str
    data_region: str = "CN"
    algorithm: Algorithm = Algorithm.AES_256_GCM


@permission("Tenant", "create")
async def open_group(work: Work, command: OpenGroup, *, keyring: Keyring) -> Tenant:
    """Found a group whose id is the acting installation's `group_id`."""
    group = work.actor.group_id
    root = Tenant(
        id=group,
        tenant_id=group,
        kind=TenantKind.GROUP,
        code=command.code,
        name=command.name,
        path=f"/{command.code}/",
        data_region=command.data_region,
    )
    await work.permit("create Tenant", root)
    await work.add(root)
    await keyring.found_group(work, algorithm=command.algorithm)
    await seed_policy(work)
    work.session.add(AuditDirectory(group_id=group))
    await work.flush()
    return root
