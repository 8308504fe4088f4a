"""Working days of China: weekdays without holidays, and the weekend days that are worked instead.

The State Council announces the holidays of a year in the autumn before. Of a year that nobody has
announced yet it is only known which days are weekdays: what reaches into it is provisional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import chinese_calendar

DAY: Final = timedelta(days=1)
FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that was counted up to, and whether holidays may still move it."""

    day: date
    provisional: bool


def works(day: date) -> bool | None:
    """Whether people work on a day; None where its year has not been announced."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def after_working_days(start: date, days: int) -> Deadline:
    """Count working days; the first is the first one behind `start`."""
    if days < 1:
        message = f"{days} working days lead nowhere"
        raise ValueError(message)
    day, provisional = start, False
    while days:
        day += DAY
        worked = works(day)
        provisional = provisional or worked is None
        days -= day.weekday() <= FRIDAY if worked is None else worked
    return Deadline(day, provisional)
