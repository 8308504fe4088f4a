"""What happens to people of a group."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRegistered(Event):
    """Someone became known as a candidate of a tenant."""

    person_id: UUID
    tenant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonHired(Event):
    """Someone was hired, for the first time or anew."""

    person_id: UUID
    employment_id: UUID
    tenant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStarted(Event):
    """Someone who had been hired came, and their training began."""

    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMoved(Event):
    """Someone stands elsewhere: in another tenant, in another job role, or under another one."""

    person_id: UUID
    from_tenant_id: UUID
    to_tenant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft(Event):
    """Someone's employment ended."""

    person_id: UUID
    employment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCorrected(Event):
    """What is known of someone was set right; `fields` names what, never how it reads."""

    person_id: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorAssigned(Event):
    """Someone was given a mentor."""

    person_id: UUID
    mentor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorParted(Event):
    """Someone has lost their mentor, who left or no longer stands in reach, and needs another."""

    person_id: UUID
    mentor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorAssigned(Event):
    """Someone answers to another supervisor."""

    person_id: UUID
    supervisor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorParted(Event):
    """Someone has lost their supervisor, who left or no longer stands above, and needs another."""

    person_id: UUID
    supervisor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    """Someone has been erased: nothing leads to who they were."""

    person_id: UUID
