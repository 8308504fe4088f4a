"""Put an edition of a competency model into force; the former one steps back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .events import CompetencyModelPublished
from .models import CompetencyModel, CompetencyModelVersion


class CompetencyModelNotADraft(Refusal):
    """The edition has been in force before; it never changes again."""

    en = "Only a draft can be put into force; this edition is {status}. Draft a new one."
    zh = "只有草稿可以发布,该版本当前状态为 {status},请起草新版本。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishCompetencyModel:
    """The edition to be put into force."""

    competency_model_version_id: Annotated[UUID, Ref("CompetencyModelVersion")]
    expected_version: int


@permission("CompetencyModelVersion", "write")
async def publish_competency_model(
    work: Work, command: PublishCompetencyModel
) -> CompetencyModelVersion:
    """Put an edition into force. It was complete when it was drafted, and never changes again."""
    version = await work.get(
        CompetencyModelVersion,
        command.competency_model_version_id,
        to="write CompetencyModelVersion",
        expected=command.expected_version,
        at=("competencyModelVersionId",),
    )
    if version.status is not VersionStatus.DRAFT:
        raise CompetencyModelNotADraft(status=version.status.value)
    # Whoever comes second waits here, and then finds the first as the former edition.
    [model] = await work.hold(CompetencyModel, CompetencyModel.id == version.model_id)
    former = await _step_back(work, model)
    version.status = VersionStatus.PUBLISHED
    version.published_at = work.now
    work.record(
        CompetencyModelPublished(
            competency_model_version_id=version.id, competency_model_id=model.id, former_id=former
        )
    )
    return version


async def _step_back(work: Work, model: CompetencyModel) -> UUID | None:
    former = await work.row(
        CompetencyModelVersion,
        CompetencyModelVersion.model_id == model.id,
        CompetencyModelVersion.status == VersionStatus.PUBLISHED,
    )
    if former is None:
        return None
    former.status = VersionStatus.DEPRECATED
    await work.flush()  # at no instant are there two in force
    return former.id
