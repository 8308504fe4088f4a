"""No audit, no key: the keys of boxes are asked for with the entries that say who opens what.

The database writes entries and ticket itself, in one act, and gives nothing yet: it gives keys for
a ticket that has been committed, in another transaction (`domain/privacy/vault.py`). Nor are keys
shredded but with an entry.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text

from .entries import Act
from .trail import entry_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.kernel.work import Work

    from .models import AuditEntry

REQUEST: Final = text("SELECT vault.request(CAST(:entries AS jsonb), :kids)")
SHRED: Final = text("SELECT vault.shred(CAST(:entry AS jsonb))")
ERASE: Final = "eraseSubject"
"""The verb under which the shredding of a person's keys stands in the trail."""


async def ask_for_keys(work: Work, entries: Sequence[AuditEntry], kids: Sequence[bytes]) -> UUID:
    """Write down openings, each of one person's cells, and take a ticket for the keys they need.

    The ticket is good once `work` has been committed, for ten seconds, and for these keys as far
    as they are of the people whom the entries name.
    """
    given = orjson.dumps([_as_json(entry) for entry in entries]).decode()
    found = await work.session.execute(REQUEST, {"entries": given, "kids": kids})
    ticket: UUID = found.scalar_one()
    return ticket


async def shred_keys(work: Work, subject: UUID, *, purpose: str) -> None:
    """Destroy all keys of a person: whatever was sealed of them opens for nobody any more.

    What is left is a tombstone, by which the same is done to a copy of older data.
    """
    act = Act(verb=ERASE, purpose=purpose, details={"subject": str(subject)})
    given = orjson.dumps(_as_json(entry_in(work, act))).decode()
    await work.flush()
    await work.session.execute(SHRED, {"entry": given})


def _as_json(entry: AuditEntry) -> dict[str, Any]:
    """Write an entry as the database takes it."""
    return {
        column.key: _plain(getattr(entry, column.key)) for column in type(entry).__table__.columns
    }


def _plain(value: object) -> object:
    match value:
        case bytes():
            return "\\x" + value.hex()
        case Enum():
            return value.value
        case UUID() | datetime():
            return str(value)
        case _:
            return value
