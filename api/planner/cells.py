"""How one value becomes JSON text in PostgreSQL, and how what is not shown becomes null.

Text is joined with `||`, the cheapest form measured; `json_build_object` would escape the marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, LargeBinary, Numeric, Uuid

from domain.access.conditions_sql import EVERYTHING, visible_when

from .statement import quoted

if TYPE_CHECKING:
    from sqlalchemy import Column

    from authz.masks import Cell

    from .rows import Row

SEALED: Final = "\x01"
DENIED: Final = "\x02"
CURSOR: Final = "\x03"
RFC_3339: Final = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'"""
LITERAL_AT_END: Final = re.compile(r"(?:^|\|\| )'(?:[^'\\]|'')*'$")
"""A plain literal, not one with escapes, as the last part of a text that is joined."""
CHUNK: Final = 16
"""So many fields are joined at a time: every `||` copies what stands to its left."""


def json_of(column: Column[Any], expression: str, *, prefix: str | None = None) -> str:
    """Write a column's value as JSON text; NULL stays NULL."""
    if prefix is not None:
        return f"""'"{prefix}_' || replace({expression}::text, '-', '') || '"'"""
    match column.type:
        case Enum() | Numeric() | Date() | Uuid():
            return f"""'"' || {expression}::text || '"'"""
        case DateTime():
            return f"""'"' || to_char({expression} AT TIME ZONE 'UTC', {RFC_3339}) || '"'"""
        case Boolean() | Integer():
            return f"{expression}::text"
        case LargeBinary():
            message = f"{column} is bytes and has no JSON form"
            raise TypeError(message)
        case _:
            return f"to_json({expression})::text"


def guarded(row: Row, text: str, *, cell: Cell, denial: int | None) -> str:
    """Show a text where the cell is open on the row, and the mark of the denial elsewhere."""
    when = visible_when(row.entity, cell, alias=row.alias, bind=row.writing.bind)
    return (
        text if when == EVERYTHING else f"CASE WHEN {when} THEN {text} ELSE {withheld(denial)} END"
    )


def withheld(denial: int | None) -> str:
    """What stands in the place of a value that is not shown."""
    return "'null'" if denial is None else quoted(f"{DENIED}{denial}{DENIED}")


def object_of(pairs: list[tuple[str, str]]) -> str:
    """Join keys and texts into the text of a JSON object."""
    if not pairs:
        return "'{}'"
    opened = [
        joined(f"""'{"{" if at == 0 else ","}"{key}":'""", text)
        for at, (key, text) in enumerate(pairs)
    ]
    if len(opened) <= CHUNK:
        return joined(*opened, "'}'")
    chunks = [opened[at : at + CHUNK] for at in range(0, len(opened), CHUNK)]
    return joined(*(f"({joined(*chunk)})" for chunk in chunks), "'}'")


def joined(*texts: str) -> str:
    """Join texts; where two literals meet, PostgreSQL is given one."""
    whole, *rest = texts
    for text in rest:
        if text.startswith("'") and LITERAL_AT_END.search(whole):
            whole = whole[:-1] + text[1:]
        else:
            whole = f"{whole} || {text}"
    return whole
