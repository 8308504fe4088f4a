"""Excuse someone from a course, by a decision that is written down."""

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
class ExemptEnrolment:
    """Which enrolment, and why; the reason is kept sealed."""

    enrolment_id: Annotated[UUID, Ref("Enrolment")]
    expected_version: int
    reason: Sealed


@permission("Enrolment", "write")
async def exempt_enrolment(work: Work, command: ExemptEnrolment) -> Enrolment:
    """Exempt someone from an open enrolment; a plan takes its item as done."""
    return await decide(
        work,
        command.enrolment_id,
        EnrolmentState.EXEMPTED,
        expected=command.expected_version,
        reason=command.reason,
    )
