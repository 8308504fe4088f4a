"""Which rows a list has: from where, and on which conditions, before anything limits them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.access.conditions_sql import visible_when

from .arguments import part_of
from .links import led_to, seen_when
from .parameters import OfArgument
from .statement import Writing, entity_of
from .wheres import where_text

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity

    from .plan import Paged


@dataclass(frozen=True, slots=True)
class List:
    """The rows of a list under an alias."""

    entity: type[GroupEntity]
    alias: str
    source: str
    conditions: tuple[str, ...]


def list_of(writing: Writing, page: Paged, *, above: str | None) -> List:
    """Write a list: its own rows, those that the mask shows, and of them what was asked for."""
    entity = entity_of(page.shape.entity)
    alias = writing.alias(entity.__tablename__)
    if above:
        source, conditions = led_to(writing, page.pages, entity, alias, above=above)
    else:
        source = f"{entity.__tablename__} {alias}"
        conditions = [f"{alias}.group_id = {writing.group}"]
    conditions.append(page.shape.where.format(a=alias))
    rows = None if page.free else page.rows
    conditions += seen_when(writing, entity, alias, rows=rows, needs=page.needs)
    conditions += _searched(writing, page, alias)
    if page.where is not None:
        conditions.append(where_text(writing, entity, alias, page.where, call=page.call))
    return List(entity, alias, source, tuple(one for one in conditions if one != "TRUE"))


def _searched(writing: Writing, page: Paged, alias: str) -> list[str]:
    """Keep the rows whose name holds what is sought, where the actor may read that name."""
    entity = entity_of(page.shape.entity)
    if not part_of(writing.shape_of_calls[page.call], "search") or entity.named_by is None:
        return []
    if page.named.never:
        return ["FALSE"]
    grams = writing.place(OfArgument(page.call, "search", "grams"), "text[]")
    name = visible_when(entity, page.named, alias=alias, bind=writing.bind)
    return [
        name,
        (
            f"{alias}.id IN (SELECT g.row_id FROM name_gram g WHERE g.group_id = {writing.group} "
            f"AND g.kind = '{entity.__tablename__}' AND g.gram = ANY({grams}) "
            f"GROUP BY g.row_id HAVING count(*) = cardinality({grams}))"
        ),
    ]
