"""A filter's condition becomes SQL: the cell of a column, its operator, and a bound operand.

Only leakproof operators: under row-level security no other could use an index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import Boolean

from domain.access.conditions_sql import EVERYTHING, visible_when

from .filters import All, Led, Not, Some, Test, Where
from .keyset import kind_of
from .links import led_to, seen_when
from .parameters import OfOperand
from .shapes import One
from .statement import Writing, entity_of

if TYPE_CHECKING:
    from sqlalchemy import Table

    from domain.kernel.entity import GroupEntity

SIGNS: Final = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def where_text(
    writing: Writing, entity: type[GroupEntity], alias: str, where: Where, *, call: int
) -> str:
    """Write a condition over the rows of an alias."""
    match where:
        case Test():
            return _test(writing, entity, alias, where, call)
        case All(parts=parts):
            return _joined(writing, entity, alias, parts, call, "AND", "TRUE")
        case Some(parts=parts):
            return _joined(writing, entity, alias, parts, call, "OR", "FALSE")
        case Not(part=part):
            return f"NOT {where_text(writing, entity, alias, part, call=call)}"
        case Led():
            return _led(writing, entity, alias, where, call)


def _joined(
    writing: Writing,
    entity: type[GroupEntity],
    alias: str,
    parts: tuple[Where, ...],
    call: int,
    word: str,
    empty: str,
) -> str:
    written = [where_text(writing, entity, alias, part, call=call) for part in parts]
    if len(written) == 1:
        return written[0]
    return f"({f' {word} '.join(written)})" if written else empty


def _test(writing: Writing, entity: type[GroupEntity], alias: str, test: Test, call: int) -> str:
    held = cast("Table", entity.__table__).columns[test.column]
    kind = "boolean" if isinstance(held.type, Boolean) else kind_of(held)
    here = _seen(writing, entity, alias, test)

    def operand(kind: str, part: str = "") -> str:
        return writing.place(OfOperand(call, test.operand, part), kind)

    match test.operator:
        case "isNull":
            return f"({here} IS NULL) = {operand('boolean')}"
        case "in":
            return f"{here} = ANY({operand(f'{kind}[]', 'uuid' if test.id_of else '')})"
        case "startsWith":
            return f"({here} >= {operand(kind)} AND {here} < {operand(kind, 'beyond')})"
        case operator:
            return f"{here} {SIGNS[operator]} {operand(kind, 'uuid' if test.id_of else '')}"


def _seen(writing: Writing, entity: type[GroupEntity], alias: str, test: Test) -> str:
    """The value as the mask shows it: the same cell that a selection would be given."""
    when = visible_when(entity, test.cell, alias=alias, bind=writing.bind)
    here = f"{alias}.{test.column}"
    return here if when == EVERYTHING else f"CASE WHEN {when} THEN {here} END"


def _led(writing: Writing, entity: type[GroupEntity], alias: str, led: Led, call: int) -> str:
    """Say that there is a visible row at the end of a field which meets a condition."""
    target = entity_of(led.shape.entity)
    there = writing.alias(target.__tablename__)
    source, conditions = led_to(writing, led.by, target, there, above=alias)
    if led.shape.where != "TRUE":
        conditions.append(led.shape.where.format(a=there))
    rows = None if led.free else led.rows
    conditions += seen_when(writing, target, there, rows=rows, needs=led.needs)
    conditions.append(where_text(writing, target, there, led.part, call=call))
    kept = " AND ".join(one for one in conditions if one != EVERYTHING)
    when = visible_when(entity, led.cell, alias=alias, bind=writing.bind)
    # Several rows are looked for above each row, by the index of their link. Without OFFSET, which
    # changes nothing else, PostgreSQL may join them; and as a generic plan does not know how large
    # this group is, it then compared each of its people with each of its plans.
    apart = "" if isinstance(led.by, One) else " OFFSET 0"
    exists = f"EXISTS (SELECT 1 FROM {source} WHERE {kept}{apart})"
    # An unknown condition opens nothing: a plain AND would make it unknown under NOT as well.
    return exists if when == EVERYTHING else f"CASE WHEN {when} THEN {exists} ELSE FALSE END"
