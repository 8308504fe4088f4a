"""Scalars that take what they mean and nothing near it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal as Exact
from decimal import InvalidOperation
from typing import Any, Final

import strawberry
from strawberry.types.scalar import ScalarDefinition

INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,9})?")


def read_instant(value: Any) -> datetime:
    """Read an instant; without an offset it could be meant anywhere, so it is refused."""
    if isinstance(value, str) and INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError(
        "DateTime wants an instant with its offset, such as 2026-05-04T09:30:00+08:00."
    )


def read_day(value: Any) -> date:
    """Read a day of the calendar."""
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("Date wants a day of the calendar, such as 2026-05-04.")


def read_decimal(value: Any) -> Exact:
    """Read an exact number; neither NaN nor infinity nor an exponent is one."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            if NUMBER.fullmatch(str(value)):
                return Exact(str(value))
        except InvalidOperation:
            pass
    raise ValueError('Decimal wants an exact number as a string, such as "82.5".')


def written(value: Any) -> Any:
    """Give a value that PostgreSQL has already written as JSON."""
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant (RFC 3339) with its offset; answers are in UTC.",
        serialize=written,
        parse_value=read_instant,
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day of the calendar (ISO 8601): YYYY-MM-DD.",
        serialize=written,
        parse_value=read_day,
    ),
    Exact: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number, written as a string so that no digit is lost.",
        serialize=written,
        parse_value=read_decimal,
    ),
}
