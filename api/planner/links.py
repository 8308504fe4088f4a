"""From a row to those that a field of it leads to: one condition for selections and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access.conditions_sql import EVERYTHING, visible_when

from .shapes import Link, One
from .statement import entity_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from authz.masks import Cell
    from domain.kernel.entity import GroupEntity

    from .plan import Need
    from .statement import Writing


def led_to(
    writing: Writing, link: Link, target: type[GroupEntity], there: str, *, above: str
) -> tuple[str, list[str]]:
    """Give source and conditions of the rows under the alias `there` that `above` leads to."""
    source = f"{target.__tablename__} {there}"
    conditions = [f"{there}.group_id = {writing.group}"]
    if isinstance(link, One):
        conditions.append(f"{there}.{link.remote} = {key_of(writing, link.by, above)}")
    elif link.through:
        table, near, far = link.through
        between = writing.alias(table)
        source = (
            f"{table} {between} JOIN {source} ON {there}.group_id = {writing.group} "
            f"AND {there}.id = {between}.{far}"
        )
        conditions = [
            f"{between}.group_id = {writing.group}",
            f"{between}.{near} = {above}.id",
        ]
    elif link.by:
        conditions.append(f"{there}.{link.by} = {above}.id")
    if link.also != "TRUE":
        conditions.append(link.also.format(a=above, b=there))
    return source, conditions


def seen_when(
    writing: Writing,
    entity: type[GroupEntity],
    alias: str,
    *,
    rows: Cell | None,
    needs: Sequence[Need],
) -> list[str]:
    """Say on which rows of an alias a type is shown; `rows` is None where the row above said so."""
    bind = writing.bind
    own = EVERYTHING if rows is None else visible_when(entity, rows, alias=alias, bind=bind)
    conditions = [own] if own != EVERYTHING else []
    for need in needs:
        target = entity_of(need.shape.entity)
        there = writing.alias(target.__tablename__)
        source, held = led_to(writing, need.by, target, there, above=alias)
        held.append(visible_when(target, need.rows, alias=there, bind=bind))
        conditions.append(f"EXISTS (SELECT 1 FROM {source} WHERE {' AND '.join(held)})")
    return conditions


def key_of(writing: Writing, by: str, alias: str) -> str:
    """The key of another row: a column of this one, a variable of the actor, or an expression."""
    if "{" not in by:
        return f"{alias}.{by}"
    places = {"a": alias, "group": writing.group}
    for variable in ("person", "tenant"):
        if f"{{{variable}}}" in by:
            places[variable] = writing.bind(variable) or "NULL"
    return by.format(**places)
