"""Give someone who has failed another attempt; the former one is kept."""

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
class ReopenEnrolment:
    """Which enrolment, and why; the reason is kept sealed."""

    enrolment_id: Annotated[UUID, Ref("Enrolment")]
    expected_version: int
    reason: Sealed


@permission("Enrolment", "write")
async def reopen_enrolment(work: Work, command: ReopenEnrolment) -> Enrolment:
    """Reopen a failed enrolment: progress begins anew, the log and the best score stay."""
    return await decide(
        work,
        command.enrolment_id,
        EnrolmentState.REOPENED,
        expected=command.expected_version,
        reason=command.reason,
    )
