"""What the small group teaches and asks for: courses, competency models and paths, in editions."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from api.demo.peopling import lay
from domain.competencies.models import (
    Comparator,
    Competency,
    CompetencyModel,
    CompetencyModelVersion,
    EvidenceKind,
    Indicator,
    RoleTarget,
    ScaleLevel,
)
from domain.content.models import (
    Block,
    BlockKind,
    Course,
    CourseCompetency,
    CourseFamily,
    CourseVersion,
)
from domain.kernel.editions import VersionStatus
from domain.kernel.work import Work
from domain.learning.models import (
    Activity,
    ActivityKind,
    LearningPath,
    LearningPathVersion,
    PathItem,
    PathStage,
    Requirement,
)
from tests.oracle.chance import Chance

EDITIONS = (
    (),
    (VersionStatus.DRAFT,),
    (VersionStatus.PUBLISHED,),
    (VersionStatus.DEPRECATED, VersionStatus.PUBLISHED, VersionStatus.IN_REVIEW),
    (VersionStatus.RETIRED, VersionStatus.DEPRECATED),
)
"""How far the editions of a series have come: none yet, none in force, one, several."""

AT = ("head", "north", "east", "west")


@dataclass(slots=True)
class Taught:
    """What people can be sent to."""

    versions: list[CourseVersion] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    path_versions: list[LearningPathVersion] = field(default_factory=list)
    competencies: list[Competency] = field(default_factory=list)


async def furnish_content(
    work: Work, chance: Chance, tenants: dict[str, UUID], roles: list[UUID]
) -> Taught:
    """Lay all that is taught; what refers to something else may refer across tenants."""
    taught = Taught()
    for number, at in enumerate(("head", "east", "north")):
        _model(work, chance, taught, tenants[at], EDITIONS[3 - number], number, roles)
    for number in range(7):
        _course(work, chance, taught, tenants[chance.choice(AT)], number)
    for number in range(8):
        kind = list(ActivityKind)[number % len(ActivityKind)]
        activity = Activity(
            tenant_id=tenants[AT[number % len(AT)]],
            kind=kind,
            code=f"act-{number}",
            title=chance.words(),
        )
        lay(work, activity)
        taught.activities.append(activity)
    for number, at in enumerate(("head", "east", "west")):
        _path(work, chance, taught, tenants[at], EDITIONS[3 - number], number)
    await work.flush()
    return taught


def _model(
    work: Work,
    chance: Chance,
    taught: Taught,
    tenant: UUID,
    editions: tuple[VersionStatus, ...],
    number: int,
    roles: list[UUID],
) -> None:
    model = CompetencyModel(tenant_id=tenant, code=f"model-{number}", name=chance.words())
    lay(work, model)
    for edition, status in enumerate(editions, start=1):
        version = CompetencyModelVersion(
            tenant_id=tenant, model_id=model.id, number=edition, status=status,
            published_at=chance.instant(none=0.5),
        )  # fmt: skip
        lay(work, version)
        for position in (1, 2):
            competency = _competency(work, chance, version, position)
            taught.competencies.append(competency)
            for role in chance.sample(roles, chance.randint(0, len(roles))):
                target = RoleTarget(
                    tenant_id=tenant, version_id=version.id, job_role_id=role,
                    competency_id=competency.id, level=chance.randint(1, 3),
                    mandatory=chance.likely(0.5),
                )  # fmt: skip
                lay(work, target)


def _competency(
    work: Work, chance: Chance, version: CompetencyModelVersion, position: int
) -> Competency:
    competency = Competency(
        tenant_id=version.tenant_id,
        version_id=version.id,
        position=chance.some(1, position),
        code=f"c{position}",
        name=chance.words(),
        definition=chance.words(),
    )
    lay(work, competency)
    for level in range(1, chance.randint(2, 4)):
        cut = Decimal(level - 1) * 40
        lay(work, _level(competency, level, chance.words(), cut))
    for number in range(chance.randint(0, 2)):
        lay(work, _indicator(chance, competency, number))
    return competency


def _level(competency: Competency, level: int, name: str | None, cut: Decimal) -> ScaleLevel:
    return ScaleLevel(
        tenant_id=competency.tenant_id,
        competency_id=competency.id,
        level=level,
        name=name,
        cut_point=cut,
    )


def _indicator(chance: Chance, competency: Competency, number: int) -> Indicator:
    return Indicator(
        tenant_id=competency.tenant_id,
        competency_id=competency.id,
        position=1,
        code=f"i{number}",
        statement=chance.words(),
        weight=Decimal("0.50"),
        source=chance.words(),
        evidence=chance.choice(list(EvidenceKind)),
        comparator=chance.choice(list(Comparator)),
        threshold=chance.amount(),
        unit="分",
    )


def _course(work: Work, chance: Chance, taught: Taught, tenant: UUID, number: int) -> None:
    course = Course(
        tenant_id=tenant,
        code=f"course-{number}",
        title=chance.words(),
        family=list(CourseFamily)[number % len(CourseFamily)],
    )
    lay(work, course)
    for edition, status in enumerate(EDITIONS[number % len(EDITIONS)], start=1):
        version = CourseVersion(
            tenant_id=tenant,
            course_id=course.id,
            number=edition,
            status=status,
            hours=chance.amount(),
            change_note=chance.words(none=0.4),
            return_reason=chance.words(none=0.6),
            published_at=chance.instant(none=0.3),
            drafted_by=work.actor.principal_id,
        )
        lay(work, version)
        taught.versions.append(version)
        for position, kind in enumerate(chance.sample(list(BlockKind), chance.randint(0, 6))):
            lay(work, _block(chance, version, position, kind))
        for competency in chance.sample(taught.competencies, chance.randint(0, 3)):
            link = CourseCompetency(
                tenant_id=tenant, version_id=version.id, competency_id=competency.id
            )
            lay(work, link)


def _block(chance: Chance, version: CourseVersion, position: int, kind: BlockKind) -> Block:
    return Block(
        tenant_id=version.tenant_id,
        version_id=version.id,
        position=position,
        kind=kind,
        title=chance.words(),
        minutes=chance.randint(1, 9),
        body=chance.words(),
        task=chance.words(none=0.5),
        media=chance.words(none=0.5),
        item_count=chance.some(5, 10, none=0.5),
        pass_mark=chance.amount(none=0.5),
    )


def _path(
    work: Work,
    chance: Chance,
    taught: Taught,
    tenant: UUID,
    editions: tuple[VersionStatus, ...],
    number: int,
) -> None:
    path = LearningPath(tenant_id=tenant, code=f"path-{number}", title=chance.words())
    lay(work, path)
    for edition, status in enumerate(editions, start=1):
        version = LearningPathVersion(
            tenant_id=tenant, path_id=path.id, number=edition, status=status
        )
        lay(work, version)
        taught.path_versions.append(version)
        for position in range(chance.randint(0, 3)):
            stage = PathStage(
                tenant_id=tenant, version_id=version.id, position=position,
                title=chance.words(), from_day=position * 7 + 1, to_day=position * 7 + 7,
                elective_quota=chance.randint(0, 2),
            )  # fmt: skip
            lay(work, stage)
            for place in range(chance.randint(0, 4)):
                lay(work, _item(chance, taught, stage, place))


def _item(chance: Chance, taught: Taught, stage: PathStage, position: int) -> PathItem:
    course = chance.choice(taught.versions).course_id if chance.likely(0.5) else None
    return PathItem(
        tenant_id=stage.tenant_id,
        stage_id=stage.id,
        position=position,
        requirement=chance.choice(list(Requirement)),
        pass_mark=chance.amount(none=0.4),
        course_id=course,
        activity_id=None if course else chance.choice(taught.activities).id,
    )
