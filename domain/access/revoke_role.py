"""Take a role from a principal; it ends with the next request, in every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .changes import applied, new_change
from .models import ChangeKind, PolicyChange, RoleAssignment

if TYPE_CHECKING:
    from domain.kernel.work import Work


class RoleEnded(Refusal):
    """The assignment is over."""

    en = "This assignment is over already. Read the assignments again."
    zh = "该角色分配已失效,请重新读取。"
    path = ("roleAssignmentId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole:
    """Which assignment ends now, and why."""

    role_assignment_id: Annotated[UUID, Ref("RoleAssignment")]
    reason: str = ""


@permission("Policy", "grant")
async def revoke_role(work: Work, command: RevokeRole) -> PolicyChange:
    """End an assignment; to take something away needs nobody's approval."""
    assignment = await work.get(
        RoleAssignment, command.role_assignment_id, to="grant Policy", at=("roleAssignmentId",)
    )
    if assignment.valid_to is not None and assignment.valid_to <= work.now:
        raise RoleEnded
    # One that was to begin later has then never held.
    assignment.valid_to = max(work.now, assignment.valid_from)
    change = new_change(work, ChangeKind.REVOCATION, command.reason)
    change.diff, change.people = {"assignment": str(assignment.id)}, 1
    await work.add(change)
    applied(work, change, version=None)
    return change
