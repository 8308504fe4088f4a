"""Write the next edition of a learning path, whole: stages of time and what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.content.models import Course
from domain.kernel.errors import NotFound
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work
from domain.organisation.models import Tenant

from .events import LearningPathDrafted
from .models import Activity, LearningPath, LearningPathVersion, PathItem, PathStage
from .pass_marks import pass_mark_at
from .stages import PathItemDraft, PathStageDraft, check_stages


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLearningPath:
    """The whole edition; an edition that is to be changed is written anew."""

    learning_path_id: Annotated[UUID, Ref("LearningPath")]
    stages: tuple[PathStageDraft, ...]


@permission("LearningPathVersion", "create")
async def draft_learning_path(work: Work, command: DraftLearningPath) -> LearningPathVersion:
    """Write the next edition. The lock on the path makes numbers follow each other."""
    path = await work.get(
        LearningPath,
        command.learning_path_id,
        to="create LearningPathVersion",
        at=("learningPathId",),
    )
    tenant = await work.get(Tenant, path.tenant_id)
    check_stages(command.stages, least=await pass_mark_at(work, tenant))
    courses = await _courses(work, command.stages)
    version = LearningPathVersion(
        tenant_id=path.tenant_id, path_id=path.id, number=await _next_number(work, path)
    )
    await work.add(version)
    for position, stage in enumerate(command.stages, start=1):
        await _write_stage(work, version, position, stage, courses)
    work.record(LearningPathDrafted(learning_path_version_id=version.id, learning_path_id=path.id))
    return version


async def _next_number(work: Work, path: LearningPath) -> int:
    editions = await work.rows(LearningPathVersion, LearningPathVersion.path_id == path.id)
    return max((edition.number for edition in editions), default=0) + 1


async def _courses(work: Work, stages: tuple[PathStageDraft, ...]) -> set[UUID]:
    """Say which of the activities are courses; what is neither that nor another is not found."""
    named = {item.activity_id for stage in stages for item in stage.items}
    courses = {row.id for row in await work.rows(Course, Course.id.in_(named))}
    others = {row.id for row in await work.rows(Activity, Activity.id.in_(named))}
    for index, stage in enumerate(stages):
        for number, item in enumerate(stage.items):
            if item.activity_id not in courses | others:
                raise NotFound(at=("stages", str(index), "items", str(number), "activityId"))
    return courses


async def _write_stage(
    work: Work,
    version: LearningPathVersion,
    position: int,
    draft: PathStageDraft,
    courses: set[UUID],
) -> None:
    stage = PathStage(
        tenant_id=version.tenant_id,
        version_id=version.id,
        position=position,
        title=draft.title.strip(),
        from_day=draft.from_day,
        to_day=draft.to_day,
        elective_quota=draft.elective_quota,
    )
    await work.add(stage)
    await work.add(
        *(_item(stage, place, item, courses) for place, item in enumerate(draft.items, start=1))
    )


def _item(stage: PathStage, position: int, draft: PathItemDraft, courses: set[UUID]) -> PathItem:
    is_course = draft.activity_id in courses
    return PathItem(
        tenant_id=stage.tenant_id,
        stage_id=stage.id,
        position=position,
        requirement=draft.requirement,
        pass_mark=draft.pass_mark,
        course_id=draft.activity_id if is_course else None,
        activity_id=None if is_course else draft.activity_id,
    )
