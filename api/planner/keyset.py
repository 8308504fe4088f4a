"""Where a page begins: rows beyond a cursor, by the expanded form of a row comparison.

The expanded form keeps its index, and has an arm for NULL, which comes last in both directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import Date, DateTime, Integer, Numeric, Uuid

from .parameters import OfCursor
from .statement import INSTANT, TEXT, UUID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Column as TableColumn
    from sqlalchemy import Table

    from domain.kernel.entity import GroupEntity

    from .orders import Key
    from .statement import Writing


def order_text(
    entity: type[GroupEntity], alias: str, keys: Sequence[Key], *, backward: bool
) -> str:
    """Write the order of a list, or its reverse."""
    return ", ".join(
        f"{alias}.{key.column}{_direction(entity, key, backward=backward)}" for key in keys
    )


def _direction(entity: type[GroupEntity], key: Key, *, backward: bool) -> str:
    """Say the direction; where nothing is NULL nothing is said of it, so that any index serves."""
    descending = key.descending is not backward
    nulls = " NULLS FIRST" if backward else " NULLS LAST"
    return (" DESC" if descending else "") + (nulls if column(entity, key).nullable else "")


def beyond_text(
    writing: Writing,
    entity: type[GroupEntity],
    alias: str,
    keys: Sequence[Key],
    *,
    call: int,
    argument: str,
) -> str:
    """Say that a row lies behind the cursor in `after`, or ahead of the one in `before`.

    A disjunction bounds no index scan: without its first key said once more as a bound, a page
    far down would read all rows before it. Where that key may be NULL there is no one bound.
    """
    arms: list[str] = []
    bound = ""
    equal: list[str] = []
    for at, key in enumerate(keys):
        kind = kind_of(column(entity, key))
        place = f"{writing.place(OfCursor(call, argument, at), TEXT)}::{kind}"
        here = f"{alias}.{key.column}"
        nullable = bool(column(entity, key).nullable)
        ahead = argument == "before"
        if at == 0 and len(keys) > 1 and not nullable:
            bound = f"{here} {_sign(key, ahead=ahead)}= {place} AND "
        beyond = _beyond(here, place, key, ahead=ahead, nullable=nullable)
        arms.append(" AND ".join([*equal, beyond]))
        equal.append(f"{here} IS NOT DISTINCT FROM {place}" if nullable else f"{here} = {place}")
    return f"{bound}({' OR '.join(f'({arm})' for arm in arms)})"


def _beyond(here: str, place: str, key: Key, *, ahead: bool, nullable: bool) -> str:
    sign = _sign(key, ahead=ahead)
    if not nullable:
        return f"{here} {sign} {place}"
    if ahead:
        return f"({here} {sign} {place} OR ({place} IS NULL AND {here} IS NOT NULL))"
    return f"({here} {sign} {place} OR ({here} IS NULL AND {place} IS NOT NULL))"


def _sign(key: Key, *, ahead: bool) -> str:
    return "<" if key.descending is not ahead else ">"


def column(entity: type[GroupEntity], key: Key) -> TableColumn[Any]:
    """The column of a key."""
    return cast("Table", entity.__table__).columns[key.column]


def kind_of(held: TableColumn[Any]) -> str:
    """The PostgreSQL type that an operand is compared as."""
    match held.type:
        case Uuid():
            return UUID
        case Integer():
            return "int"
        case Numeric():
            return "numeric"
        case Date():
            return "date"
        case DateTime():
            return INSTANT
        case _:
            return TEXT
