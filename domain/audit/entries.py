"""The one way an entry of the trail is made: whole, with the leaf that it has in the tree."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from domain.kernel.ids import uuid7

from .canonical import committed, leaf_of, personal
from .models import AuditEntry, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from authz.actor import Actor
    from domain.kernel.entity import GroupEntity

SALT: Final = 32  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was done, to what, for what, and how it ended."""

    verb: str
    on: GroupEntity | None = None
    outcome: Outcome = Outcome.DONE
    code: str | None = None
    purpose: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def entry_of(
    actor: Actor, act: Act, *, id: UUID, at: datetime, request_id: str | None
) -> AuditEntry:
    """Make the entry of an act, complete: whoever writes it has nothing to add.

    What was opened is told twice: cell by cell, which leads to a person and goes with them, and by
    field and number, which stays.
    """
    details = {**act.details, **_opened(act.details)}
    part = personal(details)
    salt = secrets.token_bytes(SALT) if part else None
    entry = AuditEntry(
        id=id,
        tenant_id=actor.tenant_id,
        at=at,
        principal_id=actor.principal_id,
        token_id=actor.token_id,
        verb=act.verb,
        object_type=type(act.on).__name__ if act.on is not None else "",
        object_id=act.on.id if act.on is not None else None,
        outcome=act.outcome,
        code=act.code,
        purpose=act.purpose,
        request_id=request_id or None,
        policy_version=actor.policy_version,
        details=details,
        salt=salt,
        commitment=None if salt is None else committed(salt, part),
        leaf=b"",
    )
    entry.group_id, entry.created_at, entry.row_version = actor.group_id, at, 1
    entry.leaf = leaf_of(entry)
    return entry


def entry_beside(actor: Actor, act: Act, *, now: datetime, request_id: str) -> AuditEntry:
    """Make the entry of an act for which no unit of work was opened."""
    return entry_of(actor, act, id=uuid7(now), at=now, request_id=request_id)


def _opened(details: Mapping[str, Any]) -> dict[str, Any]:
    """Name the fields of the cells that were opened, and count the cells."""
    cells = details.get("cells")
    if cells is None:
        return {}
    return {"fields": sorted({one["field"] for one in cells}), "opened": len(cells)}
