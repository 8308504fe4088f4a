"""How long nobody may try again: nothing at first, then twice as long each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FREE: Final = 5
FIRST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(minutes=15)
ENOUGH: Final = 10  # doublings, so that a large count makes no large power


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Say until when a login is locked after so many failures in a row."""
    if failures < FREE:
        return None
    doublings: int = min(failures - FREE, ENOUGH)
    return now + min(FIRST * (1 << doublings), LONGEST)
