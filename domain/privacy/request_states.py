"""How a request about one's own information may go on, and who takes the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from domain.kernel.errors import Refusal

from .request_models import RequestState

if TYPE_CHECKING:
    from .request_models import SubjectRequest

S = RequestState

GOES_ON: Final[Mapping[RequestState, frozenset[RequestState]]] = {
    S.OPEN: frozenset({S.IN_REVIEW, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset({S.GRANTED, S.REFUSED, S.WITHDRAWN}),
    S.GRANTED: frozenset({S.DONE}),
    S.REFUSED: frozenset(),
    S.DONE: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""From each state the states that may follow."""

PENDING: Final = frozenset({S.OPEN, S.IN_REVIEW, S.GRANTED})
"""The states in which the clock runs."""


class RequestClosed(Refusal):
    """The request does not go on this way."""

    en = "A request that is {state} cannot become {wanted}. Read it again."
    zh = "状态为 {state} 的请求不能变更为 {wanted},请重新读取。"
    path = ("subjectRequestId",)


def step(request: SubjectRequest, to: RequestState) -> None:
    """Take a request on; a step that it cannot take is refused."""
    if to not in GOES_ON[request.state]:
        raise RequestClosed(state=request.state.value, wanted=to.value)
    request.state = to
