"""Where days begin: a day is one of a calendar, and a calendar is that of a time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def beginning(day: date, time_zone: str) -> datetime:
    """The instant at which a day begins somewhere."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def day_of(instant: datetime, time_zone: str) -> date:
    """The day it is somewhere at an instant."""
    return instant.astimezone(ZoneInfo(time_zone)).date()
