"""Make someone's learning plan from the path that is in force; it pins what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.content.marks import strictest
from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.people.models import Person

from .enrolling import check_in_training, put_on, standing_enrolment, taught_edition
from .events import LearningPlanMade
from .follow import follow
from .models import (
    Enrolment,
    EnrolmentOrigin,
    LearningPath,
    LearningPathVersion,
    LearningPlan,
    PathItem,
    PathStage,
    PlanItem,
    ReasonCode,
    Requirement,
)
from .pass_marks import pass_mark_at

if TYPE_CHECKING:
    from domain.kernel.work import Work

REASONS = {
    Requirement.MANDATORY: ReasonCode.PATH_MANDATORY,
    Requirement.ELECTIVE: ReasonCode.PATH_ELECTIVE,
}


class PathNotInForce(Refusal):
    """The path has no edition that plans could be made from."""

    en = "This learning path has no published edition. Publish one first."
    zh = "该学习路径尚无已发布版本,请先发布。"
    path = ("learningPathId",)


class PlanExists(Refusal):
    """The person follows this edition already."""

    en = "This person has an open plan of this path. See that plan."
    zh = "该人员已有此路径的进行中计划,请查看现有计划。"
    path = ("learningPathId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLearningPlan:
    """Who, which path, and the day that is day 1 of it."""

    person_id: Annotated[UUID, Ref("Person")]
    learning_path_id: Annotated[UUID, Ref("LearningPath")]
    starts_on: date


@permission("LearningPlan", "create")
async def make_learning_plan(work: Work, command: MakeLearningPlan) -> LearningPlan:
    """Make a plan: mandatory courses are enrolled in at once, electives when they are chosen."""
    person = await work.get(Person, command.person_id, at=("personId",))
    await work.permit("create LearningPlan", person)
    path = await work.get(LearningPath, command.learning_path_id, at=("learningPathId",))
    check_in_training(person)
    version = await _in_force(work, path)
    stages = await work.rows(
        PathStage, PathStage.version_id == version.id, order_by=(PathStage.position,)
    )
    plan = LearningPlan(
        tenant_id=person.tenant_id,
        person_id=person.id,
        path_version_id=version.id,
        starts_on=command.starts_on,
        due_on=_day(command.starts_on, max(stage.to_day for stage in stages)),
    )
    await work.add(plan, taken=PlanExists())
    await _fill(work, person, plan, stages)
    work.record(LearningPlanMade(learning_plan_id=plan.id, person_id=person.id))
    return plan


async def _in_force(work: Work, path: LearningPath) -> LearningPathVersion:
    found = await work.row(
        LearningPathVersion,
        LearningPathVersion.path_id == path.id,
        LearningPathVersion.status == VersionStatus.PUBLISHED,
    )
    if found is None:
        raise PathNotInForce
    return found


async def _fill(work: Work, person: Person, plan: LearningPlan, stages: list[PathStage]) -> None:
    tenant = await work.row(Tenant, Tenant.id == person.tenant_id)
    least = None if tenant is None else await pass_mark_at(work, tenant)
    position = 0
    for stage in stages:
        items = await work.rows(
            PathItem, PathItem.stage_id == stage.id, order_by=(PathItem.position,)
        )
        for item in items:
            position += 1
            await _add_item(work, person, plan, stage, item, position, least)


async def _add_item(
    work: Work,
    person: Person,
    plan: LearningPlan,
    stage: PathStage,
    item: PathItem,
    position: int,
    least: Decimal | None,
) -> None:
    mandatory = item.requirement is Requirement.MANDATORY
    mark = strictest(item.pass_mark, least if mandatory and item.course_id else None)
    due = _day(plan.starts_on, stage.to_day)
    version_id, enrolment = None, None
    if item.course_id is not None:
        version = await taught_edition(work, item.course_id)
        version_id = version.id
        enrolment = await standing_enrolment(work, person, version)
        if enrolment is None and mandatory:
            enrolment = await put_on(
                work, person, version, origin=EnrolmentOrigin.PLAN, due_on=due, pass_mark=mark
            )
    planned = PlanItem(
        tenant_id=plan.tenant_id,
        person_id=person.id,
        plan_id=plan.id,
        stage_id=stage.id,
        position=position,
        requirement=item.requirement,
        course_version_id=version_id,
        activity_id=item.activity_id,
        enrolment_id=enrolment.id if enrolment else None,
        due_on=due,
        pass_mark=mark,
        reason_code=REASONS[item.requirement],
    )
    await work.add(planned)
    await _take_up(work, enrolment)


async def _take_up(work: Work, enrolment: Enrolment | None) -> None:
    """What was done on the course before the plan counts in it."""
    if enrolment is not None and enrolment.last_activity_at is not None:
        await follow(work, enrolment)


def _day(starts_on: date, day: int) -> date:
    return starts_on + timedelta(days=day - 1)
