"""A row becomes JSON text: its cells, the rows that it leads to, and the joins they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.access.conditions_sql import EVERYTHING

from .abilities import able_text
from .cells import guarded, json_of, object_of, withheld
from .figures import figure_text
from .links import led_to, seen_when
from .pages import page_text
from .parameters import OfArgument, OfClock, OfKnown
from .plan import (
    Able,
    Computed,
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
from .shapes import One, placeholders
from .statement import INSTANT, INT, TEXT, Writing, entity_of, quoted

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity


@dataclass(slots=True)
class Row:
    """A relation in the statement: its alias, its entity, and the joins that hang on it.

    It is `there` where it is no row that an outer join may have left out.
    """

    writing: Writing
    alias: str
    entity: type[GroupEntity]
    joins: list[str] = field(default_factory=list)
    there: bool = True

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
            return guarded(row, _leaf(row, node), cell=node.cell, denial=node.denial)
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
        case Computed():
            return guarded(row, _computed(row, node), cell=node.cell, denial=node.denial)
        case Rated():
            return guarded(row, figure_text(row, node), cell=node.cell, denial=node.denial)
        case Able():
            return able_text(row, node)
        case Known():
            row.writing.known.append(node)
            return row.writing.place(OfKnown(len(row.writing.known) - 1), TEXT)


def visible_rows(row: Row, objects: tuple[Object, ...]) -> str:
    """Say on which rows any of the objects is of its type and open."""
    parts = []
    for one in objects:
        rows = None if one.free else one.rows
        seen = seen_when(row.writing, row.entity, row.alias, rows=rows, needs=one.needs)
        opened = " AND ".join(seen) or EVERYTHING
        kind = one.shape.where.format(a=row.alias)
        parts.append(opened if kind == "TRUE" else f"({kind} AND {opened})")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _leaf(row: Row, node: Leaf) -> str:
    column = row.column(node.column)
    text = json_of(column, f"{row.alias}.{node.column}", prefix=node.prefix)
    return f"coalesce({text}, 'null')" if column.nullable else text


def _computed(row: Row, node: Computed) -> str:
    writing = row.writing
    names = placeholders(node.derived.expression)
    places = {"a": row.alias}
    if "now" in names:
        places["now"] = writing.place(OfClock(), INSTANT)
    if "group" in names:
        places["group"] = writing.group
    return f"coalesce(({node.derived.expression.format(**places)})::text, 'null')"


def _joined(row: Row, node: Joined) -> str:
    reached = [_reach(row, way, node) for way in node.ways]
    return reached[0] if len(reached) == 1 else f"coalesce({', '.join([*reached, quoted('null')])})"


def _reach(row: Row, way: Way, node: Joined) -> str:
    """Join the other row, and write it where it is there and visible."""
    entity = entity_of(way.objects[0].shape.entity)
    other = Row(row.writing, row.writing.alias(entity.__tablename__), entity)
    source, conditions = led_to(row.writing, way.by, entity, other.alias, above=row.alias)
    if way.by.numbered and node.call is not None:
        number = row.writing.place(OfArgument(node.call, "number"), INT)
        conditions.append(f"{other.alias}.number = {number}")
    seen = visible_rows(other, way.objects)
    conditions += [seen] if seen != "TRUE" else []
    other.there = seen == "TRUE" and row.there and _always_one(row, way.by)
    text = objects_text(other, way.objects)
    row.joins.append(f"{'' if other.there else 'LEFT '}JOIN {source} ON {' AND '.join(conditions)}")
    row.joins += other.joins
    if other.there:
        return text
    absent = " ELSE 'null'" if len(node.ways) == 1 else ""
    return f"CASE WHEN {other.alias}.id IS NOT NULL THEN {text}{absent} END"


def _always_one(row: Row, link: One) -> bool:
    """Whether a foreign key that is never null leads there, and nothing narrows it."""
    if "{" in link.by or link.also != "TRUE" or link.remote != "id":
        return False
    column = row.column(link.by)
    return bool(column.foreign_keys) and not column.nullable


def _listed(row: Row, node: Listed) -> str:
    """Write a whole list in its order, as a sub-select on the rows that belong to this one."""
    entity = entity_of(node.objects[0].shape.entity)
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
