"""How an enrolment may go on, and how an item of a plan follows it (product rules, 5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.kernel.errors import Refusal

from .models import EnrolmentState, ItemState

S = EnrolmentState

GOES_ON: Final[Mapping[EnrolmentState, frozenset[EnrolmentState]]] = {
    S.ASSIGNED: frozenset(
        {S.IN_PROGRESS, S.COMPLETED, S.FAILED, S.WITHDRAWN, S.EXEMPTED, S.TRANSFERRED}
    ),
    S.IN_PROGRESS: frozenset({S.COMPLETED, S.FAILED, S.WITHDRAWN, S.EXEMPTED, S.TRANSFERRED}),
    S.REOPENED: frozenset(
        {S.IN_PROGRESS, S.COMPLETED, S.FAILED, S.WITHDRAWN, S.EXEMPTED, S.TRANSFERRED}
    ),
    S.FAILED: frozenset({S.REOPENED}),
    S.COMPLETED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXEMPTED: frozenset(),
    S.TRANSFERRED: frozenset(),
}
"""From each state the states that may follow. One entry may both begin and end an enrolment."""

ITEM_OF: Final[Mapping[EnrolmentState, ItemState]] = {
    S.ASSIGNED: ItemState.OPEN,
    S.IN_PROGRESS: ItemState.IN_PROGRESS,
    S.REOPENED: ItemState.IN_PROGRESS,
    S.COMPLETED: ItemState.PASSED,
    S.FAILED: ItemState.FAILED,
    S.WITHDRAWN: ItemState.OPEN,
    S.EXEMPTED: ItemState.EXEMPTED,
    S.TRANSFERRED: ItemState.OPEN,
}
"""Where an item of a plan stands while its enrolment stands so."""


class EnrolmentClosed(Refusal):
    """The enrolment does not go on this way."""

    en = "An enrolment that is {state} cannot become {wanted}. Read it again."
    zh = "状态为 {state} 的选课不能变更为 {wanted},请重新读取。"
    path = ("enrolmentId",)


def check_goes_on(state: EnrolmentState, to: EnrolmentState) -> None:
    """Refuse a step that an enrolment in this state cannot take; staying is no step."""
    if to is not state and to not in GOES_ON[state]:
        raise EnrolmentClosed(state=state.value, wanted=to.value)
