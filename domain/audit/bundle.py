"""The trail as it is handed out: lines of JSON that can be verified without us and our database.

The first line names the log, its key, and the hashes of what stands before the first event; then
each event comes with its place, its leaf and the root of the tree that ends with it; then the
checkpoints of these trees.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, select

from .canonical import canonical, event_of, personal
from .merkle import complete, spanned
from .models import AuditCheckpoint, AuditEntry, AuditLeaf
from .notes import origin_of
from .tree import hashes_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from .merkle import Span

FORM: Final = "peiyuan-audit-bundle-1"
AT_ONCE: Final = 1000


async def bundle(
    session: AsyncSession, group_id: UUID, key: str, span: Span, *, subjects: bool = False
) -> AsyncIterator[str]:
    """Write the lines of a span of the trail of a group, as far as it has places.

    `key` is the public key of its checkpoints. With `subjects`, events tell as well whom they lead
    to, so that this can be verified too.
    """
    start, end = span
    yield _line(await _header(session, group_id, key, start))
    for first in range(start, end, AT_ONCE):
        last = min(first + AT_ONCE, end)
        for leaf, entry in await _placed(session, group_id, (first, last)):
            told = _subject(entry) if subjects and entry is not None else {}
            yield _line({**_event(leaf, entry), **told})
    for note in await _notes(session, group_id, span):
        yield _line({"checkpoint": note})


async def _header(session: AsyncSession, group_id: UUID, key: str, start: int) -> dict[str, Any]:
    wanted = complete((0, start))
    kept = await hashes_of(session, group_id, wanted)
    before = [
        spanned((one.place << one.height, one.place + 1 << one.height), kept) for one in wanted
    ]
    return {
        "form": FORM,
        "origin": origin_of(group_id),
        "key": key,
        "from": start,
        "before": [encoded(one) for one in before],
    }


async def _placed(
    session: AsyncSession, group_id: UUID, span: Span
) -> Sequence[Row[AuditLeaf, AuditEntry | None]]:
    statement = (
        select(AuditLeaf, AuditEntry)
        .outerjoin(
            AuditEntry,
            and_(AuditEntry.group_id == AuditLeaf.group_id, AuditEntry.id == AuditLeaf.id),
        )
        .where(
            AuditLeaf.group_id == group_id,
            AuditLeaf.leaf_index >= span[0],
            AuditLeaf.leaf_index < span[1],
        )
        .order_by(AuditLeaf.leaf_index)
    )
    return (await session.execute(statement)).all()


def _event(leaf: AuditLeaf, entry: AuditEntry | None) -> dict[str, Any]:
    """Say what stands at a place; an event that is gone is not there, and its leaf still is."""
    return {
        "index": leaf.leaf_index,
        "leaf": encoded(leaf.leaf),
        "root": encoded(leaf.root),
        "event": None if entry is None else canonical(event_of(entry)).decode(),
    }


def _subject(entry: AuditEntry) -> dict[str, Any]:
    """Open what an event has committed to; nothing, once erasure has been there."""
    if entry.salt is None:
        return {}
    part = canonical(personal(entry.details)).decode()
    return {"salt": encoded(entry.salt), "personal": part}


async def _notes(session: AsyncSession, group_id: UUID, span: Span) -> Sequence[str]:
    statement = select(AuditCheckpoint.note).where(
        AuditCheckpoint.group_id == group_id,
        AuditCheckpoint.size > span[0],
        AuditCheckpoint.size <= span[1],
    )
    return (await session.scalars(statement.order_by(AuditCheckpoint.size))).all()


def encoded(hashed: bytes) -> str:
    """Write a hash as checkpoints do."""
    return b64encode(hashed).decode()


def _line(value: dict[str, Any]) -> str:
    return canonical(value).decode()
