"""Put someone on the course that is taught now, apart from what their plan asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.content.marks import strictest
from domain.content.models import Course, CourseFamily
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.people.models import Person

from .enrolling import DueInThePast, check_in_training, put_on, taught_edition
from .follow import follow
from .models import Enrolment, EnrolmentOrigin, LearningPlan, PlanItem, PlanState
from .pass_marks import pass_mark_at

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Who, on which course, and by which day it should be completed."""

    person_id: Annotated[UUID, Ref("Person")]
    course_id: Annotated[UUID, Ref("Course")]
    due_on: date | None = None


@permission("Enrolment", "create")
async def enrol(work: Work, command: Enrol) -> Enrolment:
    """Enrol someone; an elective of their plan that is this course is bound to the enrolment."""
    person = await work.get(Person, command.person_id, at=("personId",))
    await work.permit("create Enrolment", person)
    course = await work.get(Course, command.course_id, at=("courseId",))
    check_in_training(person)
    if command.due_on is not None and command.due_on < work.today:
        raise DueInThePast
    version = await taught_edition(work, course.id)
    own = work.actor.person_id == person.id
    enrolment = await put_on(
        work,
        person,
        version,
        origin=EnrolmentOrigin.SELF if own else EnrolmentOrigin.PUSH,
        due_on=command.due_on,
        pass_mark=await _pass_mark(work, person, course),
    )
    await _bind(work, enrolment)
    return enrolment


async def _pass_mark(work: Work, person: Person, course: Course) -> Decimal | None:
    """A compliance course is passed at the mark in force wherever it comes from (C26)."""
    if course.family is not CourseFamily.COMPLIANCE:
        return None
    tenant = await work.row(Tenant, Tenant.id == person.tenant_id)
    return None if tenant is None else strictest(await pass_mark_at(work, tenant))


async def _bind(work: Work, enrolment: Enrolment) -> None:
    plans = await work.rows(
        LearningPlan,
        LearningPlan.person_id == enrolment.person_id,
        LearningPlan.state == PlanState.ACTIVE,
    )
    for item in await work.hold(
        PlanItem,
        PlanItem.plan_id.in_([plan.id for plan in plans]),
        PlanItem.course_version_id == enrolment.course_version_id,
        PlanItem.enrolment_id.is_(None),
    ):
        item.enrolment_id = enrolment.id
    await work.flush()
    await follow(work, enrolment)
