"""What an edit of the policy would do, or a change that is proposed, if it were made now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_

from authz.impact import Impact, between
from authz.lines import Line, under
from domain.kernel.errors import NotFound
from domain.organisation.models import Tenant
from domain.organisation.standing import line_up

from .assigning import Assigning, role_exposes
from .changes import require_open
from .drafts import Edit
from .models import ChangeKind, PolicyChange, Principal, RoleAssignment
from .weighing import as_line, weigh

if TYPE_CHECKING:
    from uuid import UUID

    from authz.lines import Inheritance
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The version that it would be made on, what begins and ends, and what follows from it."""

    version: int
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    impact: Impact
    people: int
    exposes: bool


async def preview_policy(work: Work, edit: Edit) -> Preview:
    """Weigh an edit; what would be refused is refused here, in the same words."""
    weighed = await weigh(work, edit)
    return Preview(
        version=weighed.stored.version,
        begins=tuple(_written(as_line(row)) for row in weighed.begins),
        ends=tuple(_written(line) for line in weighed.ends),
        impact=weighed.impact,
        people=weighed.people,
        exposes=weighed.exposes,
    )


async def preview_policy_change(work: Work, change_id: UUID) -> Preview:
    """Weigh a proposal against the policy as it is now, which may not be the one it was made on."""
    change = await work.get(PolicyChange, change_id, at=("policyChangeId",))
    require_open(change)
    if change.kind is ChangeKind.LINES:
        return await preview_policy(work, Edit.read(change.diff))
    return await _assignment(work, Assigning.read(change.diff))


async def _assignment(work: Work, wanted: Assigning) -> Preview:
    """Compare what the principal may do with and without the role, where they act now."""
    principal = await work.row(Principal, Principal.id == wanted.principal_id)
    tenant = await work.get(Tenant, wanted.tenant_id, at=("tenantId",))
    home = await work.row(Tenant, Tenant.id == principal.tenant_id) if principal else None
    if home is None:
        raise NotFound(at=("principalId",))
    held = await _held(work, wanted.principal_id, home)
    more = {wanted.role} if under(home.path, tenant.path) else set()
    policy = work.judge.policy
    was, now = policy.mask(held, home.path), policy.mask(held | more, home.path)
    return Preview(
        version=work.actor.policy_version,
        begins=(f"g, prc_{wanted.principal_id.hex}, {wanted.role}, {tenant.path}",),
        ends=(),
        impact=Impact(between(wanted.role, home.path, was, now), policy.catalogue),
        people=int(was != now),
        exposes=role_exposes(work, wanted.role, tenant.path),
    )


async def _held(work: Work, principal_id: UUID, home: Tenant) -> set[str]:
    """The roles that somebody holds where they act."""
    line = await line_up(work, home)
    paths = {one.id for one in line}
    rows = await work.rows(
        RoleAssignment,
        RoleAssignment.principal_id == principal_id,
        RoleAssignment.valid_from <= work.now,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > work.now),
    )
    return {row.role for row in rows if row.tenant_id in paths}


def _written(line: Line | Inheritance) -> str:
    """A line as the table of the built-in roles writes it."""
    return ", ".join(("p", *line.row) if isinstance(line, Line) else ("g", *line))
