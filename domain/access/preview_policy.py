"""What an edit of the policy would do, or a change that is proposed, if it were made now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from authz.impact import Impact, between
from authz.lines import Line
from domain.kernel.errors import NotFound
from domain.organisation.models import Tenant

from .assigning import Assigning
from .changes import require_open
from .drafts import Edit
from .ending import ended_by
from .models import ChangeKind, PolicyChange, Principal, RoleAssignment
from .turns import turn
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
    if change.kind is ChangeKind.ASSIGNMENT:
        return await _turned(work, await _proposed(work, Assigning.read(change.diff)))
    ending = await work.get(RoleAssignment, ended_by(change), at=("policyChangeId",))
    return await _turned(work, ending, ends=True)


async def _proposed(work: Work, wanted: Assigning) -> RoleAssignment:
    """The assignment as it would be, of somebody and at a tenant that are there still."""
    if await work.row(Principal, Principal.id == wanted.principal_id) is None:
        raise NotFound(at=("principalId",))
    await work.get(Tenant, wanted.tenant_id, at=("tenantId",))
    return RoleAssignment(
        tenant_id=wanted.tenant_id,
        principal_id=wanted.principal_id,
        role=wanted.role,
        valid_from=max(wanted.valid_from or work.now, work.now),
        valid_to=wanted.valid_to,
    )


async def _turned(work: Work, about: RoleAssignment, *, ends: bool = False) -> Preview:
    """Compare what the principal may do with and without the role, where they act now."""
    made = await turn(work, about, ends=ends)
    was, now = made.masks(made.home, made.one.begins)
    said = (f"g, prc_{about.principal_id.hex}, {made.one.role}, {made.one.path}",)
    return Preview(
        version=work.actor.policy_version,
        begins=() if ends else said,
        ends=said if ends else (),
        impact=Impact(between(made.one.role, made.home, was, now), made.policy.catalogue),
        people=int(was != now),
        exposes=made.exposes,
    )


def _written(line: Line | Inheritance) -> str:
    """A line as the table of the built-in roles writes it."""
    return ", ".join(("p", *line.row) if isinstance(line, Line) else ("g", *line))
