"""Release a reviewed edition: it is taught from now on, and the former one no longer offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .curriculum import check_forms
from .editions import blocks_of, published_edition, require_review
from .events import CourseVersionPublished
from .models import Course, CourseVersion


class OwnWorkNotApproved(Refusal):
    """Who has written an edition does not release it: four eyes see more than two."""

    en = "You have written on this edition yourself. Have a colleague release it."
    zh = "您参与了该版本的编写,请由其他同事审核发布。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishCourseVersion:
    """The edition to be released."""

    course_version_id: Annotated[UUID, Ref("CourseVersion")]
    expected_version: int


@permission("CourseVersion", "write")
async def publish_course_version(work: Work, command: PublishCourseVersion) -> CourseVersion:
    """Release an edition that someone else has written; it never changes again."""
    version = await work.get(
        CourseVersion,
        command.course_version_id,
        to="write CourseVersion",
        expected=command.expected_version,
        at=("courseVersionId",),
    )
    require_review(version.status)
    if work.actor.principal_id in {version.drafted_by, *version.revised_by}:
        raise OwnWorkNotApproved
    # Editions of one course are released one after the other: whoever comes second waits here,
    # and then finds the first as the former one.
    [course] = await work.hold(Course, Course.id == version.course_id)
    check_forms(course.family, {block.kind for block in await blocks_of(work, version.id)})
    former = await _step_back(work, course)
    version.status = VersionStatus.PUBLISHED
    version.published_at = work.now
    work.record(
        CourseVersionPublished(course_version_id=version.id, course_id=course.id, former_id=former)
    )
    return version


async def _step_back(work: Work, course: Course) -> UUID | None:
    former = await published_edition(work, course.id)
    if former is None:
        return None
    former.status = VersionStatus.DEPRECATED
    await work.flush()  # at no instant are there two published ones
    return former.id
