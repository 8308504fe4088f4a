"""Take back what one has proposed for the policy oneself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .changes import decided, is_oneself, require_open
from .models import ChangeState, PolicyChange

if TYPE_CHECKING:
    from domain.kernel.work import Work


class SomebodyElsesChange(Refusal):
    """Only whoever proposed a change takes it back."""

    en = "Somebody else proposed this. Reject it, and say why."
    zh = "该变更由他人提出,如不同意请驳回并说明原因。"
    path = ("policyChangeId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPolicyChange:
    """The change."""

    policy_change_id: Annotated[UUID, Ref("PolicyChange")]


@permission("Policy", "grant")
async def withdraw_policy_change(work: Work, command: WithdrawPolicyChange) -> PolicyChange:
    """Withdraw a change before anybody has decided about it."""
    change = await work.get(
        PolicyChange, command.policy_change_id, to="grant Policy", at=("policyChangeId",)
    )
    require_open(change)
    if change.proposed_by is None or not await is_oneself(work, change.proposed_by):
        raise SomebodyElsesChange
    change.state = ChangeState.WITHDRAWN
    decided(work, change)
    return change
