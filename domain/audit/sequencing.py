"""Entries get their places in the tree of their group: by one sequencer at a time, and for good.

Whatever has no place yet is found by having none, not by when it says it was made: an entry whose
transaction commits late, or whose clock was wrong, is placed when it can be seen. All of a batch is
one transaction, so a sequencer that dies in it has done nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, func, insert, select

from domain.kernel.ids import uuid7

from .canonical import leaf_of
from .merkle import complete, grown, spanned
from .models import AuditCheckpoint, AuditEntry, AuditLeaf, AuditNode
from .notes import checkpoint, origin_of
from .tree import STEP, hashes_of, last_checkpoint, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from .merkle import Subtree
    from .notes import Signer

BATCH: Final = 2000
LOCK: Final = 0x61756474  # the first half of the lock's name, beside a half of the group's id


@dataclass(frozen=True, slots=True)
class Sequenced:
    """How far a sequencer came in a group: how many it placed, and whether some are left."""

    placed: int = 0
    left: bool = False


async def sequence(
    session: AsyncSession,
    group_id: UUID,
    signer: Signer,
    *,
    now: datetime,
    since: UUID | None = None,
    most: int = BATCH,
) -> Sequenced:
    """Place the entries that have no place yet, and sign the tree once none is left.

    `since` leaves out entries with smaller ids, which saves looking through all there are. Where
    another sequencer is at it, nothing is done.
    """
    if not await _unplaced(session, group_id, since, 1) and await _is_signed(session, group_id):
        return Sequenced()
    key = int.from_bytes(group_id.bytes[-4:], signed=True)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK, key))):
        return Sequenced(left=True)
    found = await _unplaced(session, group_id, since, most)
    await _placed(session, group_id, found, now)
    left = len(found) == most
    if not left and not await _is_signed(session, group_id):
        await _sign(session, group_id, signer, now)
    return Sequenced(len(found), left)


async def _unplaced(
    session: AsyncSession, group_id: UUID, since: UUID | None, most: int
) -> Sequence[AuditEntry]:
    placed = exists().where(AuditLeaf.group_id == group_id, AuditLeaf.id == AuditEntry.id)
    statement = select(AuditEntry).where(AuditEntry.group_id == group_id, ~placed)
    if since is not None:
        statement = statement.where(AuditEntry.id >= since)
    return (await session.scalars(statement.order_by(AuditEntry.id).limit(most))).all()


async def _is_signed(session: AsyncSession, group_id: UUID) -> bool:
    """Whether the last checkpoint is of the tree as it is."""
    last = await last_checkpoint(session, group_id)
    return await size_of(session, group_id) == (0 if last is None else last.size)


async def _placed(
    session: AsyncSession, group_id: UUID, found: Sequence[AuditEntry], now: datetime
) -> None:
    """Put leaves behind those that are there, and keep the hashes that they complete.

    Entries of before the tree came without a leaf; they get the one of the event that they are.
    """
    if not found:
        return
    size = await size_of(session, group_id)
    frontier = await _frontier(session, group_id, size)
    hashes = [one.leaf or leaf_of(one) for one in found]
    growth = list(grown(size, hashes, frontier))
    leaves = [
        {**_owned(group_id, one.id, now), "leaf_index": at, "leaf": leaf, "root": more.root}
        for at, (one, leaf, more) in enumerate(zip(found, hashes, growth, strict=True), start=size)
    ]
    nodes = [
        {**_owned(group_id, uuid7(now), now), "height": height, "place": place, "hash": hashed}
        for more in growth
        for (height, place), hashed in more.made
        if height and height % STEP == 0
    ]
    await session.execute(insert(AuditLeaf), leaves)
    if nodes:
        await session.execute(insert(AuditNode), nodes)


async def _frontier(session: AsyncSession, group_id: UUID, size: int) -> dict[Subtree, bytes]:
    """The hashes of the complete subtrees that a tree is made of."""
    wanted = complete((0, size))
    kept = await hashes_of(session, group_id, wanted)
    return {
        one: spanned((one.place << one.height, one.place + 1 << one.height), kept) for one in wanted
    }


async def _sign(session: AsyncSession, group_id: UUID, signer: Signer, now: datetime) -> None:
    """Sign the tree as it is; a clock that has gone back does not take the checkpoints with it."""
    size = await size_of(session, group_id)
    root = spanned((0, size), await _frontier(session, group_id, size))
    last = await last_checkpoint(session, group_id)
    at = now if last is None else max(now, last.at)
    note = signer.signed(checkpoint(origin_of(group_id), size, root, at))
    signed = {"at": at, "size": size, "root": root, "note": note, "key": signer.verifier()}
    row = {**_owned(group_id, uuid7(at), now), **signed}
    await session.execute(insert(AuditCheckpoint), [row])


def _owned(group_id: UUID, id: UUID, now: datetime) -> dict[str, Any]:
    """What every row of a group has; those of its tree stand at its root."""
    return {
        "group_id": group_id, "tenant_id": group_id, "id": id, "row_version": 1, "created_at": now,
    }  # fmt: skip
