"""Who sees to a request about somebody's information: not that somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel.errors import Refusal

from .request_models import SubjectRequest

if TYPE_CHECKING:
    from uuid import UUID

    from domain.kernel.work import Work


class OwnRequest(Refusal):
    """Nobody decides what they have asked for themself."""

    en = "This request is your own. Have another colleague of compliance see to it."
    zh = "这是您本人提出的请求,请由其他合规人员处理。"
    path = ("subjectRequestId",)


async def take(work: Work, request_id: UUID, *, expected: int | None = None) -> SubjectRequest:
    """Take a request to see to it, under its lock."""
    request = await work.get(
        SubjectRequest,
        request_id,
        to="write SubjectRequest",
        expected=expected,
        at=("subjectRequestId",),
    )
    if request.person_id == work.actor.person_id:
        raise OwnRequest
    return request
