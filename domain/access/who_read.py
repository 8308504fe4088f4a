"""Who has opened what of somebody: told by role, from the trail, and not before its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from authz.actor import PrincipalKind
from domain.audit.models import AuditEntry, Outcome
from domain.audit.opened import DECRYPT
from domain.privacy.delays import DisclosureDelay

from .models import Principal, RoleAssignment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Select

    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One opening of sealed values: when, by whom as the policy knows them, what, and what for."""

    at: datetime
    by_oneself: bool
    kind: PrincipalKind | None
    roles: tuple[str, ...]
    purpose: str | None
    fields: tuple[str, ...]


async def who_read(
    work: Work, person_id: UUID, *, first: int, before: datetime | None
) -> list[Reading]:
    """Name the latest readings first. Names of readers are not told: they are people as well."""
    entries = (await work.session.scalars(_entries(work, person_id, first, before))).all()
    readers = {entry.principal_id for entry in entries}
    principals = {one.id: one for one in await work.rows(Principal, Principal.id.in_(readers))}
    held = await work.rows(RoleAssignment, RoleAssignment.principal_id.in_(readers))
    return [_reading(entry, principals, held, person_id) for entry in entries]


def _entries(
    work: Work, person_id: UUID, first: int, before: datetime | None
) -> Select[AuditEntry]:
    """What was opened of somebody, but for what they are yet to be told."""
    delayed = exists().where(
        DisclosureDelay.group_id == AuditEntry.group_id,
        DisclosureDelay.person_id == person_id,
        DisclosureDelay.reader_id == AuditEntry.principal_id,
        DisclosureDelay.until > work.now,
    )
    return (
        select(AuditEntry)
        .where(
            AuditEntry.group_id == work.actor.group_id,
            AuditEntry.verb == DECRYPT,
            AuditEntry.outcome == Outcome.DONE,
            AuditEntry.details["subject"].astext == str(person_id),
            ~delayed,
            *(() if before is None else (AuditEntry.at < before,)),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(first)
    )


def _reading(
    entry: AuditEntry,
    principals: dict[UUID, Principal],
    held: Sequence[RoleAssignment],
    person_id: UUID,
) -> Reading:
    reader = principals.get(entry.principal_id)
    return Reading(
        at=entry.at,
        by_oneself=reader is not None and reader.person_id == person_id,
        kind=reader.kind if reader else None,
        roles=_roles_at(entry, held),
        purpose=entry.purpose,
        fields=tuple(sorted({cell["field"] for cell in entry.details["cells"]})),
    )


def _roles_at(entry: AuditEntry, held: Sequence[RoleAssignment]) -> tuple[str, ...]:
    """The roles that a reader had when they read."""
    return tuple(
        sorted(
            {
                one.role
                for one in held
                if one.principal_id == entry.principal_id
                and one.valid_from <= entry.at
                and (one.valid_to is None or entry.at < one.valid_to)
            }
        )
    )
