"""Put a tenant, with everything below it, below another tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from sqlalchemy import func, update

from authz.lines import under
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.models import NameGram
from domain.kernel.permission import permission

from .events import TenantMoved
from .models import Tenant
from .open_tenant import KindOutOfOrder, TenantCodeTaken
from .standing import hold_structure
from .tree import child_path, may_hold, rebased

if TYPE_CHECKING:
    from domain.kernel.work import Work


class RootStays(Refusal):
    """The root of a group stands below nothing."""

    en = "The group itself cannot be moved. Move the tenants below it."
    zh = "集团本身不能移动,请移动其下级机构。"
    path = ("tenantId",)


class TenantCycle(Refusal):
    """A tenant would stand below itself."""

    en = "A tenant cannot be moved below itself. Choose a parent outside its own subtree."
    zh = "机构不能移动到自身或其下级之下,请选择其他上级机构。"
    path = ("parentId",)


class TenantAlreadyThere(Refusal):
    """The tenant stands below this parent as it is."""

    en = "The tenant already stands below this parent. Choose another one."
    zh = "该机构已在此上级机构之下,请选择其他上级机构。"
    path = ("parentId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTenant:
    """Which tenant moves, and below which one."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    parent_id: Annotated[UUID, Ref("Tenant")]
    expected_version: int


@permission("Tenant", "write")
async def move_tenant(work: Work, command: MoveTenant) -> Tenant:
    """Move a subtree; whoever moves it may write it, its new parent and, so, its old one."""
    await hold_structure(work)
    tenant = await work.get(
        Tenant,
        command.tenant_id,
        to="write Tenant",
        expected=command.expected_version,
        at=("tenantId",),
    )
    parent = await work.get(Tenant, command.parent_id, at=("parentId",))
    await work.permit("write Tenant", parent)
    was = _refuse_unfit(tenant, parent)
    path = child_path(parent.path, tenant.code)
    if await work.row(Tenant, Tenant.path == path):
        raise TenantCodeTaken(at=("parentId",), code=tenant.code)

    await _rebase(work, tenant, now=path)
    tenant.parent_id = tenant.tenant_id = parent.id
    await work.flush()
    await _carry_name(work, tenant)
    work.policy_changed()
    work.record(TenantMoved(tenant_id=tenant.id, from_parent_id=was, to_parent_id=parent.id))
    return tenant


def _refuse_unfit(tenant: Tenant, parent: Tenant) -> UUID:
    """Say below which tenant it has stood, or why it cannot move."""
    if tenant.parent_id is None:
        raise RootStays
    if under(parent.path, tenant.path):
        raise TenantCycle
    if tenant.parent_id == parent.id:
        raise TenantAlreadyThere
    if not may_hold(parent.kind, tenant.kind):
        raise KindOutOfOrder(at=("parentId",), above=parent.kind.value, below=tenant.kind.value)
    return tenant.parent_id


async def _rebase(work: Work, tenant: Tenant, *, now: str) -> None:
    was = tenant.path
    # starts_with and not a range of paths: it is right under every collation.
    for moved in await work.rows(Tenant, func.starts_with(Tenant.path, was)):
        moved.path = rebased(moved.path, was=was, now=now)


async def _carry_name(work: Work, tenant: Tenant) -> None:
    """Search rows stand where their row stands, or the new parent could not rename the tenant."""
    await work.session.execute(
        update(NameGram)
        .where(
            NameGram.group_id == tenant.group_id,
            NameGram.kind == Tenant.__tablename__,
            NameGram.row_id == tenant.id,
        )
        .values(tenant_id=tenant.tenant_id)
    )
