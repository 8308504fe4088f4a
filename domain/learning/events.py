"""What has happened to paths, plans, enrolments and progress."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPathCreated(Event):
    """There is a new path; it has no edition yet."""

    learning_path_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPathDrafted(Event):
    """Someone wrote an edition."""

    learning_path_version_id: UUID
    learning_path_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPathPublished(Event):
    """An edition is the one that plans are made from; `former_id` is the one that it replaces."""

    learning_path_version_id: UUID
    learning_path_id: UUID
    former_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPlanMade(Event):
    """Someone has a plan."""

    learning_plan_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPlanCompleted(Event):
    """Everything that a plan asks for has been passed."""

    learning_plan_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(Event):
    """Someone is on a course."""

    enrolment_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRecorded(Event):
    """A line was added to the log of an enrolment; its progress was folded anew."""

    enrolment_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentDecided(Event):
    """Someone responsible reopened an enrolment, withdrew it, or exempted the person from it."""

    enrolment_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortOpened(Event):
    """A batch of learners starts together."""

    cohort_id: UUID
