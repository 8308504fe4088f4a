"""Decide on a request about somebody's information; a refusal has a reason and a legal ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .request_models import RefusalGround, RequestKind, RequestState, SubjectRequest
from .request_states import step
from .requesting import blank
from .restricting import restrict
from .sealed import Sealed
from .seeing_to import take

if TYPE_CHECKING:
    from domain.kernel.work import Work


class RefusalUnfounded(Refusal):
    """Whoever is refused is told why, and on which ground (PIPL article 50)."""

    en = "A refusal needs a ground and a reason that the person can read. Give both, or grant it."
    zh = "拒绝请求须写明法律依据和理由,请补充,或批准该请求。"


class GrantedOnAGround(Refusal):
    """Grounds and reasons are those of refusals."""

    en = "What is granted needs no ground and no reason. Leave both out, or refuse the request."
    zh = "批准请求无需填写依据和理由,请删除,或改为拒绝。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSubjectRequest:
    """Which request, whether it is granted, and if not, why not and on which ground."""

    subject_request_id: Annotated[UUID, Ref("SubjectRequest")]
    granted: bool
    expected_version: int
    ground: RefusalGround | None = None
    reason: Sealed | None = None


@permission("SubjectRequest", "write")
async def decide_subject_request(work: Work, command: DecideSubjectRequest) -> SubjectRequest:
    """Decide it. A restriction is in force with that; the rest has yet to be carried out."""
    request = await take(work, command.subject_request_id, expected=command.expected_version)
    _check(command)
    step(request, RequestState.GRANTED if command.granted else RequestState.REFUSED)
    request.decided_at, request.decided_by = work.now, work.actor.principal_id
    request.ground, request.reason = command.ground, command.reason
    if not command.granted:
        request.closed_at = work.now
    elif request.kind is RequestKind.RESTRICTION:
        await restrict(work, request)
    await work.flush()
    return request


def _check(command: DecideSubjectRequest) -> None:
    if command.granted:
        for name in ("ground", "reason"):
            if getattr(command, name) is not None:
                raise GrantedOnAGround(at=(name,))
        return
    if command.ground is None:
        raise RefusalUnfounded(at=("ground",))
    if command.reason is None or blank(command.reason):
        raise RefusalUnfounded(at=("reason",))
