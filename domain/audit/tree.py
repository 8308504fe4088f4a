"""The tree of a group as it is kept: its leaves, and the hashes of every eighth height."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, tuple_

from .merkle import Subtree, complete, spanned
from .models import AuditCheckpoint, AuditLeaf, AuditNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from .merkle import Span

STEP: Final = 8
"""Of so many heights one is kept: a proof reads at most 2**STEP hashes of each."""


async def size_of(session: AsyncSession, group_id: UUID) -> int:
    """Count the leaves of a group's tree."""
    last = select(func.max(AuditLeaf.leaf_index)).where(AuditLeaf.group_id == group_id)
    found = await session.scalar(last)
    return 0 if found is None else found + 1


async def last_checkpoint(session: AsyncSession, group_id: UUID) -> AuditCheckpoint | None:
    """Take the last checkpoint of a group."""
    statement = select(AuditCheckpoint).where(AuditCheckpoint.group_id == group_id)
    found: AuditCheckpoint | None = await session.scalar(
        statement.order_by(AuditCheckpoint.size.desc()).limit(1)
    )
    return found


async def root_at(session: AsyncSession, group_id: UUID, size: int) -> bytes:
    """Find the root that the tree of a group had at a size."""
    [root] = await hashes_over(session, group_id, [(0, size)])
    return root


async def hashes_over(session: AsyncSession, group_id: UUID, spans: Sequence[Span]) -> list[bytes]:
    """Find the hashes over spans of the leaves of a group."""
    hashes = await hashes_of(session, group_id, [one for span in spans for one in complete(span)])
    return [spanned(span, hashes) for span in spans]


async def hashes_of(
    session: AsyncSession, group_id: UUID, wanted: Iterable[Subtree]
) -> dict[Subtree, bytes]:
    """Find the hashes of complete subtrees, out of those that are kept of them or below."""
    kept = {below for one in wanted for below in _kept(one)}
    leaves = [one.place for one in kept if not one.height]
    nodes = [tuple(one) for one in kept if one.height]
    found: dict[Subtree, bytes] = {}
    if leaves:
        chosen = select(AuditLeaf.leaf_index, AuditLeaf.leaf).where(
            AuditLeaf.group_id == group_id, AuditLeaf.leaf_index.in_(leaves)
        )
        found |= {Subtree(0, row.leaf_index): row.leaf for row in await session.execute(chosen)}
    if nodes:
        known = select(AuditNode.height, AuditNode.place, AuditNode.hash).where(
            AuditNode.group_id == group_id,
            tuple_(AuditNode.height, AuditNode.place).in_(nodes),
        )
        found |= {Subtree(row.height, row.place): row.hash for row in await session.execute(known)}
    return found


def _kept(one: Subtree) -> Iterable[Subtree]:
    """Name what is kept that a subtree is made of."""
    above = one.height % STEP
    height, first = one.height - above, one.place << above
    return (Subtree(height, place) for place in range(first, first + (1 << above)))
