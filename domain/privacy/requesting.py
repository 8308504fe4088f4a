"""How a request about one's own information begins: received today, due some working days on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.kernel.errors import Refusal
from domain.kernel.working_days import after_working_days

from .oneself import oneself
from .request_models import SubjectRequest
from .request_states import PENDING

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .request_models import CorrectableField, RequestKind
    from .sealed import Sealed

WARNED_AFTER: Final = 10
DUE_AFTER: Final = 15
"""In working days from the day of receipt, which is not counted itself (PIPL article 50)."""


class WishBlank(Refusal):
    """A request that says nothing cannot be answered."""

    en = "Say in your own words what you ask for."
    zh = "请用自己的话写明您的请求。"
    path = ("wish",)


class RequestPending(Refusal):
    """The same was asked before, and is being seen to."""

    en = "You have asked for this already; it is due on {due_on}. Wait for it, or withdraw it."
    zh = "您已提出相同请求,答复期限为 {due_on},请等待答复或撤回该请求。"


async def open_request(
    work: Work,
    kind: RequestKind,
    *,
    wish: Sealed | None,
    field: CorrectableField | None = None,
) -> SubjectRequest:
    """Open a request of whoever acts, for themself; of what is pending already there is no second.

    The person is held while it is looked for, so that two requests at a time are one.
    """
    person = await oneself(work)
    warned, due = (after_working_days(work.today, days) for days in (WARNED_AFTER, DUE_AFTER))
    request = SubjectRequest(
        tenant_id=person.tenant_id,
        person_id=person.id,
        kind=kind,
        field=field,
        wish=wish,
        received_on=work.today,
        warn_on=warned.day,
        due_on=due.day,
        provisional=due.provisional,
    )
    await work.permit("create SubjectRequest", request)
    if blank(wish):
        raise WishBlank
    pending = await work.rows(
        SubjectRequest,
        SubjectRequest.kind == kind,
        SubjectRequest.state.in_(PENDING),
        person_id=person.id,
    )
    for one in pending:
        if one.field is field:
            raise RequestPending(due_on=one.due_on.isoformat())
    await work.add(request)
    return request


def blank(said: Sealed | None) -> bool:
    """Whether somebody has said something, and nothing with it."""
    return said is not None and not (said.fresh or "").strip()
