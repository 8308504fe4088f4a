"""Append to the trail, in the transaction of the act itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .entries import Act, entry_of
from .models import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work

    from .models import AuditEntry


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
    act = Act(verb=verb, on=on, outcome=outcome, code=code, purpose=purpose, details=details or {})
    entry = entry_in(work, act)
    await work.add(entry)
    return entry


def entry_in(work: Work, act: Act) -> AuditEntry:
    """Make the entry of an act, with what has been done in the work so far."""
    told = {"rows": touched(work), "events": happened(work), **act.details}
    return entry_of(
        work.actor,
        replace(act, details=told),
        id=work.new_id(),
        at=work.now,
        request_id=work.request_id,
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
