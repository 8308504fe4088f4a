"""What the viewer may do with a row: cells of the mask, asked of it in the same statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from domain.access.conditions_sql import EVERYTHING, visible_when
from domain.kernel.traits import traits_of

from .arguments import part_of
from .cells import joined, object_of
from .plan import Able, Act
from .refusals import DenialReason
from .shapes import Column, column_name
from .statement import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

    from authz.masks import Cell

    from .picks import Pick
    from .planning import Planning
    from .rows import Row
    from .shapes import Shape

MOST_ACTS: Final = 1_000
"""Acts that one operation may ask about; each is a condition of its own in the statement."""


def able(planning: Planning, shape: Shape, pick: Pick, rows: Cell) -> Able:
    """Plan what is asked about a row; `rows` is where the row itself is shown."""
    asked = part_of(planning.shape_of_calls[pick.call or 0], "actions")
    planning.weigh(len(asked))
    parts = tuple((one.key, one.name) for one in pick.of("Capability"))
    acts = tuple(Act(one, tuple(_cells(planning, shape, one, rows))) for one in asked)
    return Able(pick.key, acts, parts)


def _cells(planning: Planning, shape: Shape, action: str, rows: Cell) -> Iterator[Cell]:
    """An act is on the row as such, but for opening: that is of its sealed values, of any."""
    if action != "decrypt":
        yield planning.cell(action, shape).under(rows)
        return
    found = {
        (planning.cell("read", shape, name) & planning.cell("decrypt", shape, name)).under(rows)
        for name in sealed_fields(shape)
    }
    yield from sorted(found, key=lambda cell: (sorted(cell.allow), sorted(cell.deny)))


def sealed_fields(shape: Shape) -> Iterator[str]:
    """The fields of a type whose values are sealed."""
    columns = cast("Table", shape.kept_in.__table__).columns
    for name, held in shape.fields.items():
        if (
            isinstance(held, Column)
            and traits_of(shape.kept_in, columns[column_name(name, held)]).sealed
        ):
            yield name


def able_text(row: Row, node: Able) -> str:
    """Write the list of what was asked, in the order in which it was."""
    entries = [
        object_of([(key, _part(row, act, what)) for key, what in node.parts]) for act in node.acts
    ]
    parted = [part for entry in entries for part in ("','", entry)][1:]
    return joined("'['", *parted, "']'")


def _part(row: Row, act: Act, what: str) -> str:
    match what:
        case "__typename":
            return quoted('"Capability"')
        case "action":
            return quoted(f'"{act.action.upper()}"')
        case "allowed":
            return _either(row, act, "'true'", "'false'")
        case _:
            closed = all(cell.never for cell in act.cells)
            reason = DenialReason.ROLE if closed else DenialReason.ROW
            return _either(row, act, "'null'", quoted(f'"{reason.value}"'))


def _either(row: Row, act: Act, opened: str, closed: str) -> str:
    """One text on the rows on which the act is open, and another elsewhere."""
    when = [
        visible_when(row.entity, cell, alias=row.alias, bind=row.writing.bind)
        for cell in act.cells
        if not cell.never
    ]
    if EVERYTHING in when or not when:
        return opened if when else closed
    either = when[0] if len(when) == 1 else " OR ".join(f"({one})" for one in when)
    return f"CASE WHEN {either} THEN {opened} ELSE {closed} END"
