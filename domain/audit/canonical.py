"""The event of an entry in the one way it can be written (RFC 8785), and its leaf (RFC 6962).

An event names ids, codes and figures, and never a value. Of whom something was opened it says only
a salted commitment: while the salt is kept it can be shown whom it means, and once erasure has
taken the salt nobody can tell, and the leaf is still that of the event.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import rfc8785

from .merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .models import AuditEntry

VERSION: Final = 1
"""The version of the form of an event. Another form is another number, beside this one."""
PERSONAL: Final = ("cells", "subject", "subjects")
"""What of an entry's details leads to a person: committed to in the event, and not in it."""


class NotExact(TypeError):
    """A value that is not written the same way everywhere has no place in an event."""


def canonical(value: Any) -> bytes:
    """Write a JSON value in its canonical form."""
    return rfc8785.dumps(value)


def event_of(entry: AuditEntry) -> dict[str, Any]:
    """Say what an entry is about, as it is hashed, exported and verified."""
    return {
        "v": VERSION,
        "id": str(entry.id),
        "group": str(entry.group_id),
        "tenant": str(entry.tenant_id),
        "at": instant(entry.at),
        "actor": str(entry.principal_id),
        "token": _exact(entry.token_id),
        "request": entry.request_id,
        "policyVersion": entry.policy_version,
        "verb": entry.verb,
        "object": {"type": entry.object_type, "id": _exact(entry.object_id)},
        "outcome": entry.outcome.value,
        "code": entry.code,
        "purpose": entry.purpose,
        "details": _exact(
            {name: one for name, one in entry.details.items() if name not in PERSONAL}
        ),
        "subject": None if entry.commitment is None else entry.commitment.hex(),
    }


def leaf_of(entry: AuditEntry) -> bytes:
    """The hash by which an entry stands in the tree of its group."""
    return leaf_hash(canonical(event_of(entry)))


def personal(details: Mapping[str, Any]) -> dict[str, Any]:
    """Take the part of an entry's details that leads to a person."""
    return {name: details[name] for name in PERSONAL if name in details}


def committed(salt: bytes, part: Mapping[str, Any]) -> bytes:
    """Commit to the personal part of an entry, so that without the salt nobody can try who fits."""
    return sha256(salt + canonical(_exact(part))).digest()


def instant(at: datetime) -> str:
    """Write an instant as RFC 3339 does, in UTC and to the microsecond that the database keeps."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _exact(value: Any) -> Any:
    """Take ids as text, and refuse what JSON does not keep to the last digit."""
    match value:
        case None | bool() | int() | str():
            return value
        case UUID():
            return str(value)
        case datetime():
            return instant(value)
        case Enum():
            return _exact(value.value)
        case dict():
            return {str(name): _exact(one) for name, one in value.items()}
        case list() | tuple():
            return [_exact(one) for one in value]
        case _:
            message = f"an event holds no {type(value).__name__}"
            raise NotExact(message)
