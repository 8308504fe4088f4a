"""Put an edition of a learning path into force: new plans are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.content.models import Course, CourseVersion
from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .events import LearningPathPublished
from .models import LearningPath, LearningPathVersion, PathItem, PathStage


class PathNotADraft(Refusal):
    """The edition has been in force before; it never changes again."""

    en = "Only a draft can be put into force; this edition is {status}. Draft a new one."
    zh = "只有草稿可以发布,该版本当前状态为 {status},请起草新版本。"


class CoursesNotTaught(Refusal):
    """A plan could not pin an edition of a course that has none."""

    en = "These courses have no published edition: {codes}. Publish them first."
    zh = "以下课程尚无已发布版本:{codes},请先发布。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishLearningPath:
    """The edition to be put into force."""

    learning_path_version_id: Annotated[UUID, Ref("LearningPathVersion")]
    expected_version: int


@permission("LearningPathVersion", "write")
async def publish_learning_path(work: Work, command: PublishLearningPath) -> LearningPathVersion:
    """Put an edition into force; plans that were made from a former one stay as they are."""
    version = await work.get(
        LearningPathVersion,
        command.learning_path_version_id,
        to="write LearningPathVersion",
        expected=command.expected_version,
        at=("learningPathVersionId",),
    )
    if version.status is not VersionStatus.DRAFT:
        raise PathNotADraft(status=version.status.value)
    await _check_taught(work, version)
    # Whoever comes second waits here, and then finds the first as the former edition.
    [path] = await work.hold(LearningPath, LearningPath.id == version.path_id)
    former = await _step_back(work, path)
    version.status = VersionStatus.PUBLISHED
    version.published_at = work.now
    work.record(
        LearningPathPublished(
            learning_path_version_id=version.id, learning_path_id=path.id, former_id=former
        )
    )
    return version


async def _check_taught(work: Work, version: LearningPathVersion) -> None:
    stages = await work.rows(PathStage, PathStage.version_id == version.id)
    items = await work.rows(PathItem, PathItem.stage_id.in_([stage.id for stage in stages]))
    asked = {item.course_id for item in items if item.course_id is not None}
    editions = await work.rows(
        CourseVersion,
        CourseVersion.course_id.in_(asked),
        CourseVersion.status == VersionStatus.PUBLISHED,
    )
    missing = asked - {edition.course_id for edition in editions}
    if missing:
        courses = await work.rows(Course, Course.id.in_(missing))
        raise CoursesNotTaught(codes=", ".join(sorted(course.code for course in courses)))


async def _step_back(work: Work, path: LearningPath) -> UUID | None:
    former = await work.row(
        LearningPathVersion,
        LearningPathVersion.path_id == path.id,
        LearningPathVersion.status == VersionStatus.PUBLISHED,
    )
    if former is None:
        return None
    former.status = VersionStatus.DEPRECATED
    await work.flush()  # at no instant are there two in force
    return former.id
