"""What has happened to competency models."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyModelCreated(Event):
    """There is a new model; it has no edition yet."""

    competency_model_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyModelDrafted(Event):
    """Someone wrote an edition."""

    competency_model_version_id: UUID
    competency_model_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyModelPublished(Event):
    """An edition is in force; `former_id` is the one that it replaces."""

    competency_model_version_id: UUID
    competency_model_id: UUID
    former_id: UUID | None
