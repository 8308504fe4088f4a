"""Take up a request about somebody's information: from now on it is under review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .request_models import RequestState, SubjectRequest
from .request_states import step
from .seeing_to import take

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSubjectRequest:
    """Which request."""

    subject_request_id: Annotated[UUID, Ref("SubjectRequest")]
    expected_version: int | None = None


@permission("SubjectRequest", "write")
async def review_subject_request(work: Work, command: ReviewSubjectRequest) -> SubjectRequest:
    """Take it up."""
    request = await take(work, command.subject_request_id, expected=command.expected_version)
    step(request, RequestState.IN_REVIEW)
    request.reviewed_at = work.now
    await work.flush()
    return request
