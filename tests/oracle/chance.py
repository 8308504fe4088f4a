"""Seeded chance, in the words of the rows that it makes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from tests.people import NOW, TODAY

T = TypeVar("T")

ODD = (
    "平常", "Ünlü’s", 'say "no" \\ yes', "tab\tand\nline", "\x01forged\x01", "\x020\x02",
    "\x030:[]\x03", "😀 emoji", "% _ like", "{a}.brace", "'quoted'", "null", "",
)  # fmt: skip
"""Texts that a careless hand would spoil: quotes, control characters, the planner's own marks."""

AMOUNTS = tuple(map(Decimal, ("0", "80", "80.0", "80.00", "79.999999", "100", "33.333", "0.10")))


class Chance(Random):
    """A generator that begins with a seed, and with it makes the same things again."""

    def some(self, *values: T, none: float = 0.0) -> T | None:
        """One of these, or nothing every so often."""
        return None if self.random() < none else self.choice(values)

    def likely(self, share: float) -> bool:
        """True in this share of the times."""
        return self.random() < share

    def words(self, none: float = 0.0) -> str | None:
        """A text, more often odd than not."""
        return self.some(*ODD, none=none)

    def amount(self, none: float = 0.0) -> Decimal | None:
        """An exact number; equal ones are written with more digits and fewer."""
        return self.some(*AMOUNTS, none=none)

    def day(self, none: float = 0.0, *, around: date = TODAY, spread: int = 3) -> date | None:
        """A day near another one; many meet on the same."""
        day = around + timedelta(days=self.randint(-spread, spread))
        return None if self.likely(none) else day

    def instant(self, none: float = 0.0) -> datetime | None:
        """An instant of the last days, some to the microsecond."""
        rest = self.choice((0, 0, 1, 999, 123_456, 999_999))
        moment = NOW - timedelta(hours=self.randint(0, 72), microseconds=rest)
        return None if self.likely(none) else moment
