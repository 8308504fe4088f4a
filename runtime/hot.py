"""The statements that were asked for last before a process ended: planned before the first request.

A file beside the data, its owner's alone, keeps their text. It holds places for values, which
travel apart, and of a client's words only the keys of the answer.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

KEPT: Final = 16
"""So many: planning one takes a millisecond or two and holds up to 180 KB on each connection."""
FILE: Final = "hot-statements.json"


def remembered(folder: Path) -> list[str]:
    """Take the statements of the process before; none where it left none, or nothing readable.

    The file is gone then: a statement that should end this process does not meet the next one.
    """
    try:
        found = orjson.loads((folder / FILE).read_bytes())
        (folder / FILE).unlink()
    except (OSError, orjson.JSONDecodeError):
        return []
    texts = found if isinstance(found, list) else []
    return [one for one in texts if isinstance(one, str)][:KEPT]


def remember(folder: Path, statements: Iterable[str]) -> None:
    """Keep the statements for the process after; where that cannot be done it starts cold."""
    whole: Sequence[str] = list(statements)[:KEPT]
    unfinished = folder / f"{FILE}.{os.getpid()}"
    try:
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(orjson.dumps(whole))
        unfinished.replace(folder / FILE)
    except OSError:
        return
