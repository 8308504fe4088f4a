"""Take someone off a course before they have finished it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.privacy.sealed import Sealed

from .decide import decide
from .models import Enrolment, EnrolmentState

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawEnrolment:
    """Which enrolment, and why; the reason is kept sealed."""

    enrolment_id: Annotated[UUID, Ref("Enrolment")]
    expected_version: int
    reason: Sealed


@permission("Enrolment", "write")
async def withdraw_enrolment(work: Work, command: WithdrawEnrolment) -> Enrolment:
    """Withdraw an open enrolment; it is counted nowhere from now on."""
    return await decide(
        work,
        command.enrolment_id,
        EnrolmentState.WITHDRAWN,
        expected=command.expected_version,
        reason=command.reason,
    )
