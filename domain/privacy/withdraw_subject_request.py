"""Withdraw a request about one's own information before it has been decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .request_models import RequestState, SubjectRequest
from .request_states import step

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSubjectRequest:
    """Which request."""

    subject_request_id: Annotated[UUID, Ref("SubjectRequest")]


@permission("SubjectRequest", "delete")
async def withdraw_subject_request(work: Work, command: WithdrawSubjectRequest) -> SubjectRequest:
    """Withdraw it; it stays on record."""
    request = await work.get(
        SubjectRequest,
        command.subject_request_id,
        to="delete SubjectRequest",
        at=("subjectRequestId",),
    )
    step(request, RequestState.WITHDRAWN)
    request.closed_at = work.now
    await work.flush()
    return request
