"""A read plan becomes one statement that answers one row: data, policy head, token state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from authz.masks import OPEN
from domain.kernel.entity import GroupEntity

from .arguments import part_of
from .cells import object_of
from .pages import page_text
from .parameters import OfActor, OfArgument, OfClock, OfIds
from .plan import ById, ByIds, Constant, Node, Object, Paged, ReadPlan, Root, Self
from .refusals import BadArgument
from .rows import Row, object_text, objects_text, visible_rows
from .shapes import Shape
from .statement import INSTANT, UUID, Statement, Writing, entity_of, quoted

if TYPE_CHECKING:
    from authz.actor import Scope

    from .arguments import ShapeOfCalls

FRESHNESS: Final = (
    "(SELECT h.version FROM policy_head h WHERE h.group_id = {group}) AS head, "
    "(SELECT k.revoked_at IS NULL AND k.expires_at > {now} FROM token k "
    "WHERE k.group_id = {group} AND k.id = {token}) AS live"
)


def compile_plan(plan: ReadPlan, *, scope: Scope, shape_of_calls: ShapeOfCalls = ()) -> Statement:
    """Write the statement of a plan. The shape of each call's arguments is part of it."""
    writing = Writing(scope, shape_of_calls)
    data = object_of([(root.key, _root(writing, root)) for root in plan.roots])
    fresh = FRESHNESS.format(
        group=writing.group,
        now=writing.place(OfClock(), INSTANT),
        token=writing.place(OfActor("token"), UUID),
    )
    sql, parameters = writing.numbered(f"SELECT convert_to({data}, 'UTF8') AS data, {fresh}")
    return Statement(
        sql,
        parameters,
        tuple(writing.sealed),
        tuple(writing.cursors),
        writing.lists,
        tuple(writing.known),
        plan.denials,
        plan.judged,
    )


def _root(writing: Writing, root: Root) -> str:
    match root:
        case Constant(json=json):
            return quoted(json)
        case ById(call=call, argument=argument, objects=objects):
            (prefix, *_) = _prefixes(writing, call, argument) or ("",)
            return _by_id(writing, objects, prefix, OfArgument(call, argument, "uuid"))
        case ByIds(call=call, objects=objects):
            parts = [
                _by_id(writing, objects, prefix, OfIds(call, at))
                for at, prefix in enumerate(_prefixes(writing, call, "ids"))
            ]
            return f"""'[' || {" || ',' || ".join(parts) or "''"} || ']'"""
        case Self(cells=cells):
            return _self(writing, cells)
        case Paged():
            return page_text(writing, root, above=None, write=objects_text, row=Row)


def _by_id(
    writing: Writing, objects: tuple[Object, ...], prefix: str, parameter: OfArgument | OfIds
) -> str:
    """Write the row with an id, if the id's prefix is that of one of the objects."""
    meant = tuple(one for one in objects if one.shape.prefix == prefix)
    if not meant and len(objects) == 1:
        shape = objects[0].shape
        raise BadArgument(
            f"This is the id of something else: ids of {shape.name} begin with `{shape.prefix}_`.",
            argument="id",
        )
    if not meant:
        return quoted("null")
    entity = entity_of(meant[0].shape.entity)
    row = Row(writing, writing.alias(entity.__tablename__), entity)
    text = objects_text(row, meant)
    joins = "".join(f" {join}" for join in row.joins)
    return (
        f"coalesce((SELECT {text} FROM {entity.__tablename__} {row.alias}{joins} "
        f"WHERE {row.alias}.group_id = {writing.group} "
        f"AND {row.alias}.id = {writing.place(parameter, UUID)} "
        f"AND {visible_rows(row, meant)}), 'null')"
    )


def _prefixes(writing: Writing, call: int, argument: str) -> tuple[str, ...]:
    """The id prefixes in an argument, which the plan's key holds."""
    return tuple(part_of(writing.shape_of_calls[call], argument))


def _self(writing: Writing, cells: tuple[Node, ...]) -> str:
    """Write the viewer: a row of its own, from which person and tenant are reached."""
    row = Row(writing, "v", GroupEntity)
    viewer = Object(Shape(name="Viewer", says="", entity=None, kept_in=GroupEntity), cells, OPEN)
    text = object_text(row, viewer)
    joins = "".join(f" {join}" for join in row.joins)
    return f"(SELECT {text} FROM (VALUES (1)) v(one){joins})"
