"""Lines follow the tenant at which they hold: one that moves takes them along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_

from domain.kernel.events import hears
from domain.organisation.events import TenantMoved
from domain.organisation.models import Tenant

from .head import hold_head
from .models import PolicyLine

if TYPE_CHECKING:
    from domain.kernel.work import Work

LINE = ("ptype", "role", "object", "action", "condition", "effect", "inherits", "valid_to")


@hears(TenantMoved)
async def carry_lines(work: Work, moved: TenantMoved) -> None:
    """End the lines at the old path and begin them at the new one.

    A deny that stayed behind would no longer hold for the tenant that it was written for.
    """
    await hold_head(work)
    tenant = await work.row(Tenant, Tenant.id == moved.tenant_id)
    assert tenant is not None, "it has just been moved"
    below = await work.rows(Tenant, func.starts_with(Tenant.path, tenant.path))
    paths = {one.id: one.path for one in below}
    held = await work.hold(
        PolicyLine,
        PolicyLine.tenant_id.in_(paths),
        PolicyLine.tenant_path != "/",
        or_(PolicyLine.valid_to.is_(None), PolicyLine.valid_to > work.now),
    )
    for line in held:
        if line.tenant_path != paths[line.tenant_id]:
            await work.add(_at(line, paths[line.tenant_id], work))
            line.valid_to = max(work.now, line.valid_from)


def _at(line: PolicyLine, path: str, work: Work) -> PolicyLine:
    return PolicyLine(
        **{name: getattr(line, name) for name in LINE},
        tenant_id=line.tenant_id,
        tenant_path=path,
        valid_from=max(work.now, line.valid_from),
        change_id=line.change_id,
    )
