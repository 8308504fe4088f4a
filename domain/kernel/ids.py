"""Identifiers: time-ordered inside, opaque with a type's prefix outside."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime

EXTERNAL = re.compile(r"[^_]*_[0-9a-f]{32}", re.ASCII)
_FRACTIONS = 1 << 12  # RFC 9562, 6.2 method 3: twelve bits hold the part of a millisecond


def uuid7(at: datetime, *, entropy: bytes | None = None) -> UUID:
    """Make a UUIDv7 (RFC 9562) for the instant `at`; `entropy` (8 bytes) makes it reproducible.

    Made here and not in the database, so that PostgreSQL 15 to 17 serve as well and the id is
    known before the row is written: a sealed value is bound to it.
    """
    micros = int(at.timestamp() * 1_000_000)
    millis, rest = divmod(micros, 1000)
    fraction = rest * _FRACTIONS // 1000
    tail = int.from_bytes(entropy or secrets.token_bytes(8)) & ((1 << 62) - 1)
    return UUID(int=millis << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)


def external_id(prefix: str, value: UUID) -> str:
    """Write an id as clients see it: the type's prefix and 32 hexadecimal digits."""
    return f"{prefix}_{value.hex}"


def split_external_id(text: str) -> tuple[str, UUID] | None:
    """Read an id as clients write it, or nothing when it cannot be one."""
    if not EXTERNAL.fullmatch(text):
        return None
    prefix, _, digits = text.partition("_")
    return prefix, UUID(int=int(digits, 16))


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a command's id field with the GraphQL type that it must be an id of."""

    type: str
