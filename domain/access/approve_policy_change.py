"""Approve what somebody else has proposed for the policy: from now on it holds.

What it would do is weighed again, against the policy as it is now; `expectedVersion` says that this
is what the approver has looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .assigning import Assigning, assign, fit_assignment
from .changes import (
    applied,
    apply_lines,
    decided,
    head_of,
    permit_lines,
    require_open,
    require_somebody_else,
    tell,
)
from .drafts import Edit
from .ending import end, ended_by, fit_ending
from .models import ChangeKind, PolicyChange, PolicyLine
from .weighing import weigh

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovePolicyChange:
    """The change, and the version of the policy under which it was previewed."""

    policy_change_id: Annotated[UUID, Ref("PolicyChange")]
    expected_version: int


@permission("Policy", "grant")
async def approve_policy_change(work: Work, command: ApprovePolicyChange) -> PolicyChange:
    """Approve a change; the approver could have proposed it, and did not."""
    change = await work.get(
        PolicyChange, command.policy_change_id, to="grant Policy", at=("policyChangeId",)
    )
    require_open(change)
    await require_somebody_else(work, change)
    head = await head_of(work, command.expected_version)
    decided(work, change)
    if change.kind is ChangeKind.LINES:
        await _edit(work, change)
        return change
    if change.kind is ChangeKind.ASSIGNMENT:
        await assign(work, change, await fit_assignment(work, Assigning.read(change.diff)))
    else:
        end(work, await fit_ending(work, ended_by(change)))
    applied(work, change, version=head.version + 1)
    return change


async def _edit(work: Work, change: PolicyChange) -> None:
    edit = Edit.read(change.diff)
    weighed = await weigh(work, edit)
    ended = await work.rows(PolicyLine, PolicyLine.id.in_(edit.end))
    await permit_lines(work, weighed, ended)
    tell(change, weighed)
    await apply_lines(work, change, weighed, ended)
