"""Hand a draft in for review, after a check of its time against its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.editions import VersionStatus
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .curriculum import check_time
from .editions import blocks_of, require_draft
from .events import CourseVersionSubmitted
from .models import CourseVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCourseVersion:
    """The edition to be reviewed."""

    course_version_id: Annotated[UUID, Ref("CourseVersion")]
    expected_version: int


@permission("CourseVersion", "write")
async def submit_course_version(work: Work, command: SubmitCourseVersion) -> CourseVersion:
    """Hand a draft in: it has blocks, and they fit into its hours."""
    version = await work.get(
        CourseVersion,
        command.course_version_id,
        to="write CourseVersion",
        expected=command.expected_version,
        at=("courseVersionId",),
    )
    require_draft(version.status)
    check_time(version.hours, await blocks_of(work, version.id))
    version.status = VersionStatus.IN_REVIEW
    version.return_reason = None
    work.record(CourseVersionSubmitted(course_version_id=version.id))
    return version
