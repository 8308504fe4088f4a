"""Whoever leaves is taken off what they had not finished, and their plans end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel.events import hears
from domain.people.events import PersonLeft

from .log import Said, line_of, write_line
from .models import (
    OPEN_STATES,
    Enrolment,
    EnrolmentState,
    LearningPlan,
    PlanState,
    ProgressSource,
)

if TYPE_CHECKING:
    from domain.kernel.work import Work

OPEN_PLANS = frozenset({PlanState.PROPOSED, PlanState.ACTIVE})


@hears(PersonLeft)
async def close_for_leavers(work: Work, event: PersonLeft) -> None:
    """Withdraw open enrolments and cancel open plans; what was completed stays as it is."""
    for enrolment in await work.hold(
        Enrolment, Enrolment.person_id == event.person_id, Enrolment.state.in_(OPEN_STATES)
    ):
        said = Said(source=ProgressSource.STAFF, percent=enrolment.percent)
        line = line_of(work, enrolment, said, EnrolmentState.WITHDRAWN)
        await write_line(work, enrolment, line)
    for plan in await work.hold(
        LearningPlan, LearningPlan.person_id == event.person_id, LearningPlan.state.in_(OPEN_PLANS)
    ):
        plan.state, plan.closed_at = PlanState.CANCELLED, work.now
    await work.flush()
