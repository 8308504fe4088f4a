"""What happens to the shape and the rules of a group."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantOpened(Event):
    """A tenant was opened below another."""

    tenant_id: UUID
    parent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantMoved(Event):
    """A tenant, with everything below it, was put below another one."""

    tenant_id: UUID
    from_parent_id: UUID
    to_parent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSet(Event):
    """A tenant set a limit for itself and everything below."""

    threshold_id: UUID
    tenant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRoleDefined(Event):
    """A job came to be known, for which people are trained."""

    job_role_id: UUID
    tenant_id: UUID
