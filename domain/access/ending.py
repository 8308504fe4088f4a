"""Whether an assignment may end, and ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.kernel.errors import Refusal

from .models import RoleAssignment

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .models import PolicyChange


class RoleEnded(Refusal):
    """The assignment is over."""

    en = "This assignment is over already. Read the assignments again."
    zh = "该角色分配已失效,请重新读取。"
    path = ("roleAssignmentId",)


async def fit_ending(work: Work, assignment_id: UUID) -> RoleAssignment:
    """Take an assignment that may be ended; Casbin judges where."""
    assignment = await work.get(
        RoleAssignment, assignment_id, to="grant Policy", at=("roleAssignmentId",)
    )
    if assignment.valid_to is not None and assignment.valid_to <= work.now:
        raise RoleEnded
    return assignment


def ended_by(change: PolicyChange) -> UUID:
    """The assignment that a kept change would end."""
    return UUID(change.diff["assignment"])


def end(work: Work, assignment: RoleAssignment) -> None:
    """End it now; one that was to begin later has then never held."""
    assignment.valid_to = max(work.now, assignment.valid_from)
