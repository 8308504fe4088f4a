"""Marks and other bounded numbers, compared as exact decimals: 79.995 is below 80."""

from __future__ import annotations

from decimal import Decimal

LOWEST_MARK, HIGHEST_MARK = Decimal(0), Decimal(100)
DIGITS = 6
"""Digits after the point that a number may carry: more is noise, and is never rounded away."""


def between(value: Decimal, low: Decimal | int, high: Decimal | int) -> bool:
    """Say whether a number is one, lies within the bounds and has no more digits than it may."""
    return value.is_finite() and low <= value <= high and value == round(value, DIGITS)


def is_mark(value: Decimal) -> bool:
    """Say whether a number can be a mark, a score or a percentage: 0 to 100."""
    return between(value, LOWEST_MARK, HIGHEST_MARK)


def strictest(*marks: Decimal | None) -> Decimal | None:
    """Take the highest of the pass marks that apply, or nothing where none does."""
    return max((mark for mark in marks if mark is not None), default=None)
