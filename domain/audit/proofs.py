"""What shows that an event is in the tree, and that the tree only ever grew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.kernel.errors import NotFound, Refusal

from .merkle import consistency_path, inclusion_path
from .models import AuditCheckpoint, AuditEntry, AuditLeaf
from .tree import hashes_over, last_checkpoint

if TYPE_CHECKING:
    from uuid import UUID

    from domain.kernel.work import Work

READ = "read AuditEntry"


class NoSuchCheckpoint(Refusal):
    """No tree of that size was signed."""

    en = "No checkpoint has that size. Take the size of one that you hold, or leave it out."
    zh = "没有该大小的检查点。请填写您所持检查点的大小,或留空。"
    path = ("checkpoint",)


class NotYetPlaced(Refusal):
    """The event has no place in the tree of that checkpoint."""

    en = "The event is not in that checkpoint. Ask for a later one, or again in some seconds."
    zh = "该事件不在此检查点内,请选择更晚的检查点,或稍后重试。"
    path = ("eventId",)


class NotGrown(Refusal):
    """The first of the two checkpoints is the larger one."""

    en = "`from` must be the smaller checkpoint. Exchange the two."
    zh = "from 须为较小的检查点,请交换两者。"
    path = ("from",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Where an event stands, and what shows it."""

    leaf: AuditLeaf
    checkpoint: AuditCheckpoint
    path: list[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """Two checkpoints, and what shows that the later tree begins with the earlier."""

    earlier: AuditCheckpoint
    later: AuditCheckpoint
    path: list[bytes]


async def proof_of(work: Work, event_id: UUID, size: int | None) -> Inclusion:
    """Prove that an event is in the tree of a checkpoint, or of the last one."""
    entry = await work.reach(AuditEntry, event_id, to=READ, at=("eventId",))
    checkpoint = await signed_at(work, size)
    leaf = await work.row(AuditLeaf, AuditLeaf.id == entry.id)
    if leaf is None or leaf.leaf_index >= checkpoint.size:
        raise NotYetPlaced
    spans = inclusion_path(leaf.leaf_index, checkpoint.size)
    path = await hashes_over(work.session, entry.group_id, spans)
    return Inclusion(leaf=leaf, checkpoint=checkpoint, path=path)


async def consistency_of(work: Work, earlier: int, later: int | None) -> Consistency:
    """Prove that the tree of one checkpoint grew out of that of another."""
    first, second = await signed_at(work, earlier), await signed_at(work, later)
    await work.permit(READ, second)
    if first.size > second.size:
        raise NotGrown
    spans = consistency_path(first.size, second.size)
    path = await hashes_over(work.session, second.group_id, spans)
    return Consistency(earlier=first, later=second, path=path)


async def signed_at(work: Work, size: int | None) -> AuditCheckpoint:
    """Take the checkpoint of a size, or the last one; a group without any has nothing to prove."""
    if size is None:
        found = await last_checkpoint(work.session, work.actor.group_id)
    else:
        found = await work.row(AuditCheckpoint, AuditCheckpoint.size == size)
    if found is None:
        raise NotFound if size is None else NoSuchCheckpoint
    return found
