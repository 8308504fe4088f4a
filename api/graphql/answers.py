"""The envelope of an answer that was executed: data, errors beside it, and what was withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence


def enveloped(
    data: bytes,
    denied: Sequence[dict[str, object]] = (),
    *,
    errors: Sequence[dict[str, Any]] = (),
) -> bytes:
    """Write the answer around its data."""
    parts = [b'{"data":', data]
    if errors:
        parts += [b',"errors":', orjson.dumps(errors)]
    if denied:
        parts += [b',"extensions":', orjson.dumps({"denied": denied})]
    return b"".join((*parts, b"}"))
