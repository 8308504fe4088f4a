"""A row becomes JSON text: its cells, the rows that it leads to, and the joins they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.access.conditions_sql import visible_when

from .cells import guarded, json_of, object_of, withheld
from .figures import figure_text
from .links import led_to
from .pages import page_text
from .parameters import OfArgument, OfKnown
from .plan import (
    Constant,
    Joined,
    Known,
    Leaf,
    Listed,
    Nested,
    Node,
    Object,
    Paged,
    Rated,
    Secret,
    Way,
    Withheld,
)
from .secrets import secret_text
from .statement import INT, TEXT, Writing, quoted

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity


@dataclass(slots=True)
class Row:
    """A relation in the statement: its alias, its entity, and the joins that hang on it."""

    writing: Writing
    alias: str
    entity: type[GroupEntity]
    joins: list[str] = field(default_factory=list)

    def column(self, name: str) -> Any:
        """The column of a name, for its type and its traits."""
        return self.entity.__table__.columns[name]


def objects_text(row: Row, objects: tuple[Object, ...]) -> str:
    """Write a row as whichever of its types it is."""
    if len(objects) == 1:
        return object_text(row, objects[0])
    kinds = [
        f"WHEN {one.shape.where.format(a=row.alias)} THEN {object_text(row, one)}"
        for one in objects
    ]
    return f"CASE {' '.join(kinds)} ELSE 'null' END"


def object_text(row: Row, planned: Object) -> str:
    """Write a row as a JSON object of the cells that were asked for."""
    return object_of([(cell.key, cell_text(row, planned, cell)) for cell in planned.cells])


def cell_text(row: Row, planned: Object, node: Node) -> str:
    """Write one cell."""
    match node:
        case Constant(json=json):
            return quoted(json)
        case Withheld(denial=denial):
            return withheld(denial)
        case Leaf():
            return guarded(row, _leaf(row, planned, node), cell=node.cell, denial=node.denial)
        case Secret():
            return guarded(
                row,
                secret_text(row, planned.shape.policy_name, node),
                cell=node.cell,
                denial=node.denial,
            )
        case Joined():
            return guarded(row, _joined(row, node), cell=node.cell, denial=node.denial)
        case Listed():
            return guarded(row, _listed(row, node), cell=node.cell, denial=node.denial)
        case Nested(object=inner):
            return object_text(row, inner)
        case Paged():
            return page_text(row.writing, node, above=row.alias, write=objects_text, row=Row)
        case Rated():
            return guarded(row, figure_text(row, node), cell=node.cell, denial=node.denial)
        case Known():
            row.writing.known.append(node)
            return row.writing.place(OfKnown(len(row.writing.known) - 1), TEXT)


def visible_rows(row: Row, objects: tuple[Object, ...]) -> str:
    """Say on which rows any of the objects is of its type and open."""
    parts = []
    for one in objects:
        opened = (
            "TRUE"
            if one.free
            else visible_when(row.entity, one.rows, alias=row.alias, bind=row.writing.bind)
        )
        kind = one.shape.where.format(a=row.alias)
        parts.append(opened if kind == "TRUE" else f"({kind} AND {opened})")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _leaf(row: Row, planned: Object, node: Leaf) -> str:
    column = row.column(node.column)
    prefix = planned.shape.prefix if node.column == "id" else None
    text = json_of(column, f"{row.alias}.{node.column}", prefix=prefix)
    return f"coalesce({text}, 'null')" if column.nullable else text


def _joined(row: Row, node: Joined) -> str:
    reached = [_reach(row, way, node) for way in node.ways]
    return f"coalesce({', '.join([*reached, quoted('null')])})"


def _reach(row: Row, way: Way, node: Joined) -> str:
    """Join the other row, and write it where it is there and visible."""
    entity = way.objects[0].shape.entity
    if entity is None:
        message = f"{way.by.target} lies in no table"
        raise TypeError(message)
    other = Row(row.writing, row.writing.alias(entity.__tablename__), entity)
    text = objects_text(other, way.objects)
    source, conditions = led_to(row.writing, way.by, entity, other.alias, above=row.alias)
    if way.by.numbered and node.call is not None:
        number = row.writing.place(OfArgument(node.call, "number"), INT)
        conditions.append(f"{other.alias}.number = {number}")
    seen = visible_rows(other, way.objects)
    conditions += [seen] if seen != "TRUE" else []
    row.joins.append(f"LEFT JOIN {source} ON {' AND '.join(conditions)}")
    row.joins += other.joins
    return f"CASE WHEN {other.alias}.id IS NOT NULL THEN {text} END"


def _listed(row: Row, node: Listed) -> str:
    """Write a whole list in its order, as a sub-select on the rows that belong to this one."""
    entity = node.objects[0].shape.entity
    if entity is None:
        message = f"{node.many.target} lies in no table"
        raise TypeError(message)
    other = Row(row.writing, row.writing.alias(entity.__tablename__), entity)
    text = objects_text(other, node.objects)
    source, conditions = led_to(row.writing, node.many, entity, other.alias, above=row.alias)
    seen = visible_rows(other, node.objects)
    conditions += [seen] if seen != "TRUE" else []
    order = ", ".join(f"{other.alias}.{name}" for name in (*node.many.order, "id"))
    joins = "".join(f" {join}" for join in other.joins)
    return (
        f"(SELECT '[' || coalesce(string_agg({text}, ',' ORDER BY {order}), '') || ']' "
        f"FROM {source}{joins} WHERE {' AND '.join(conditions)})"
    )
