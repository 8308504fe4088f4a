"""What a job role must be able to do, made measurable (capabilities C17 to C19)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.editions import VersionStatus, one_published
from domain.kernel.entity import GroupEntity, refers
from domain.privacy.classification import PUBLIC
from domain.privacy.types import Amount, Code, Prose, Title

WRITTEN_BY_HAND = "a group has a handful of models, each edition written by hand"


class EvidenceKind(Enum):
    """What an indicator is measured by."""

    TEST_SCORE = "TEST_SCORE"
    DRILL_SCORE = "DRILL_SCORE"
    SUPERVISOR_RATING = "SUPERVISOR_RATING"
    PERFORMANCE_FIGURE = "PERFORMANCE_FIGURE"


class Comparator(Enum):
    """How a measured figure is held against its threshold."""

    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    BELOW = "BELOW"
    ABOVE = "ABOVE"


class CompetencyModel(GroupEntity, kw_only=True, repr=False):
    """What the people of a group must be able to do: a series of editions."""

    __tablename__ = "competency_model"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "code"),)

    code: Mapped[Code]
    name: Mapped[Title]


class CompetencyModelVersion(GroupEntity, kw_only=True, repr=False):
    """One edition of a model; published, it never changes."""

    __tablename__ = "competency_model_version"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (
        UniqueConstraint("group_id", "model_id", "number"),
        one_published("model_id"),
    )

    model_id: Mapped[UUID] = refers("competency_model", index=False)
    number: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class Competency(GroupEntity, kw_only=True, repr=False):
    """Something a person can be more or less able to do."""

    __tablename__ = "competency"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "version_id", "code"),)

    version_id: Mapped[UUID] = refers("competency_model_version")
    position: Mapped[int]
    code: Mapped[Code]
    name: Mapped[Title]
    definition: Mapped[Prose]


class ScaleLevel(GroupEntity, kw_only=True, repr=False):
    """One level of a competency's scale; `cut_point` (0 to 100) is its lowest score."""

    __tablename__ = "scale_level"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "competency_id", "level"),)

    competency_id: Mapped[UUID] = refers("competency", index=False)
    level: Mapped[int]
    name: Mapped[Title]
    cut_point: Mapped[Amount]


class Indicator(GroupEntity, kw_only=True, repr=False):
    """Behaviour that shows a competency, how it is measured, and who says so (C18, C19)."""

    __tablename__ = "indicator"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "competency_id", "code"),)

    competency_id: Mapped[UUID] = refers("competency", index=False)
    position: Mapped[int]
    code: Mapped[Code]
    statement: Mapped[Prose]
    weight: Mapped[Amount]
    source: Mapped[Prose]
    evidence: Mapped[EvidenceKind]
    comparator: Mapped[Comparator]
    threshold: Mapped[Amount]
    unit: Mapped[Code]


class RoleTarget(GroupEntity, kw_only=True, repr=False):
    """The level of a competency that a job role asks for."""

    __tablename__ = "role_target"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (
        UniqueConstraint("group_id", "version_id", "job_role_id", "competency_id"),
    )

    version_id: Mapped[UUID] = refers("competency_model_version", index=False)
    job_role_id: Mapped[UUID] = refers("job_role", index=False)
    competency_id: Mapped[UUID] = refers("competency", index=False)
    level: Mapped[int]
    mandatory: Mapped[bool]
