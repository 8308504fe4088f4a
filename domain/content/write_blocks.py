"""Blocks on their way into an edition that is being written."""

from __future__ import annotations

from collections.abc import Sequence

from domain.kernel.work import Work

from .blocks import BlockDraft
from .models import Block, CourseVersion


async def write_blocks(work: Work, version: CourseVersion, drafts: Sequence[BlockDraft]) -> None:
    """Write the blocks of an edition; the first has position 1."""
    await work.add(
        *(_block(version, position, draft) for position, draft in enumerate(drafts, start=1))
    )


def _block(version: CourseVersion, position: int, draft: BlockDraft) -> Block:
    return Block(
        tenant_id=version.tenant_id,
        version_id=version.id,
        position=position,
        kind=draft.kind,
        title=draft.title.strip(),
        minutes=draft.minutes,
        body=draft.body,
        task=draft.task,
        media=draft.media,
        item_count=draft.item_count,
        pass_mark=draft.pass_mark,
    )
