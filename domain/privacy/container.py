"""The format of a sealed cell: a window (the masked form) and a box (the value).

A blob is `0xE1 alg aad flags | kid (8) | nonce (12) | ciphertext and tag`: 40 bytes of overhead.
The authenticated context binds it to group, table, column, row, subject and label, each preceded
by its length, with the header inside: a blob moved anywhere else, or relabelled, does not open.
A container is `0xC1 | length of the window (2) | window | box`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from uuid import UUID

BLOB, AES_256_GCM, AAD_SCHEMA, PADDED = 0xE1, 0x01, 0x01, 0x01
CONTAINER = 0xC1
KID, NONCE = slice(4, 12), slice(12, 24)
HEADER, OVERHEAD, BUCKET = 12, 40, 16


class Tampered(Exception):
    """A ciphertext does not open where it lies: it was changed, moved, or meant for another key."""


class Spot(NamedTuple):
    """A place as an answer names it: what all cells of its column share, and two ids as bytes."""

    column: bytes
    row: bytes
    subject: bytes

    def bind(self, header: bytes, label: str) -> bytes:
        """Write the authenticated context of one blob at this spot."""
        return b"CE1\0\x0c%b%b\0\x10%b\0\x10%b%b" % (header, *self, _named(label))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed cell lies and whom it is about: what its ciphertext is bound to."""

    group: UUID
    table: str
    column: str
    row: UUID
    subject: UUID

    def bind(self, header: bytes, label: str) -> bytes:
        """Write the authenticated context of one blob at this place."""
        column = column_of(self.group, self.table, self.column)
        return Spot(column, self.row.bytes, self.subject.bytes).bind(header, label)


@lru_cache(maxsize=1024)
def column_of(group: UUID, table: str, column: str) -> bytes:
    """The part of a context that all cells of a column share."""
    return b"".join(map(_measured, (group.bytes, table.encode(), column.encode())))


@cache
def _named(label: str) -> bytes:
    return _measured(label.encode())


def _measured(part: bytes) -> bytes:
    return len(part).to_bytes(2) + part


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the id that its ciphertexts carry. Its `repr` shows the id alone."""

    kid: bytes
    secret: bytes
    cipher: AESGCM = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Make the cipher once: it costs more than opening a cell with it."""
        object.__setattr__(self, "cipher", AESGCM(self.secret))

    def __repr__(self) -> str:
        return f"Key({self.kid.hex()})"


def new_key() -> Key:
    """Make a 256-bit key under a fresh id."""
    return Key(os.urandom(8), os.urandom(32))


def seal(key: Key, plain: bytes, *, place: Place, label: str, padded: bool = False) -> bytes:
    """Seal bytes under a key, for one place and one label."""
    header = bytes((BLOB, AES_256_GCM, AAD_SCHEMA, PADDED if padded else 0)) + key.kid
    nonce = os.urandom(12)
    body = _pad(plain) if padded else plain
    return header + nonce + key.cipher.encrypt(nonce, body, place.bind(header, label))


def unseal(key: Key, blob: bytes, *, place: Place | Spot, label: str) -> bytes:
    """Open a blob at its place; anything that does not fit is `Tampered`."""
    if len(blob) < OVERHEAD or blob[0] != BLOB or blob[1] != AES_256_GCM or blob[2] != AAD_SCHEMA:
        message = "not a sealed blob of a known format"
        raise Tampered(message)
    header = blob[:HEADER]
    try:
        plain = key.cipher.decrypt(blob[NONCE], blob[NONCE.stop :], place.bind(header, label))
    except InvalidTag:
        message = "a sealed blob does not open where it lies"
        raise Tampered(message) from None
    return _unpad(plain) if blob[3] & PADDED else plain


def pack(window: bytes, box: bytes) -> bytes:
    """Put window and box into one container."""
    return bytes((CONTAINER,)) + len(window).to_bytes(2) + window + box


def unpack(container: bytes) -> tuple[bytes, bytes]:
    """Take a container apart into window and box."""
    if len(container) < 3 or container[0] != CONTAINER:  # noqa: PLR2004 - the container's header
        message = "not a container"
        raise Tampered(message)
    end = 3 + int.from_bytes(container[1:3])
    return container[3:end], container[end:]


def _pad(plain: bytes) -> bytes:
    """Fill up to the next multiple of sixteen (ISO/IEC 7816-4), so that length tells little."""
    return plain + b"\x80" + b"\x00" * (-(len(plain) + 1) % BUCKET)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\x00")[:-1]
