"""What a block of each kind needs, so that an edition never promises what it lacks (C14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.kernel.errors import Refusal

from .marks import between, is_mark
from .models import BlockKind

LONGEST_MINUTES = 24 * 60
MOST_TEST_ITEMS = 1000

NEEDS: Mapping[BlockKind, frozenset[str]] = {
    BlockKind.TEXT: frozenset({"body"}),
    BlockKind.VIDEO: frozenset({"body", "media"}),  # the body is the transcript
    BlockKind.SIMULATION: frozenset({"body", "task"}),
    BlockKind.ROLE_PLAY: frozenset({"body", "task"}),
    BlockKind.CASE: frozenset({"body", "task"}),
    BlockKind.TEST: frozenset({"itemCount", "passMark"}),
}
MAY_HOLD = frozenset({"body", "media"})
"""What every kind may hold: an introduction and a picture or a film."""


class BlockIncomplete(Refusal):
    """A block lacks what its kind is made of."""

    en = "A block of kind {kind} needs {part}. Fill it in, or choose another kind."
    zh = "{kind} 类型的内容块必须填写 {part},请补充或更换类型。"


class BlockPartMisplaced(Refusal):
    """A block holds what its kind has no use for."""

    en = "A block of kind {kind} has no {part}. Leave it out, or choose another kind."
    zh = "{kind} 类型的内容块不应包含 {part},请删除或更换类型。"


class BlockOutOfRange(Refusal):
    """A number of a block cannot be meant."""

    en = "{part} must lie between {low} and {high}. Correct the number."
    zh = "{part} 必须在 {low} 到 {high} 之间,请更正。"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDraft:
    """A block as an author hands it in; its place in the list is its position."""

    kind: BlockKind
    title: str
    minutes: int
    body: str = ""
    task: str | None = None
    media: str | None = None
    item_count: int | None = None
    pass_mark: Decimal | None = None


def check_blocks(blocks: Sequence[BlockDraft]) -> None:
    """Refuse the first block that lacks a part, holds a foreign one or a number out of range."""
    for index, block in enumerate(blocks):
        at = ("blocks", str(index))
        _check_parts(block, at)
        _check_numbers(block, at)


def _check_parts(block: BlockDraft, at: tuple[str, ...]) -> None:
    held = _held(block)
    needed = NEEDS[block.kind] | {"title"}
    for part in sorted(needed - held):
        raise BlockIncomplete(kind=block.kind.value, part=part, at=(*at, part))
    for part in sorted(held - needed - MAY_HOLD):
        raise BlockPartMisplaced(kind=block.kind.value, part=part, at=(*at, part))


def _check_numbers(block: BlockDraft, at: tuple[str, ...]) -> None:
    bounds: Iterable[tuple[str, int | None, int]] = (
        ("minutes", block.minutes, LONGEST_MINUTES),
        ("itemCount", block.item_count, MOST_TEST_ITEMS),
    )
    for part, value, high in bounds:
        if value is not None and not between(Decimal(value), 1, high):
            raise BlockOutOfRange(part=part, low=1, high=high, at=(*at, part))
    if block.pass_mark is not None and not is_mark(block.pass_mark):
        raise BlockOutOfRange(part="passMark", low=0, high=100, at=(*at, "passMark"))


def _held(block: BlockDraft) -> frozenset[str]:
    texts = {"title": block.title, "body": block.body, "task": block.task, "media": block.media}
    numbers = {"itemCount": block.item_count, "passMark": block.pass_mark}
    return frozenset(
        [part for part, value in texts.items() if value is not None and value.strip()]
        + [part for part, number in numbers.items() if number is not None]
    )
