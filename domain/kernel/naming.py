"""How names are found and sorted: by their reading, and by one or two neighbouring characters."""

from __future__ import annotations

import unicodedata

from pypinyin import Style, lazy_pinyin


def sort_key(name: str) -> str:
    """Write a name by its reading in pinyin with tones, so that 张 stands where Z stands."""
    readings = lazy_pinyin(_plain(name), style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(readings)


def grams(name: str) -> frozenset[str]:
    """Cut a name into its characters and pairs of neighbouring characters."""
    text = _plain(name)
    return frozenset(text[i : i + n] for n in (1, 2) for i in range(len(text) - n + 1)) - {" "}


def sought(text: str) -> frozenset[str]:
    """Cut what is looked for into the pairs that a match must hold (one character stands alone)."""
    plain = _plain(text)
    if len(plain) < 2:  # noqa: PLR2004 - a single character has no pair
        return frozenset(plain)
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
