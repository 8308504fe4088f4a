"""A plan follows its enrolments: an item stands where its enrolment stands, a plan where all do."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from .events import LearningPlanCompleted
from .fold import EVERYTHING, NOTHING
from .models import ItemState, LearningPlan, PathStage, PlanItem, PlanState, Requirement
from .states import ITEM_OF

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from domain.kernel.work import Work

    from .models import Enrolment

DONE = frozenset({ItemState.PASSED, ItemState.EXEMPTED})
TENTH = Decimal("0.1")


async def follow(work: Work, enrolment: Enrolment) -> None:
    """Bring the items of an enrolment, and their plans, to where the enrolment is."""
    for item in await work.hold(PlanItem, enrolment_id=enrolment.id):
        item.state = ITEM_OF[enrolment.state]
        take_over(item, enrolment)
        await work.flush()
        for plan in await work.hold(LearningPlan, id=item.plan_id):
            await _weigh(work, plan)


async def _weigh(work: Work, plan: LearningPlan) -> None:
    items = await work.rows(
        PlanItem, PlanItem.plan_id == plan.id, PlanItem.revision == plan.revision
    )
    stages = await work.rows(PathStage, PathStage.version_id == plan.path_version_id)
    plan.percent = share_done(items, {stage.id: stage.elective_quota for stage in stages})
    plan.seconds_spent = sum(item.seconds_spent for item in items)
    plan.last_activity_at = max(
        (item.last_activity_at for item in items if item.last_activity_at), default=None
    )
    if plan.percent == EVERYTHING and plan.state is PlanState.ACTIVE:
        plan.state, plan.completed_at, plan.passed = PlanState.COMPLETED, work.now, True
        work.record(LearningPlanCompleted(learning_plan_id=plan.id, person_id=plan.person_id))
    await work.flush()


def share_done(items: Sequence[PlanItem], quotas: dict[UUID, int]) -> Decimal:
    """Say how much of a plan is done, 0 to 100 (C25).

    All mandatory items count, and of the electives of a stage as many as its quota asks for; 100
    means that nothing is missing, and is never reached by rounding.
    """
    mandatory = [item for item in items if item.requirement is Requirement.MANDATORY]
    electives = _done_by_stage(one for one in items if one.requirement is Requirement.ELECTIVE)
    wanted = len(mandatory) + sum(quotas.values())
    done = sum(item.state in DONE for item in mandatory)
    done += sum(min(quota, electives[stage]) for stage, quota in quotas.items())
    if done >= wanted:
        return EVERYTHING if wanted else NOTHING
    return (Decimal(done) * 100 / wanted).quantize(TENTH)


def _done_by_stage(items: Iterable[PlanItem]) -> Counter[UUID | None]:
    return Counter(item.stage_id for item in items if item.state in DONE)


def take_over(item: PlanItem, enrolment: Enrolment) -> None:
    """Show on an item how far its enrolment is."""
    item.percent = enrolment.percent
    item.passed = enrolment.passed
    item.best_score = enrolment.best_score
    item.progress_source = enrolment.progress_source
    item.seconds_spent = enrolment.seconds_spent
    item.last_activity_at = enrolment.last_activity_at
