"""Paths, plans, enrolments and the progress that people make on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from domain.kernel.editions import VersionStatus, one_published
from domain.kernel.entity import GroupEntity, refers
from domain.kernel.indexes import latest_first
from domain.privacy import masking
from domain.privacy.classification import LEARNING, P3, PUBLIC, pi
from domain.privacy.sealed import Sealed, SealedText
from domain.privacy.types import Amount, Code, Prose, Score, Title

# Why someone is exempted or withdrawn may tell of their health or family.
DecisionReason = Annotated[
    Sealed, mapped_column(SealedText, info=pi("learning", P3, shown=masking.nothing, padded=True))
]

WRITTEN_BY_HAND = "a group has some dozens of paths, each edition written by hand"
ALIKE = "nearly all rows have the same"
FOLDED = dict.fromkeys(
    ("percent", "passed", "best_score", "progress_source", "seconds_spent", "last_activity_at"),
    "every line of the log writes it; under an index none of these updates would stay in place",
)
ONE_ACTIVITY = "(course_id IS NULL) <> (activity_id IS NULL)"


class Requirement(Enum):
    """Whether a path asks for an item or offers it."""

    MANDATORY = "MANDATORY"
    ELECTIVE = "ELECTIVE"


class ActivityKind(Enum):
    """What an item can ask for besides a course."""

    ASSESSMENT = "ASSESSMENT"
    SCENARIO = "SCENARIO"
    CLASS_SESSION = "CLASS_SESSION"
    SIGN_OFF = "SIGN_OFF"


class Activity(GroupEntity, kw_only=True, repr=False):
    """An assessment, a scenario, a class session or a sign-off that a path can ask for."""

    __tablename__ = "activity"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "code"),)

    kind: Mapped[ActivityKind]
    code: Mapped[Code]
    title: Mapped[Title]


class LearningPath(GroupEntity, kw_only=True, repr=False):
    """The template of a training programme: a series of editions."""

    __tablename__ = "learning_path"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "code"),)

    code: Mapped[Code]
    title: Mapped[Title]


class LearningPathVersion(GroupEntity, kw_only=True, repr=False):
    """One edition of a path; published, it never changes."""

    __tablename__ = "learning_path_version"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (
        UniqueConstraint("group_id", "path_id", "number"),
        one_published("path_id"),
    )

    path_id: Mapped[UUID] = refers("learning_path", index=False)
    number: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class PathStage(GroupEntity, kw_only=True, repr=False):
    """A phase of time in a path: days counted from the hire, the first day is 1."""

    __tablename__ = "path_stage"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (UniqueConstraint("group_id", "version_id", "position"),)

    version_id: Mapped[UUID] = refers("learning_path_version", index=False)
    position: Mapped[int]
    title: Mapped[Title]
    from_day: Mapped[int]
    to_day: Mapped[int]
    elective_quota: Mapped[int] = mapped_column(default=0)


class PathItem(GroupEntity, kw_only=True, repr=False):
    """What a stage asks for: one activity, mandatory or elective, with a pass mark (0 to 100)."""

    __tablename__ = "path_item"
    holds = PUBLIC
    few: ClassVar[str | None] = WRITTEN_BY_HAND
    constraints: ClassVar = (
        UniqueConstraint("group_id", "stage_id", "position"),
        CheckConstraint(ONE_ACTIVITY, name="one_activity"),
    )

    stage_id: Mapped[UUID] = refers("path_stage", index=False)
    position: Mapped[int]
    requirement: Mapped[Requirement]
    pass_mark: Mapped[Amount | None] = mapped_column(default=None)
    course_id: Mapped[UUID | None] = refers("course", index=False, default=None)
    activity_id: Mapped[UUID | None] = refers("activity", index=False, default=None)


class ProgressSource(Enum):
    """Who says so: the learner, someone responsible for them, a grading, or an automation.

    A score comes from a grading, or from an automation that names its source; from nobody else.
    """

    LEARNER = "LEARNER"
    STAFF = "STAFF"
    GRADING = "GRADING"
    AUTOMATION = "AUTOMATION"


class WithProgress(MappedAsDataclass, kw_only=True, repr=False):
    """The progress of a row, folded from the log: percent, scores (0 to 100) and seconds spent."""

    percent: Mapped[Score] = mapped_column(default=Decimal(0), sort_order=50)
    passed: Mapped[bool | None] = mapped_column(
        info=LEARNING.info, default=None, init=False, sort_order=51
    )
    pass_mark: Mapped[Score | None] = mapped_column(default=None, sort_order=52)
    best_score: Mapped[Score | None] = mapped_column(default=None, init=False, sort_order=53)
    progress_source: Mapped[ProgressSource | None] = mapped_column(
        info=LEARNING.info, default=None, init=False, sort_order=54
    )
    seconds_spent: Mapped[int] = mapped_column(
        info=LEARNING.info, default=0, init=False, sort_order=55
    )
    last_activity_at: Mapped[datetime | None] = mapped_column(
        info=LEARNING.info, default=None, init=False, sort_order=56
    )


class PlanState(Enum):
    """Where a plan stands."""

    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"


class ItemState(Enum):
    """Where an item of a plan stands."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    PASSED = "PASSED"
    FAILED = "FAILED"
    EXEMPTED = "EXEMPTED"


class ReasonCode(Enum):
    """Why an item is in someone's plan."""

    PATH_MANDATORY = "PATH_MANDATORY"
    PATH_ELECTIVE = "PATH_ELECTIVE"
    COMPETENCY_GAP = "COMPETENCY_GAP"
    SUPERVISOR = "SUPERVISOR"


class LearningPlan(WithProgress, GroupEntity, kw_only=True, repr=False):
    """One person's path, pinned to an edition; revised, never overwritten.

    `closed_at` is when it was cancelled or rejected: until then it stood, whatever it is today.
    """

    __tablename__ = "learning_plan"
    about: ClassVar[str | None] = "person_id"
    holds = LEARNING
    unindexed: ClassVar[Mapping[str, str]] = {**FOLDED, "pass_mark": ALIKE, "revision": ALIKE}
    constraints: ClassVar = (
        Index(
            None,
            "group_id",
            "person_id",
            "path_version_id",
            unique=True,
            postgresql_where=text("state IN ('PROPOSED', 'ACTIVE')"),
        ),
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "state", "id"),
        Index(None, "group_id", "starts_on"),
        Index(None, "group_id", "due_on"),
    )

    person_id: Mapped[UUID] = refers("person")
    path_version_id: Mapped[UUID] = refers("learning_path_version")
    state: Mapped[PlanState] = mapped_column(default=PlanState.ACTIVE)
    revision: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    due_on: Mapped[date]
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class EnrolmentState(Enum):
    """Where an enrolment stands; being overdue is a flag, not a state."""

    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    REOPENED = "REOPENED"
    WITHDRAWN = "WITHDRAWN"
    EXEMPTED = "EXEMPTED"
    TRANSFERRED = "TRANSFERRED"


class EnrolmentOrigin(Enum):
    """What an enrolment came from."""

    PLAN = "PLAN"
    PUSH = "PUSH"
    REMEDIAL = "REMEDIAL"
    SELF = "SELF"
    PERFORMANCE = "PERFORMANCE"


OPEN_STATES = frozenset(
    {EnrolmentState.ASSIGNED, EnrolmentState.IN_PROGRESS, EnrolmentState.REOPENED}
)


class Enrolment(WithProgress, GroupEntity, kw_only=True, repr=False):
    """A person on an edition of a course; once only, unless they were withdrawn from it."""

    __tablename__ = "enrolment"
    about: ClassVar[str | None] = "person_id"
    holds = LEARNING
    unindexed: ClassVar[Mapping[str, str]] = {**FOLDED, "pass_mark": ALIKE, "origin": ALIKE}
    constraints: ClassVar = (
        Index(
            None,
            "group_id",
            "person_id",
            "course_version_id",
            unique=True,
            postgresql_where=text("state NOT IN ('WITHDRAWN', 'TRANSFERRED')"),
        ),
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "state", "id"),
        Index(None, "group_id", "due_on"),
        latest_first("enrolment", "completed_at"),
    )

    person_id: Mapped[UUID] = refers("person")
    course_version_id: Mapped[UUID] = refers("course_version")
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.ASSIGNED)
    origin: Mapped[EnrolmentOrigin]
    due_on: Mapped[date | None] = mapped_column(default=None)
    completed_at: Mapped[datetime | None] = mapped_column(default=None)


class PlanItem(WithProgress, GroupEntity, kw_only=True, repr=False):
    """One thing that a plan asks of a person; it carries its reason.

    `stage_id` is the stage of the path that asks for it: electives are counted by stage.
    """

    __tablename__ = "plan_item"
    about: ClassVar[str | None] = "person_id"
    holds = LEARNING
    constraints: ClassVar = (
        UniqueConstraint("group_id", "plan_id", "revision", "position"),
        CheckConstraint(
            "(course_version_id IS NULL) <> (activity_id IS NULL)", name="one_activity"
        ),
    )

    person_id: Mapped[UUID] = refers("person", index=False)
    plan_id: Mapped[UUID] = refers("learning_plan", index=False)
    stage_id: Mapped[UUID | None] = refers("path_stage", index=False, default=None)
    revision: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    requirement: Mapped[Requirement]
    course_version_id: Mapped[UUID | None] = refers("course_version", index=False, default=None)
    activity_id: Mapped[UUID | None] = refers("activity", index=False, default=None)
    enrolment_id: Mapped[UUID | None] = refers("enrolment", default=None)
    state: Mapped[ItemState] = mapped_column(default=ItemState.OPEN)
    due_on: Mapped[date | None] = mapped_column(default=None)
    reason_code: Mapped[ReasonCode]
    reason_note: Mapped[Prose | None] = mapped_column(default=None)


class ProgressEntry(GroupEntity, kw_only=True, repr=False):
    """One line of the progress log: what happened, and the state that the enrolment was in after.

    Rows are only added; the progress shown is folded from them, so that any past day can be told.
    `percent` and `score` are 0 to 100, `seconds` the time spent since the line before.
    """

    __tablename__ = "progress_entry"
    about: ClassVar[str | None] = "person_id"
    append_only: ClassVar[bool] = True
    holds = LEARNING
    constraints: ClassVar = (Index(None, "group_id", "enrolment_id", "recorded_at", "id"),)

    person_id: Mapped[UUID] = refers("person")
    enrolment_id: Mapped[UUID] = refers("enrolment", index=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    percent: Mapped[Score]
    seconds: Mapped[int] = mapped_column(default=0)
    score: Mapped[Score | None] = mapped_column(default=None)
    source: Mapped[ProgressSource]
    source_name: Mapped[Code | None] = mapped_column(default=None)
    state: Mapped[EnrolmentState]
    reason: Mapped[DecisionReason | None] = mapped_column(default=None)


class Cohort(GroupEntity, kw_only=True, repr=False):
    """A batch of learners who started together."""

    __tablename__ = "cohort"
    few: ClassVar[str | None] = "a batch or two a month at each place"
    constraints: ClassVar = (UniqueConstraint("group_id", "code"),)

    code: Mapped[Code]
    name: Mapped[Title]
    started_on: Mapped[date]


class CohortMember(GroupEntity, kw_only=True, repr=False):
    """That a person belongs to a cohort."""

    __tablename__ = "cohort_member"
    about: ClassVar[str | None] = "person_id"
    constraints: ClassVar = (UniqueConstraint("group_id", "cohort_id", "person_id"),)

    cohort_id: Mapped[UUID] = refers("cohort", index=False)
    person_id: Mapped[UUID] = refers("person")
