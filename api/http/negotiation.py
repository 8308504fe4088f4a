"""What the client accepts: the media type of the answer, and the language of its messages."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .answers import LEGACY, RESPONSE, Failure

OFFERED: Final = (RESPONSE, LEGACY)


@lru_cache(maxsize=256)
def media_type(accept: str | None) -> str:
    """Choose the media type that is wanted most; the modern one where both are as welcome."""
    if not accept:
        return RESPONSE
    wanted = _weighed(accept)
    best = max(OFFERED, key=lambda offered: _weight(offered, wanted))
    if _weight(best, wanted) <= 0:
        raise Failure(
            406,
            "NOT_ACCEPTABLE",
            f"Answers are {RESPONSE} or {LEGACY}. Name one of them in `Accept`.",
            f"应答格式为 {RESPONSE} 或 {LEGACY},请在 Accept 中指定其一。",
        )
    return best


@lru_cache(maxsize=256)
def locale(accept_language: str | None) -> str:
    """Choose the language of messages: zh-CN, or English where nothing else is wanted more."""
    wanted = _weighed(accept_language or "")
    chinese = max((q for tag, q in wanted.items() if tag.split("-")[0] == "zh"), default=0.0)
    other = max((q for tag, q in wanted.items() if tag.split("-")[0] == "en"), default=0.0)
    return "zh-CN" if chinese > other else "en"


def _weight(offered: str, wanted: dict[str, float]) -> float:
    kind = offered.partition("/")[0]
    for name in (offered, f"{kind}/*", "*/*"):
        if name in wanted:
            return wanted[name]
    return 0.0


def _weighed(header: str) -> dict[str, float]:
    """Read `a;q=0.5, b` as names with weights; a weight that cannot be read counts as none."""
    found = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [one[2:] for one in parameters if one.startswith("q=")]
        if name:
            found[name] = _number(weights[0]) if weights else 1.0
    return found


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 <= number <= 1 else 0.0
