"""Give an edition in review back to its authors, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .editions import require_review
from .events import CourseVersionReturned
from .models import CourseVersion


class ReturnReasonMissing(Refusal):
    """Authors cannot mend what nobody names."""

    en = "Say what has to change before the edition can be released."
    zh = "请说明发布前需要修改的内容。"
    path = ("reason",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCourseVersion:
    """The edition, and what its authors have to change."""

    course_version_id: Annotated[UUID, Ref("CourseVersion")]
    expected_version: int
    reason: str


@permission("CourseVersion", "write")
async def return_course_version(work: Work, command: ReturnCourseVersion) -> CourseVersion:
    """Make an edition a draft again; the reason stays with it until it is submitted anew."""
    version = await work.get(
        CourseVersion,
        command.course_version_id,
        to="write CourseVersion",
        expected=command.expected_version,
        at=("courseVersionId",),
    )
    require_review(version.status)
    reason = command.reason.strip()
    if not reason:
        raise ReturnReasonMissing
    version.status = VersionStatus.DRAFT
    version.return_reason = reason
    work.record(CourseVersionReturned(course_version_id=version.id))
    return version
