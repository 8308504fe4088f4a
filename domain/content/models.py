"""Courses, their editions, and the blocks they are made of (capabilities C11 to C14)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.editions import VersionStatus, one_published
from domain.kernel.entity import GroupEntity, refers
from domain.privacy.classification import PUBLIC
from domain.privacy.types import Amount, Code, Prose, Title

WRITTEN_BY_HAND = "a group has some hundreds of courses, each edition written by hand"


class CourseFamily(Enum):
    """What a course is for."""

    COMPLIANCE = "COMPLIANCE"
    CORE_ABILITY = "CORE_ABILITY"
    CULTURE = "CULTURE"
    ADVANCED = "ADVANCED"


class BlockKind(Enum):
    """The form of a block; changing it makes a new edition, so that its effect can be measured."""

    TEXT = "TEXT"
    VIDEO = "VIDEO"
    SIMULATION = "SIMULATION"
    ROLE_PLAY = "ROLE_PLAY"
    CASE = "CASE"
    TEST = "TEST"


class Course(GroupEntity, kw_only=True, repr=False):
    """Something to be learned: a series of editions."""

    __tablename__ = "course"
    holds = PUBLIC
    named_by: ClassVar[str | None] = "title"
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (
        UniqueConstraint("group_id", "code"),
        Index(None, "group_id", "sort_key", "id"),
    )

    code: Mapped[Code]
    title: Mapped[Title]
    sort_key: Mapped[Code] = mapped_column(init=False, default="")
    family: Mapped[CourseFamily]


class CourseVersion(GroupEntity, kw_only=True, repr=False):
    """One edition of a course; published, it never changes. `hours` is planned learning time.

    `revised_by` are those who worked on the draft besides `drafted_by`: none of them may release
    it. `return_reason` is why a reviewer last gave it back.
    """

    __tablename__ = "course_version"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (
        UniqueConstraint("group_id", "course_id", "number"),
        one_published("course_id"),
    )

    course_id: Mapped[UUID] = refers("course", index=False)
    number: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    hours: Mapped[Amount]
    change_note: Mapped[Prose | None] = mapped_column(default=None)
    drafted_by: Mapped[UUID]
    revised_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default_factory=list)
    return_reason: Mapped[Prose | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class Block(GroupEntity, kw_only=True, repr=False):
    """A part of an edition; `minutes` is the time a learner is expected to take.

    `body` is what is read, said or shown; `task` what the learner does with it; a video names its
    `media`, a test its number of items and its pass mark (0 to 100).
    """

    __tablename__ = "block"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "version_id", "position"),)

    version_id: Mapped[UUID] = refers("course_version", index=False)
    position: Mapped[int]
    kind: Mapped[BlockKind]
    title: Mapped[Title]
    minutes: Mapped[int]
    body: Mapped[Prose]
    task: Mapped[Prose | None] = mapped_column(default=None)
    media: Mapped[Code | None] = mapped_column(default=None)
    item_count: Mapped[int | None] = mapped_column(default=None)
    pass_mark: Mapped[Amount | None] = mapped_column(default=None)


class CourseCompetency(GroupEntity, kw_only=True, repr=False):
    """The competencies that an edition can raise (C12)."""

    __tablename__ = "course_competency"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "version_id", "competency_id"),)

    version_id: Mapped[UUID] = refers("course_version", index=False)
    competency_id: Mapped[UUID] = refers("competency")
