"""Putting a person on an edition of a course: once, unless they were taken off it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from domain.content.models import CourseVersion
from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.people.models import Person, Stage

from .events import Enrolled
from .models import Enrolment, EnrolmentOrigin, EnrolmentState

if TYPE_CHECKING:
    from domain.kernel.work import Work

TAKEN_OFF = frozenset({EnrolmentState.WITHDRAWN, EnrolmentState.TRANSFERRED})
IN_TRAINING = frozenset({Stage.IN_TRAINING, Stage.ON_FLOOR_MENTORED, Stage.INDEPENDENT})


class AlreadyEnrolled(Refusal):
    """The person is on this edition."""

    en = "This person is already on this edition of the course. See their enrolment."
    zh = "该人员已选修此课程的当前版本,请查看其选课记录。"
    path = ("courseId",)


class CourseNotTaught(Refusal):
    """The course has no edition that is taught now."""

    en = "This course has no published edition. Publish one first."
    zh = "该课程尚无已发布版本,请先发布。"
    path = ("courseId",)


class NotInTraining(Refusal):
    """Candidates, those who have yet to come, and leavers are not trained."""

    en = "This person is {stage}. Training is for those who have started and not left."
    zh = "该人员当前阶段为 {stage},仅可为已入职且未离职的人员安排培训。"
    path = ("personId",)


class DueInThePast(Refusal):
    """Nobody can be done by a day that is over."""

    en = "The day by which it is due is over. Give today or a later day."
    zh = "截止日期已过,请选择今天或之后的日期。"
    path = ("dueOn",)


def check_in_training(person: Person) -> None:
    """Refuse to train who is not here."""
    if person.stage not in IN_TRAINING:
        raise NotInTraining(stage=person.stage.value)


async def taught_edition(work: Work, course_id: UUID) -> CourseVersion:
    """Find the edition of a course that is taught now."""
    found = await work.row(
        CourseVersion,
        CourseVersion.course_id == course_id,
        CourseVersion.status == VersionStatus.PUBLISHED,
    )
    if found is None:
        raise CourseNotTaught
    return found


async def standing_enrolment(
    work: Work, person: Person, version: CourseVersion
) -> Enrolment | None:
    """Find the enrolment of a person on an edition, unless they were taken off it."""
    return await work.row(
        Enrolment,
        Enrolment.person_id == person.id,
        Enrolment.course_version_id == version.id,
        Enrolment.state.not_in(TAKEN_OFF),
    )


async def put_on(
    work: Work,
    person: Person,
    version: CourseVersion,
    *,
    origin: EnrolmentOrigin,
    due_on: date | None,
    pass_mark: Decimal | None,
) -> Enrolment:
    """Put a person on an edition; who is on it already is refused, also at the same instant."""
    enrolment = Enrolment(
        tenant_id=person.tenant_id,
        person_id=person.id,
        course_version_id=version.id,
        origin=origin,
        due_on=due_on,
        pass_mark=pass_mark,
    )
    await work.add(enrolment, taken=AlreadyEnrolled())
    work.record(Enrolled(enrolment_id=enrolment.id, person_id=person.id))
    return enrolment
