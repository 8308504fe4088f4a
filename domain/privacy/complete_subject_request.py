"""Say that what was granted has been carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .request_models import RequestKind, RequestState, SubjectRequest
from .request_states import step
from .seeing_to import take

if TYPE_CHECKING:
    from domain.kernel.work import Work


class DoneByCorrecting(Refusal):
    """A correction is carried out by making it."""

    en = "Set the field right with `correctPerson`: the request is done with that."
    zh = "请通过 `correctPerson` 更正该字段,更正后请求即告完成。"
    path = ("subjectRequestId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteSubjectRequest:
    """Which request."""

    subject_request_id: Annotated[UUID, Ref("SubjectRequest")]
    expected_version: int | None = None


@permission("SubjectRequest", "write")
async def complete_subject_request(work: Work, command: CompleteSubjectRequest) -> SubjectRequest:
    """Complete it: the clock stops. A correction is completed by the correction itself."""
    request = await take(work, command.subject_request_id, expected=command.expected_version)
    if request.kind is RequestKind.CORRECTION and request.state is RequestState.GRANTED:
        raise DoneByCorrecting
    step(request, RequestState.DONE)
    request.closed_at = work.now
    await work.flush()
    return request
