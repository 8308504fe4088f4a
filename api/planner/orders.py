"""The order of a list, which its cursors hold too: keys that the mask shows on every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .shapes import Column, Inside, column_name, sorting_column

if TYPE_CHECKING:
    from authz.masks import Cell

    from .planning import Planning
    from .shapes import Shape


@dataclass(frozen=True, slots=True)
class Key:
    """A column by which rows are in order; null comes last, whichever the direction."""

    column: str
    descending: bool = False


def ordered(planning: Planning, shape: Shape, given: Any, rows: Cell) -> tuple[Key, ...]:
    """Plan an order; the id comes last, in the direction of the key before it.

    A list in its own order falls back to that of its ids where the mask does not show the name
    that it would be sorted by: what is hidden is no order and no clue.
    """
    keys = _keys(planning, shape, given, rows)
    if not given and planning.named(shape, rows, "sort").always:
        keys = [Key(name) for name in shape.order]
    kept: dict[str, Key] = {}
    for key in keys:
        kept.setdefault(key.column, key)  # whoever comes first decides: behind it all are alike
    last = next(reversed(kept.values()), Key("id"))
    kept.setdefault("id", Key("id", last.descending))
    return tuple(kept.values())


def _keys(planning: Planning, shape: Shape, given: Any, rows: Cell) -> list[Key]:
    found: list[Key] = []
    for name, inner in (pair for one in given or () for pair in one):
        shown = Column(says="", column="id", core=True) if name == "id" else shape.fields[name]
        if isinstance(shown, Inside):
            found += _keys(planning, planning.map.shapes[shown.target], (inner,), rows)
        elif isinstance(shown, Column):
            planning.sight("sort", shape, name, shown, rows, whole=True)
            column = sorting_column(shape.kept_in, column_name(name, shown))
            found.append(Key(column, inner == "DESC"))
    return found
