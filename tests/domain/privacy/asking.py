"""People who ask about their own information, and whoever sees to it, as several tests want it."""

from __future__ import annotations

from domain.kernel.ids import external_id
from domain.privacy.complete_subject_request import (
    CompleteSubjectRequest,
    complete_subject_request,
)
from domain.privacy.decide_subject_request import DecideSubjectRequest, decide_subject_request
from domain.privacy.object_to_processing import ObjectToProcessing, object_to_processing
from domain.privacy.request_access import RequestAccess, request_access
from domain.privacy.request_copy import RequestCopy, request_copy
from domain.privacy.request_correction import RequestCorrection, request_correction
from domain.privacy.request_erasure import RequestErasure, request_erasure
from domain.privacy.request_explanation import RequestExplanation, request_explanation
from domain.privacy.request_models import CorrectableField, RefusalGround, RequestKind
from domain.privacy.restrict_processing import RestrictProcessing, restrict_processing
from domain.privacy.review_subject_request import ReviewSubjectRequest, review_subject_request
from domain.privacy.sealed import Sealed
from domain.privacy.withdraw_subject_request import (
    WithdrawSubjectRequest,
    withdraw_subject_request,
)

WISH = "请更正我的手机号码,旧号码属于前夫"
REASON = "劳动合同要求保存至离职后两年"
ASK = {
    RequestKind.ACCESS: (request_access, RequestAccess),
    RequestKind.COPY: (request_copy, RequestCopy),
    RequestKind.CORRECTION: (request_correction, RequestCorrection),
    RequestKind.ERASURE: (request_erasure, RequestErasure),
    RequestKind.RESTRICTION: (restrict_processing, RestrictProcessing),
    RequestKind.EXPLANATION: (request_explanation, RequestExplanation),
    RequestKind.OBJECTION: (object_to_processing, ObjectToProcessing),
}


async def asks(group, who, kind=RequestKind.ERASURE, *, field=CorrectableField.PHONE, wish=WISH):
    verb, command = ASK[kind]
    given = {"field": field} if kind is RequestKind.CORRECTION else {}
    return await group.do(who, verb, command(wish=Sealed.of(wish), **given))


async def reviews(group, who, request):
    command = ReviewSubjectRequest(subject_request_id=request.id)
    return await group.do(who, review_subject_request, command)


async def grants(group, who, request, **more):
    command = DecideSubjectRequest(
        subject_request_id=request.id,
        granted=True,
        expected_version=await version_of(group, request),
        **more,
    )
    return await group.do(who, decide_subject_request, command)


async def refuses(
    group, who, request, *, ground=RefusalGround.RETENTION_PERIOD, reason: str | None = REASON
):
    command = DecideSubjectRequest(
        subject_request_id=request.id,
        granted=False,
        expected_version=await version_of(group, request),
        ground=ground,
        reason=None if reason is None else Sealed.of(reason),
    )
    return await group.do(who, decide_subject_request, command)


async def completes(group, who, request):
    command = CompleteSubjectRequest(subject_request_id=request.id)
    return await group.do(who, complete_subject_request, command)


async def takes_back(group, who, request):
    command = WithdrawSubjectRequest(subject_request_id=request.id)
    return await group.do(who, withdraw_subject_request, command)


async def version_of(group, request):
    [row] = await group.rows(
        "SELECT row_version FROM subject_request WHERE group_id = :g AND id = :i", i=request.id
    )
    return row.row_version


def srq(request):
    return external_id("srq", request.id)
