"""The made-up group is founded by the use cases that everybody uses: tenants, model, courses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.access.open_group import OpenGroup, open_group
from domain.competencies.create_competency_model import (
    CreateCompetencyModel,
    create_competency_model,
)
from domain.competencies.draft_competency_model import DraftCompetencyModel, draft_competency_model
from domain.competencies.drafts import (
    CompetencyDraft,
    IndicatorDraft,
    LevelDraft,
    MeasureDraft,
    RoleTargetDraft,
)
from domain.competencies.models import Competency
from domain.competencies.publish_competency_model import (
    PublishCompetencyModel,
    publish_competency_model,
)
from domain.content.create_course import CreateCourse, create_course
from domain.content.draft_course_version import DraftCourseVersion, draft_course_version
from domain.content.models import Course, CourseVersion
from domain.content.publish_course_version import PublishCourseVersion, publish_course_version
from domain.content.submit_course_version import SubmitCourseVersion, submit_course_version
from domain.learning.create_activity import CreateActivity, create_activity
from domain.learning.create_learning_path import CreateLearningPath, create_learning_path
from domain.learning.draft_learning_path import DraftLearningPath, draft_learning_path
from domain.learning.models import LearningPathVersion, Requirement
from domain.learning.publish_learning_path import PublishLearningPath, publish_learning_path
from domain.learning.stages import PathItemDraft, PathStageDraft
from domain.organisation.define_job_role import DefineJobRole, define_job_role
from domain.organisation.open_tenant import OpenTenant, open_tenant

from .curriculum import Phase, model, programmes, pursuits
from .library import Edition, editions
from .world import PLACES

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring

FOUNDED: Final = 190  # days ago
SECOND_EDITIONS: Final = 120
AUTHOR, RELEASER = UUID(int=1), UUID(int=2)
"""Who wrote and who released the courses of the first day: nobody releases their own."""


@dataclass(slots=True)
class Founded:
    """What the group stands on, by code."""

    now: datetime
    tenants: dict[str, UUID] = field(default_factory=dict)
    roles: dict[str, UUID] = field(default_factory=dict)
    competencies: dict[str, UUID] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    versions: dict[tuple[str, int], CourseVersion] = field(default_factory=dict)
    activities: dict[str, UUID] = field(default_factory=dict)
    paths: dict[str, LearningPathVersion] = field(default_factory=dict)

    def ago(self, days: float) -> datetime:
        """So many days before the group is loaded."""
        return self.now - timedelta(days=days)


@contextmanager
def acting(work: Work, *, at: datetime, by: UUID | None = None) -> Iterator[None]:
    """Let the work happen at another instant, and by another hand of the installation."""
    now, actor = work.now, work.actor
    work.now = at
    work.actor = actor if by is None else replace(actor, principal_id=by)
    try:
        yield
    finally:
        work.now, work.actor = now, actor


async def found(work: Work, keyring: Keyring) -> Founded:
    """Found the group, its tree, what its people must be able to do, and what they are taught."""
    group = Founded(work.now)
    with acting(work, at=group.ago(FOUNDED)):
        await _tree(work, group, keyring)
        await _model(work, group)
        await _pursuits(work, group)
    for edition in editions():
        ago = FOUNDED if edition.number == 1 else SECOND_EDITIONS
        await _course(work, group, edition, group.ago(ago))
    with acting(work, at=group.ago(FOUNDED)):
        await _paths(work, group)
    return group


async def _tree(work: Work, group: Founded, keyring: Keyring) -> None:
    for place in PLACES:
        if place.parent is None:
            opened = await open_group(
                work, OpenGroup(code=place.code, name=place.name), keyring=keyring
            )
        else:
            command = OpenTenant(
                parent_id=group.tenants[place.parent],
                kind=place.kind,
                code=place.code,
                name=place.name,
            )
            opened = await open_tenant(work, command)
        group.tenants[place.code] = opened.id


async def _model(work: Work, group: Founded) -> None:
    told, root = model(), group.tenants["hq"]
    for role in told.roles:
        defined = await define_job_role(
            work, DefineJobRole(tenant_id=root, code=role.code, title=role.title)
        )
        group.roles[role.code] = defined.id
    series = await create_competency_model(
        work, CreateCompetencyModel(tenant_id=root, code=told.code, name=told.name)
    )
    drafted = await draft_competency_model(
        work,
        DraftCompetencyModel(
            competency_model_id=series.id,
            competencies=tuple(_competencies()),
            role_targets=tuple(_targets(group.roles)),
        ),
    )
    await publish_competency_model(
        work,
        PublishCompetencyModel(
            competency_model_version_id=drafted.id, expected_version=drafted.row_version
        ),
    )
    rows = await work.rows(Competency, Competency.version_id == drafted.id)
    group.competencies = {row.code: row.id for row in rows}


def _competencies() -> Iterator[CompetencyDraft]:
    for ability in model().abilities:
        yield CompetencyDraft(
            code=ability.code,
            name=ability.name,
            definition=ability.definition,
            levels=tuple(LevelDraft(name=name, cut_point=cut) for _, name, cut in ability.levels),
            indicators=tuple(
                IndicatorDraft(
                    code=sign.code,
                    statement=sign.statement,
                    weight=sign.weight,
                    measure=MeasureDraft(
                        evidence=sign.evidence,
                        comparator=sign.comparator,
                        threshold=sign.threshold,
                        unit=sign.unit,
                    ),
                    source=sign.source,
                )
                for sign in ability.signs
            ),
        )


def _targets(roles: Mapping[str, UUID]) -> Iterator[RoleTargetDraft]:
    for role in model().roles:
        for competency, level in role.targets.items():
            yield RoleTargetDraft(
                job_role_id=roles[role.code],
                competency=competency,
                level=level,
                mandatory=competency in role.mandatory,
            )


async def _pursuits(work: Work, group: Founded) -> None:
    for told in pursuits():
        made = await create_activity(
            work,
            CreateActivity(
                tenant_id=group.tenants["hq"], kind=told.kind, code=told.code, title=told.title
            ),
        )
        group.activities[told.code] = made.id


async def _course(work: Work, group: Founded, told: Edition, at: datetime) -> None:
    with acting(work, at=at, by=AUTHOR):
        if told.code not in group.courses:
            group.courses[told.code] = await create_course(
                work,
                CreateCourse(
                    tenant_id=group.tenants["hq"],
                    code=told.code,
                    title=told.title,
                    family=told.family,
                ),
            )
        version = await draft_course_version(
            work,
            DraftCourseVersion(
                course_id=group.courses[told.code].id,
                hours=told.hours,
                change_note=told.change_note,
                blocks=told.blocks,
                competency_ids=tuple(group.competencies[code] for code in told.competencies),
            ),
        )
        version = await submit_course_version(
            work,
            SubmitCourseVersion(course_version_id=version.id, expected_version=version.row_version),
        )
        await work.flush()
    with acting(work, at=at + timedelta(hours=3), by=RELEASER):
        group.versions[told.code, told.number] = await publish_course_version(
            work,
            PublishCourseVersion(
                course_version_id=version.id, expected_version=version.row_version
            ),
        )
        await work.flush()


async def _paths(work: Work, group: Founded) -> None:
    for told in programmes():
        series = await create_learning_path(
            work,
            CreateLearningPath(tenant_id=group.tenants["hq"], code=told.code, title=told.title),
        )
        drafted = await draft_learning_path(
            work,
            DraftLearningPath(
                learning_path_id=series.id,
                stages=tuple(_stage(group, phase) for phase in told.phases),
            ),
        )
        group.paths[told.code] = await publish_learning_path(
            work,
            PublishLearningPath(
                learning_path_version_id=drafted.id, expected_version=drafted.row_version
            ),
        )
        await work.flush()


def _stage(group: Founded, told: Phase) -> PathStageDraft:
    return PathStageDraft(
        title=told.title,
        from_day=told.from_day,
        to_day=told.to_day,
        elective_quota=told.quota,
        items=tuple(
            PathItemDraft(
                requirement=Requirement.ELECTIVE if step.elective else Requirement.MANDATORY,
                activity_id=group.courses[step.course].id
                if step.course
                else group.activities[step.activity or ""],
                pass_mark=step.pass_mark,
            )
            for step in told.steps
        ),
    )
