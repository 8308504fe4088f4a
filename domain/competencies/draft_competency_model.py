"""Write the next edition of a competency model, whole: competencies, measures and role targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import NotFound
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work
from domain.organisation.models import JobRole

from .drafts import (
    CompetencyDraft,
    IndicatorDraft,
    RoleTargetDraft,
    check_competencies,
    check_targets,
)
from .events import CompetencyModelDrafted
from .models import (
    Competency,
    CompetencyModel,
    CompetencyModelVersion,
    Indicator,
    RoleTarget,
    ScaleLevel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCompetencyModel:
    """The whole edition; an edition that is to be changed is written anew."""

    competency_model_id: Annotated[UUID, Ref("CompetencyModel")]
    competencies: tuple[CompetencyDraft, ...]
    role_targets: tuple[RoleTargetDraft, ...] = ()


@permission("CompetencyModelVersion", "create")
async def draft_competency_model(
    work: Work, command: DraftCompetencyModel
) -> CompetencyModelVersion:
    """Write the next edition. The lock on the model makes numbers follow each other."""
    model = await work.get(
        CompetencyModel,
        command.competency_model_id,
        to="create CompetencyModelVersion",
        at=("competencyModelId",),
    )
    check_competencies(command.competencies)
    check_targets(command.role_targets, command.competencies)
    await _check_job_roles(work, command.role_targets)
    version = CompetencyModelVersion(
        tenant_id=model.tenant_id, model_id=model.id, number=await _next_number(work, model)
    )
    await work.add(version)
    written = await _write_competencies(work, version, command.competencies)
    await _write_targets(work, version, command.role_targets, written)
    work.record(
        CompetencyModelDrafted(competency_model_version_id=version.id, competency_model_id=model.id)
    )
    return version


async def _next_number(work: Work, model: CompetencyModel) -> int:
    editions = await work.rows(CompetencyModelVersion, CompetencyModelVersion.model_id == model.id)
    return max((edition.number for edition in editions), default=0) + 1


async def _check_job_roles(work: Work, targets: tuple[RoleTargetDraft, ...]) -> None:
    named = {target.job_role_id for target in targets}
    known = {role.id for role in await work.rows(JobRole, JobRole.id.in_(named))}
    for index, target in enumerate(targets):
        if target.job_role_id not in known:
            raise NotFound(at=("roleTargets", str(index), "jobRoleId"))


async def _write_competencies(
    work: Work, version: CompetencyModelVersion, drafts: tuple[CompetencyDraft, ...]
) -> Mapping[str, Competency]:
    written = {}
    for position, draft in enumerate(drafts, start=1):
        competency = Competency(
            tenant_id=version.tenant_id,
            version_id=version.id,
            position=position,
            code=draft.code.strip(),
            name=draft.name.strip(),
            definition=draft.definition.strip(),
        )
        await work.add(competency)
        await work.add(*_levels(competency, draft), *_indicators(competency, draft.indicators))
        written[competency.code] = competency
    return written


def _levels(competency: Competency, draft: CompetencyDraft) -> list[ScaleLevel]:
    return [
        ScaleLevel(
            tenant_id=competency.tenant_id,
            competency_id=competency.id,
            level=level,
            name=one.name.strip(),
            cut_point=one.cut_point,
        )
        for level, one in enumerate(draft.levels, start=1)
    ]


def _indicators(competency: Competency, drafts: tuple[IndicatorDraft, ...]) -> list[Indicator]:
    return [
        Indicator(
            tenant_id=competency.tenant_id,
            competency_id=competency.id,
            position=position,
            code=draft.code.strip(),
            statement=draft.statement.strip(),
            weight=draft.weight,
            source=draft.source.strip(),
            evidence=draft.measure.evidence,
            comparator=draft.measure.comparator,
            threshold=draft.measure.threshold,
            unit=draft.measure.unit.strip(),
        )
        for position, draft in enumerate(drafts, start=1)
        if draft.measure is not None and draft.source is not None
    ]


async def _write_targets(
    work: Work,
    version: CompetencyModelVersion,
    targets: tuple[RoleTargetDraft, ...],
    written: Mapping[str, Competency],
) -> None:
    await work.add(
        *(
            RoleTarget(
                tenant_id=version.tenant_id,
                version_id=version.id,
                job_role_id=target.job_role_id,
                competency_id=written[target.competency].id,
                level=target.level,
                mandatory=target.mandatory,
            )
            for target in targets
        )
    )
