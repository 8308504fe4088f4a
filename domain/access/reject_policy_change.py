"""Reject what somebody else has proposed for the policy, and say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .changes import ReasonMissing, decided, require_open, require_somebody_else
from .models import ChangeState, PolicyChange

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectPolicyChange:
    """The change, and why it is not made."""

    policy_change_id: Annotated[UUID, Ref("PolicyChange")]
    reason: str


@permission("Policy", "grant")
async def reject_policy_change(work: Work, command: RejectPolicyChange) -> PolicyChange:
    """Reject a change; it can be proposed anew."""
    change = await work.get(
        PolicyChange, command.policy_change_id, to="grant Policy", at=("policyChangeId",)
    )
    require_open(change)
    await require_somebody_else(work, change)
    if not (reason := command.reason.strip()):
        raise ReasonMissing
    change.state, change.decision = ChangeState.REJECTED, reason
    decided(work, change)
    return change
