"""Begin a new edition of a course: hours, blocks, and from the second on what has changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from domain.competencies.models import Competency, CompetencyModelVersion
from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .blocks import BlockDraft, check_blocks
from .curriculum import check_hours
from .events import CourseVersionDrafted
from .models import Course, CourseCompetency, CourseVersion
from .write_blocks import write_blocks


class ChangeNoteMissing(Refusal):
    """Nobody could tell what an edition changes."""

    en = "Say in the change note what differs from the edition before."
    zh = "请在变更说明中写明与上一版本的差异。"
    path = ("changeNote",)


class CompetencyNotPublished(Refusal):
    """A course can only raise a competency of a model that is in force."""

    en = "Name competencies of a published model only."
    zh = "只能选择已发布能力模型中的能力项。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCourseVersion:
    """The whole edition. `hours` is planned learning time; `blocks` stand in their order."""

    course_id: Annotated[UUID, Ref("Course")]
    hours: Decimal
    change_note: str | None = None
    blocks: tuple[BlockDraft, ...] = ()
    competency_ids: tuple[Annotated[UUID, Ref("Competency")], ...] = ()


@permission("CourseVersion", "create")
async def draft_course_version(work: Work, command: DraftCourseVersion) -> CourseVersion:
    """Begin the next edition. The lock on the course makes numbers follow each other."""
    course = await work.get(Course, command.course_id, to="create CourseVersion", at=("courseId",))
    check_hours(command.hours)
    check_blocks(command.blocks)
    await _check_competencies(work, command.competency_ids)
    version = CourseVersion(
        tenant_id=course.tenant_id,
        course_id=course.id,
        number=await _next_number(work, course),
        hours=command.hours,
        change_note=(command.change_note or "").strip() or None,
        drafted_by=work.actor.principal_id,
    )
    if version.number > 1 and version.change_note is None:
        raise ChangeNoteMissing
    await work.add(version)
    await write_blocks(work, version, command.blocks)
    await _link_competencies(work, version, command.competency_ids)
    work.record(CourseVersionDrafted(course_version_id=version.id, course_id=course.id))
    return version


async def _next_number(work: Work, course: Course) -> int:
    editions = await work.rows(CourseVersion, CourseVersion.course_id == course.id)
    return max((edition.number for edition in editions), default=0) + 1


async def _check_competencies(work: Work, ids: tuple[UUID, ...]) -> None:
    if not ids:
        return
    competencies = await work.rows(Competency, Competency.id.in_(ids))
    models = await work.rows(
        CompetencyModelVersion,
        CompetencyModelVersion.id.in_({each.version_id for each in competencies}),
        CompetencyModelVersion.status == VersionStatus.PUBLISHED,
    )
    in_force = {model.id for model in models}
    known = {each.id for each in competencies if each.version_id in in_force}
    for index, competency_id in enumerate(ids):
        if competency_id not in known:
            raise CompetencyNotPublished(at=("competencyIds", str(index)))


async def _link_competencies(work: Work, version: CourseVersion, ids: tuple[UUID, ...]) -> None:
    await work.add(
        *(
            CourseCompetency(
                tenant_id=version.tenant_id, version_id=version.id, competency_id=competency_id
            )
            for competency_id in dict.fromkeys(ids)
        )
    )
