"""What an answer is made of before anything is picked from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from api.planner.shapes import Shape
from domain.kernel.entity import GroupEntity
from tests.oracle.rows import Row


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """A row seen as a type; of a value that lies inside a row, that row."""

    shape: Shape
    row: Row
    entity: type[GroupEntity]

    @property
    def table(self) -> str:
        """Where the row lies."""
        return self.entity.__tablename__


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value that is not shown on this row: of which field, for which act, and why."""

    field: str
    action: str
    reason: str


def written(value: Any) -> Any:
    """A scalar as JSON has it."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
        case date() | UUID():
            return str(value)
        case _:
            return value


def place_of(values: list[Any]) -> str:
    """A place in a list as a cursor holds it: the texts that PostgreSQL would write."""
    return f"cursor {orjson.dumps([_text(value) for value in values]).decode()}"


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case datetime():
            fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}{fraction}+00"
        case _:
            return str(written(value))
