"""Append to the trail, in the transaction of the act itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .models import AuditEntry, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work


async def append(
    work: Work,
    *,
    verb: str,
    on: GroupEntity | None = None,
    outcome: Outcome = Outcome.DONE,
    code: str | None = None,
    purpose: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write down one act: verb, object, outcome and ids; never a value of a person."""
    entry = entry_of(
        work, verb=verb, on=on, outcome=outcome, code=code, purpose=purpose, details=details
    )
    await work.add(entry)
    return entry


def entry_of(
    work: Work,
    *,
    verb: str,
    on: GroupEntity | None = None,
    subject: UUID | None = None,
    outcome: Outcome = Outcome.DONE,
    code: str | None = None,
    purpose: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Make the entry of one act, to be written with it."""
    return AuditEntry(
        tenant_id=work.actor.tenant_id,
        at=work.now,
        principal_id=work.actor.principal_id,
        token_id=work.actor.token_id,
        verb=verb,
        object_type=type(on).__name__ if on is not None else "",
        object_id=on.id if on is not None else None,
        subject_id=subject,
        outcome=outcome,
        code=code,
        purpose=purpose,
        request_id=work.request_id,
        policy_version=work.actor.policy_version,
        details={"rows": touched(work), "events": happened(work), **(details or {})},
    )


def touched(work: Work) -> list[str]:
    """Name the rows that were made, by table and id."""
    return [f"{row.__tablename__}:{row.id}" for row in work.touched[:100]]


def happened(work: Work) -> list[dict[str, str]]:
    """Name the events, with the ids that they carry."""
    return [
        {"event": type(event).__name__, **_ids(event)}  # an event carries identifiers only
        for event in work.events[:100]
    ]


def _ids(event: object) -> dict[str, str]:
    fields: Mapping[str, UUID] = {
        name: getattr(event, name) for name in getattr(event, "__slots__", ())
    }
    return {name: str(value) for name, value in fields.items()}
