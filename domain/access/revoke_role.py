"""Take a role from a principal; it ends with the next request, in every process.

One that keeps what is sealed from whoever holds it opens by its end: a second person approves that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .changes import applied, by_installation, new_change
from .ending import end, fit_ending
from .models import ChangeKind, PolicyChange
from .turns import turn

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole:
    """Which assignment ends now, and why."""

    role_assignment_id: Annotated[UUID, Ref("RoleAssignment")]
    reason: str = ""


@permission("Policy", "grant")
async def revoke_role(work: Work, command: RevokeRole) -> PolicyChange:
    """End an assignment, or propose to."""
    assignment = await fit_ending(work, command.role_assignment_id)
    change = new_change(work, ChangeKind.REVOCATION, command.reason)
    change.diff, change.people = {"assignment": str(assignment.id)}, 1
    await work.add(change)
    if by_installation(work) or not (await turn(work, assignment, ends=True)).exposes:
        end(work, assignment)
        applied(work, change, version=None)
    return change
