"""Take an edition out of use for good, once nobody is learning on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .events import CourseVersionRetired
from .models import CourseVersion


class NotReplacedYet(Refusal):
    """Only an edition that another one has replaced can be retired."""

    en = (
        "Only a replaced edition can be retired; this one is {status}. Publish its successor first."
    )
    zh = "只有已被替代的版本可以停用,该版本当前状态为 {status},请先发布新版本。"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireCourseVersion:
    """The edition to be retired."""

    course_version_id: Annotated[UUID, Ref("CourseVersion")]
    expected_version: int


@permission("CourseVersion", "write")
async def retire_course_version(work: Work, command: RetireCourseVersion) -> CourseVersion:
    """Retire a replaced edition. Who still needs it hears the event, and may refuse."""
    version = await work.get(
        CourseVersion,
        command.course_version_id,
        to="write CourseVersion",
        expected=command.expected_version,
        at=("courseVersionId",),
    )
    if version.status is not VersionStatus.DEPRECATED:
        raise NotReplacedYet(status=version.status.value)
    version.status = VersionStatus.RETIRED
    work.record(CourseVersionRetired(course_version_id=version.id))
    return version
