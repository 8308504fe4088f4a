"""The marks in an answer are resolved in one pass over its bytes.

A raw control character cannot come out of PostgreSQL's JSON text, which escapes it: data cannot
forge a mark.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from domain.privacy.container import KID, Key, Spot, column_of, unseal
from domain.privacy.keyring import WRAPPED_KEY
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
ROW, SUBJECT, WRAPPED = slice(0, 16), slice(16, 32), slice(32, 32 + WRAPPED_KEY)
"""Where things lie in a sealed cell: a box has no wrapped key, and begins behind the subject."""


@dataclass(slots=True, eq=False)
class Sealed:
    """A box as it came out of the statement, closed."""

    mark: SealedMark
    row: UUID
    subject: UUID
    kid: bytes


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
    unopened: Counter[int] = field(default_factory=Counter)
    """Sealed cells, by the number of their mark, that are shut for want of the group's key."""

    def resolve(self, data: bytes) -> bytes:
        """Put values, nulls and cursors in the place of the marks."""
        if SEALED in data or DENIED in data or CURSOR in data:
            return MARK.sub(self._one, data)
        return data

    def _one(self, found: re.Match[bytes]) -> bytes:
        kind, held = found.groups()
        if kind == SEALED:
            number, _, text = held.partition(b":")
            if self.group_key is None:
                self.unopened[int(number)] += 1
                return b"null"
            return self._open(self.group_key, self.statement.sealed[int(number)], unhexlify(text))
        if kind == DENIED:
            self.denied[int(held)] += 1
            return b"null"
        number, _, values = held.partition(b":")
        of = self.lists[self.statement.cursors[int(number)]]
        return orjson.dumps(self.cursors.seal(values, of=of, actor=self.actor))

    def _open(self, group_key: Key, mark: SealedMark, held: bytes) -> bytes:
        """Open a window with the key that came with it, or a box with one that was released."""
        key: Key | None
        if mark.use == WINDOW:
            came = held[SUBJECT.start : WRAPPED.stop]
            key = self.keyring.of_window(group_key, came, group_id=self.actor.group_id)
            blob = held[WRAPPED.stop :]
        else:
            blob = held[SUBJECT.stop :]
            key = self.boxes.get(blob[KID])
        if key is None:
            return b"null"
        column = column_of(self.actor.group_id, mark.table, mark.column)
        spot = Spot(column, held[ROW], held[SUBJECT])
        return orjson.dumps(unseal(key, blob, place=spot, label=mark.use).decode())


def boxes_in(statement: Statement, data: bytes) -> list[Sealed]:
    """Find the boxes in an answer: those that a purpose and an audited act must open."""
    if not any(mark.use == KeyUse.BOX.value for mark in statement.sealed):
        return []
    cells = (
        (statement.sealed[int(number)], unhexlify(text))
        for kind, held in MARK.findall(data)
        if kind == SEALED
        for number, _, text in [held.partition(b":")]
    )
    return [_box(mark, held) for mark, held in cells if mark.use == KeyUse.BOX.value]


def _box(mark: SealedMark, held: bytes) -> Sealed:
    row, subject = UUID(bytes=held[ROW]), UUID(bytes=held[SUBJECT])
    return Sealed(mark, row, subject, held[SUBJECT.stop :][KID])
