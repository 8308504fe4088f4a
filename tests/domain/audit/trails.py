"""Trails of a group as tests make and read them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.audit.canonical import canonical, event_of
from domain.audit.models import AuditCheckpoint, AuditEntry, AuditLeaf
from domain.audit.trail import append
from runtime.sequencing import Sequencer


@dataclass
class Trail:
    """What lies in the database of a group's trail."""

    entries: dict[UUID, AuditEntry]
    leaves: list[AuditLeaf]  # by their index
    checkpoints: list[AuditCheckpoint]

    @property
    def data(self) -> list[bytes]:
        """The events in the order of the tree."""
        return [canonical(event_of(self.entries[one.id])) for one in self.leaves]


async def trail_of(group) -> Trail:
    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:

        async def rows(entity, *order):
            chosen = select(entity).where(entity.group_id == group.id).order_by(*order)
            return list(await session.scalars(chosen))

        return Trail(
            entries={one.id: one for one in await rows(AuditEntry, AuditEntry.id)},
            leaves=await rows(AuditLeaf, AuditLeaf.leaf_index),
            checkpoints=await rows(AuditCheckpoint, AuditCheckpoint.size),
        )


async def noted(group, *verbs: str) -> list[UUID]:
    """Write an entry for each verb, each in a transaction of its own."""
    found = []
    for verb in verbs:
        async with group.work_as(group.founder) as work:
            found.append((await append(work, verb=verb)).id)
    return found


async def sequenced(group, *, whole: bool = True) -> int:
    placed, left = await Sequencer(group.installation).catch_up(group.id, whole=whole)
    assert not left
    return placed
