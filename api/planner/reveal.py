"""The marks in an answer are resolved in one pass over its bytes.

A raw control character cannot come out of PostgreSQL's JSON text, which escapes it: data cannot
forge a mark.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from domain.privacy.container import Key, Place, unseal
from domain.privacy.models import KeyUse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from authz.actor import Actor
    from domain.privacy.keyring import Keyring

    from .cursors import Cursors
    from .statement import SealedMark, Statement

MARK: Final = re.compile(rb"([\x01-\x03])([^\x01-\x03]*)\1")
"""A mark begins with one of three bytes: a set that the search runs along the text for."""
WINDOW: Final = KeyUse.WINDOW.value
SEALED, DENIED, CURSOR = b"\x01", b"\x02", b"\x03"


@dataclass(slots=True, eq=False)
class Sealed:
    """A sealed cell as it came out of the statement; there are many in an answer."""

    mark: SealedMark
    row: UUID
    subject: UUID
    wrapped: bytes
    blob: bytes


@dataclass(slots=True, kw_only=True)
class Revealing:
    """What resolving the marks of one answer needs, and the denials it has counted."""

    statement: Statement
    actor: Actor
    cursors: Cursors
    keyring: Keyring
    lists: Mapping[int, str]  # by call: the list as it was asked for
    group_key: Key | None = None
    boxes: Mapping[bytes, Key] = field(default_factory=dict)
    denied: Counter[int] = field(default_factory=Counter)

    def resolve(self, data: bytes) -> bytes:
        """Put values, nulls and cursors in the place of the marks."""
        if SEALED in data or DENIED in data or CURSOR in data:
            return MARK.sub(self._one, data)
        return data

    def _one(self, found: re.Match[bytes]) -> bytes:
        kind, held = found.groups()
        if kind == SEALED:
            return self._open(parse(self.statement, held))
        if kind == DENIED:
            self.denied[int(held)] += 1
            return b"null"
        number, _, values = held.partition(b":")
        of = self.lists[self.statement.cursors[int(number)]]
        return orjson.dumps(self.cursors.seal(values, of=of, actor=self.actor))

    def _open(self, cell: Sealed) -> bytes:
        """Open a window with the key that came with it, or a box with one that was released."""
        key = self._window_key(cell) if cell.mark.use == WINDOW else self._box_key(cell)
        if key is None:
            return b"null"
        place = place_of(cell, self.actor.group_id)
        return orjson.dumps(unseal(key, cell.blob, place=place, label=cell.mark.use).decode())

    def _window_key(self, cell: Sealed) -> Key | None:
        if not cell.wrapped or self.group_key is None:
            return None  # the person's keys are gone: erased
        return self.keyring.of_window(
            self.group_key, cell.wrapped, group_id=self.actor.group_id, subject=cell.subject
        )

    def _box_key(self, cell: Sealed) -> Key | None:
        return self.boxes.get(kid_of(cell.blob))


def boxes_in(statement: Statement, data: bytes) -> list[Sealed]:
    """Find the boxes in an answer: those that a purpose and an audited act must open."""
    if not any(mark.use == KeyUse.BOX.value for mark in statement.sealed):
        return []
    cells = (
        parse(statement, found.group(2))
        for found in MARK.finditer(data)
        if found.group(1) == SEALED
    )
    return [cell for cell in cells if cell.mark.use == KeyUse.BOX.value]


def parse(statement: Statement, text: bytes) -> Sealed:
    """Read what stands between two marks of a sealed cell."""
    number, row, subject, wrapped, blob = text.split(b":")
    row_id = _uuid(row)
    return Sealed(
        statement.sealed[int(number)],
        row_id,
        row_id if subject == row else _uuid(subject),
        bytes.fromhex(wrapped.decode()),
        bytes.fromhex(blob.decode()),
    )


def place_of(cell: Sealed, group_id: UUID) -> Place:
    """Where a cell lies: what its ciphertext is bound to."""
    return Place(
        group=group_id,
        table=cell.mark.table,
        column=cell.mark.column,
        row=cell.row,
        subject=cell.subject,
    )


def kid_of(blob: bytes) -> bytes:
    """The id of the key that a blob is under."""
    return blob[4:12]


def _uuid(text: bytes) -> UUID:
    return UUID(int=int(text.replace(b"-", b""), 16))
