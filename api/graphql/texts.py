"""Text that no database can keep is refused before anyone works with it."""

from __future__ import annotations

import re
from typing import Any, Final

from .problems import BAD_USER_INPUT, Problem

UNFIT: Final = re.compile("[\0\ud800-\udfff]")


def unfit(value: Any, *, at: str) -> Problem | None:
    """Find a NUL or half a surrogate pair in a value, however deep, and say where."""
    if isinstance(value, str):
        return _unfit_text(value, at)
    if isinstance(value, dict):
        pairs = [(at, key) for key in value] + [(f"{at}.{key}", one) for key, one in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{at}.{number}", one) for number, one in enumerate(value)]
    else:
        return None
    found = (unfit(one, at=place) for place, one in pairs)
    return next((problem for problem in found if problem is not None), None)


def _unfit_text(text: str, at: str) -> Problem | None:
    if UNFIT.search(text) is None:
        return None
    message = "A text must not hold the character NUL or half of a surrogate pair. Remove it."
    place = at.encode("ascii", "backslashreplace").decode().replace("\0", "\\0")
    return Problem(code=BAD_USER_INPUT, message=message, extensions={"argumentPath": place})
