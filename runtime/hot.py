"""The statements that were asked for last before a process ended: planned before the first request.

A file beside the data keeps their text. It holds places and no values: those travel apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

KEPT: Final = 16
"""So many: planning one takes a millisecond or two and holds up to 180 KB on each connection."""
FILE: Final = "hot-statements.json"


def remembered(folder: Path) -> list[str]:
    """Read the statements of the process before; none where it left none, or nothing readable."""
    try:
        found = orjson.loads((folder / FILE).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return []
    texts = found if isinstance(found, list) else []
    return [one for one in texts if isinstance(one, str)][:KEPT]


def remember(folder: Path, statements: Iterable[str]) -> None:
    """Keep the statements for the process after; where that cannot be done it starts cold."""
    whole: Sequence[str] = list(statements)[:KEPT]
    unfinished = folder / f"{FILE}.unfinished"
    try:
        unfinished.write_bytes(orjson.dumps(whole))
        unfinished.chmod(0o600)
        unfinished.replace(folder / FILE)
    except OSError:
        return
