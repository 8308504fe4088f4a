"""The format of a sealed cell: a window (the masked form) and a box (the value).

A blob is `0xE1 alg aad flags | kid (8) | nonce (12) | ciphertext and tag`: 40 bytes of overhead.
The authenticated context binds it to group, table, column, row, subject and label, each preceded
by its length, with the header inside: a blob moved anywhere else, or relabelled, does not open.
A container is `0xC1 | length of the window (2) | window | box`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag

from .ciphers import LENGTHS, NUMBERS, Algorithm, algorithm_of, cipher_of

if TYPE_CHECKING:
    from uuid import UUID

    from .ciphers import Bytes

BLOB, AAD_SCHEMA, PADDED = 0xE1, 0x01, 0x01
CONTAINER = 0xC1
KID, NONCE = slice(4, 12), slice(12, 24)
HEADER, OVERHEAD, BUCKET = 12, 40, 16
_BEGINNING, _ID = b"CE1\0\x0c", b"\0\x10"  # of the context: then the header; before each id


class Tampered(Exception):
    """A ciphertext does not open where it lies: it was changed, moved, or meant for another key."""


class Spot(NamedTuple):
    """A place as an answer names it: what all cells of its column share, and two ids as bytes."""

    column: bytes
    row: bytes
    subject: bytes

    def bind(self, header: bytes, label: str) -> bytes:
        """Write the authenticated context of one blob at this spot."""
        column, row, subject = self
        return b"".join((_BEGINNING, header, column, _ID, row, _ID, subject, _named(label)))


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
        column = _column(self.group.int, self.table, self.column)
        row, subject = self.row.int.to_bytes(16), self.subject.int.to_bytes(16)
        return b"".join((_BEGINNING, header, column, _ID, row, _ID, subject, _named(label)))


def column_of(group: UUID, table: str, column: str) -> bytes:
    """The part of a context that all cells of a column share."""
    return _column(group.int, table, column)


@lru_cache(maxsize=1024)
def _column(group: int, table: str, column: str) -> bytes:
    return b"".join(map(_measured, (group.to_bytes(16), table.encode(), column.encode())))


@cache
def _named(label: str) -> bytes:
    return _measured(label.encode())


def _measured(part: bytes) -> bytes:
    return len(part).to_bytes(2) + part


class Key:
    """A key with the id that its ciphertexts carry. Its `repr` shows the id alone.

    The bytes are overwritten when the last who holds the key lets go of it. What the interpreter
    has copied of them on the way here it cannot be made to forget.
    """

    __slots__ = ("cipher", "headers", "kid", "opens", "secret")

    def __init__(self, kid: bytes, secret: Bytes) -> None:
        self.kid, self.secret = kid, bytearray(secret)
        self.cipher = cipher_of(self.secret)  # made once: it costs more than opening a cell with it
        self.opens = bytes((BLOB, NUMBERS[self.algorithm], AAD_SCHEMA))
        self.headers = tuple(self.opens + bytes((flags,)) + kid for flags in (0, PADDED))

    @property
    def algorithm(self) -> Algorithm:
        """What the key seals with."""
        return algorithm_of(self.secret)

    def __del__(self) -> None:
        if hasattr(self, "secret"):
            self.secret[:] = bytes(len(self.secret))

    def __repr__(self) -> str:
        return f"Key({self.kid.hex()})"


def new_key(algorithm: Algorithm = Algorithm.AES_256_GCM) -> Key:
    """Make a key under a fresh id."""
    return Key(os.urandom(8), os.urandom(LENGTHS[algorithm]))


def seal(key: Key, plain: Bytes, *, place: Place, label: str, padded: bool = False) -> bytes:
    """Seal bytes under a key, for one place and one label."""
    header = key.headers[padded]
    nonce = os.urandom(12)
    body = _pad(plain) if padded else plain
    return header + nonce + key.cipher.encrypt(nonce, body, place.bind(header, label))


def unseal(key: Key, blob: bytes, *, place: Place | Spot, label: str) -> bytes:
    """Open a blob at its place; anything that does not fit is `Tampered`."""
    if len(blob) < OVERHEAD or blob[:3] != key.opens:
        message = "not a sealed blob of a format that this key opens"
        raise Tampered(message)
    header = blob[:HEADER]
    try:
        plain = key.cipher.decrypt(blob[NONCE], blob[NONCE.stop :], place.bind(header, label))
    except InvalidTag:
        message = "a sealed blob does not open where it lies"
        raise Tampered(message) from None
    return _unpad(plain) if blob[3] & PADDED else plain


def wrap_key(key: Key, inner: Key, *, place: Place, label: str) -> bytes:
    """Seal a key under another, in 72 bytes whichever cipher it is for.

    Padded, the 16 bytes of SM4 are as long as the 32 of AES: where the key ends and what comes
    behind it begins, needs not be told. The padding stands in the header, which nobody can change.
    """
    padded = inner.algorithm is Algorithm.SM4_GCM
    return seal(key, inner.secret, place=place, label=label, padded=padded)


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


def _pad(plain: Bytes) -> bytes:
    """Fill up to the next multiple of sixteen (ISO/IEC 7816-4), so that length tells little."""
    return bytes(plain) + b"\x80" + b"\x00" * (-(len(plain) + 1) % BUCKET)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\x00")[:-1]
