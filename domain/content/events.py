"""What has happened to courses."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCreated(Event):
    """There is a new course; it has no edition yet."""

    course_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionDrafted(Event):
    """Someone began an edition."""

    course_version_id: UUID
    course_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDraftRevised(Event):
    """The blocks of a draft were replaced."""

    course_version_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionSubmitted(Event):
    """An edition waits for its review."""

    course_version_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionReturned(Event):
    """A reviewer gave an edition back to its authors."""

    course_version_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionPublished(Event):
    """An edition is the one that is taught; `former_id` is the one that it replaces."""

    course_version_id: UUID
    course_id: UUID
    former_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionRetired(Event):
    """An edition is taught no longer. Whoever still needs it says so by refusing."""

    course_version_id: UUID
