"""The courses of the made-up group, read from their Markdown files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from domain.content.blocks import BlockDraft
from domain.content.models import BlockKind, CourseFamily

CONTENT: Final = Path(__file__).parent / "content"
READ, SPOKEN = 400, 250
"""Characters a minute: Chinese prose read attentively, and spoken in a film."""
MINUTES_AN_ITEM: Final = 1
QUARTER: Final = 15

_FRONT: Final = re.compile(r"\A\+\+\+\n(?P<front>.*?)\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
_BLOCK: Final = re.compile(r"^## (?P<kind>[A-Z_]+) (?P<title>.+)$", re.MULTILINE)
_FACT: Final = re.compile(r"^[a-z_]+ = .+$")
_TASK: Final = "\n### 任务\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a course as its author handed it in."""

    code: str
    title: str
    family: CourseFamily
    competencies: tuple[str, ...]
    blocks: tuple[BlockDraft, ...]
    number: int = 1
    change_note: str | None = None

    @property
    def minutes(self) -> int:
        """How long the blocks take together."""
        return sum(block.minutes for block in self.blocks)

    @property
    def hours(self) -> Decimal:
        """The planned learning time: the blocks, up to the next quarter of an hour."""
        return Decimal(-(-self.minutes // QUARTER)) / 4


@cache
def editions() -> tuple[Edition, ...]:
    """Read all editions; those of one course follow each other in their order."""
    files = sorted((CONTENT / "courses").glob("*.md"))
    return tuple(
        sorted((read(file.read_text("utf-8")) for file in files), key=lambda e: (e.code, e.number))
    )


def read(text: str) -> Edition:
    """Read one edition: a front matter in TOML, then one section for each block."""
    parts = _FRONT.match(text)
    assert parts, "a course begins with its front matter"
    front = tomllib.loads(parts["front"])
    return Edition(
        code=front["code"],
        title=front["title"],
        family=CourseFamily(front["family"]),
        competencies=tuple(front["competencies"]),
        blocks=tuple(_blocks(parts["body"])),
        number=front.get("edition", 1),
        change_note=front.get("change_note"),
    )


def _blocks(body: str) -> Iterator[BlockDraft]:
    heads = list(_BLOCK.finditer(body))
    ends = [head.start() for head in heads[1:]] + [len(body)]
    for head, end in zip(heads, ends, strict=True):
        yield _block(BlockKind(head["kind"]), head["title"], body[head.end() : end])


def _block(kind: BlockKind, title: str, section: str) -> BlockDraft:
    facts, prose = _facts(section)
    body, _, task = prose.partition(_TASK)
    return BlockDraft(
        kind=kind,
        title=title,
        minutes=_minutes(kind, body + task, facts),
        body=body.strip(),
        task=task.strip() or None,
        media=facts.get("media"),
        item_count=facts.get("items"),
        pass_mark=Decimal(facts["pass_mark"]) if "pass_mark" in facts else None,
    )


def _facts(section: str) -> tuple[Mapping[str, Any], str]:
    lines = section.strip("\n").split("\n")
    count = next((at for at, line in enumerate(lines) if not _FACT.match(line)), len(lines))
    return tomllib.loads("\n".join(lines[:count])), "\n".join(lines[count:])


def _minutes(kind: BlockKind, prose: str, facts: Mapping[str, Any]) -> int:
    """Reading (or listening) time, and beside it the time that practice or the items take."""
    pace = SPOKEN if kind is BlockKind.VIDEO else READ
    read = -(-len(re.sub(r"\s", "", prose)) // pace)
    work: int = facts.get("practice", 0)
    items: int = facts.get("items", 0)
    return read + work + items * MINUTES_AN_ITEM
