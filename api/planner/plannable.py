"""What cannot be planned is found when the schema is made, all of it at once, and never later."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import LargeBinary

from domain.kernel.traits import traits_of

from .figures import KINDS
from .shapes import (
    Choice,
    Column,
    Derived,
    Field,
    Figure,
    Inside,
    Many,
    Map,
    One,
    Pages,
    Shape,
    column_name,
    placeholders,
    sorting_column,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Table

PLAIN: Final = frozenset({"Boolean", "Int"})
OF_A_ROW: Final = frozenset({"a", "group", "person", "tenant"})
OF_TWO_ROWS: Final = frozenset({"a", "b"})


class Unplannable(TypeError):
    """The declarations hold fields for which no statement can be written; each is named."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def check(known: Map) -> None:
    """Refuse a map with anything in it that no statement could answer."""
    found = [*_clashing(known)]
    for shape in known.shapes.values():
        found += [f"{shape.name}: {fault}" for fault in _of_shape(known, shape)]
        for name, held in shape.fields.items():
            found += [
                f"{shape.name}.{name}: {fault}" for fault in _of_field(known, shape, name, held)
            ]
    if found:
        raise Unplannable(found)


def _clashing(known: Map) -> Iterator[str]:
    """Two types under one prefix: an id would not say which of them it is of."""
    prefixes = Counter(shape.prefix for shape in known.shapes.values() if shape.prefix)
    yield from (
        f"prefix {prefix} stands for several types" for prefix, n in prefixes.items() if n > 1
    )


def _of_shape(known: Map, shape: Shape) -> Iterator[str]:
    yield from _placeholders(shape.where, {"a"})
    if shape.entity is None:
        return
    yield from _columns(shape, shape.order)
    yield from (
        f"it lies in the order of {one}, which not every row shows"
        for one in shape.order
        if one not in _open_to_all(shape)
    )
    siblings = [
        one
        for one in known.shapes.values()
        if one.entity is shape.entity and one is not shape and one.where == shape.where
    ]
    if shape.where != "TRUE" and siblings:
        yield f"the same rows are also {siblings[0].name}"


def _of_field(known: Map, shape: Shape, name: str, held: Field) -> Iterator[str]:
    match held:
        case Column():
            yield from _of_column(shape, name, held)
        case One():
            yield from _of_one(known, shape, held)
        case Many() | Pages():
            yield from _of_several(known, shape, held)
        case Inside(target=target):
            yield from _of_inside(known, shape, target)
        case Choice(target=target, ways=ways):
            yield from (fault for way in ways for fault in _of_one(known, shape, way))
            reached = {one for way in ways for one in _members(known, way.target)}
            if target not in known.abstracts or reached != set(known.abstracts[target].members):
                yield f"its ways do not lead to just what {target} may be"
        case Derived(kind=kind, expression=expression, sources=sources):
            yield from _placeholders(expression, {"a", "group", "now"})
            yield from (
                f"{one} is no column to derive from"
                for one in sources
                if not isinstance(shape.fields.get(one), Column) or _is_sealed(shape, one)
            )
            if kind not in PLAIN:
                yield f"{kind} is not written as it stands: derive {' or '.join(sorted(PLAIN))}"
        case Figure(statement=statement, arguments=arguments):
            yield from _placeholders(statement, {"a", "group", "now", *arguments})
            yield from (f"{one} is no argument of a rate" for one in arguments if one not in KINDS)


def _of_inside(known: Map, shape: Shape, target: str) -> Iterator[str]:
    """The value's fields are columns here as well, and may be null here only if they may there."""
    if target not in known.shapes:
        yield f"there is no type {target}"
        return
    inner = known.shapes[target]
    here = replace(inner, kept_in=shape.kept_in)
    for name, held in inner.fields.items():
        faults = list(_of_field(known, here, name, held))
        yield from (f"{target}.{name}: {fault}" for fault in faults)
        if isinstance(held, Column) and not faults:
            column = column_name(name, held)
            may_be = bool(_table(here).columns[column].nullable)
            if may_be and not _table(inner).columns[column].nullable:
                yield f"{target}.{name} may be null here"


def _of_column(shape: Shape, name: str, held: Column) -> Iterator[str]:
    column = _table(shape).columns.get(column_name(name, held))
    if column is None:
        yield f"{_table(shape).name} has no column {column_name(name, held)}"
        return
    sealed = traits_of(shape.kept_in, column).sealed
    if isinstance(column.type, LargeBinary) and not sealed:
        yield "bytes have no JSON form"
    if held.core and sealed:
        yield "a sealed value is no part of the row core"
    if sealed and shape.kept_in.about is None:
        yield "a sealed value is about somebody, and its row does not say about whom"


def _of_one(known: Map, shape: Shape, link: One) -> Iterator[str]:
    yield from _placeholders(link.also, OF_TWO_ROWS)
    if "{" in link.by:
        yield from _placeholders(link.by, OF_A_ROW)
    else:
        yield from _columns(shape, [link.by])
    targets = list(_shapes(known, link.target))
    yield from _in_one_table(targets, link.target)
    for target in targets:
        yield from _columns(target, [link.remote, *(["number"] if link.numbered else [])])
    if link.required and any(
        isinstance(one, One) and one.required and one.elsewhere
        for target in targets
        for one in target.fields.values()
    ):
        yield f"{link.target} cannot be without what may lie elsewhere, and so could not this"
    if link.required and (
        link.by not in _table(shape).columns or _table(shape).columns[link.by].nullable
    ):
        yield f"it is required, and {link.by} may be null"


def _of_several(known: Map, shape: Shape, link: Many | Pages) -> Iterator[str]:
    yield from _placeholders(link.also, OF_TWO_ROWS)
    targets = list(_shapes(known, link.target))
    yield from _in_one_table(targets, link.target)
    if isinstance(link, Pages) and link.target not in known.shapes:
        yield "a page is of one type"
    for target in targets:
        order = link.order if isinstance(link, Many) else ()
        yield from _columns(target, [*([link.by] if link.by else []), *order])
    if link.through:
        yield from _of_between(shape, *link.through)


def _of_between(shape: Shape, table: str, near: str, far: str) -> Iterator[str]:
    between = _table(shape).metadata.tables.get(table)
    if between is None:
        yield f"there is no table {table}"
    else:
        yield from (
            f"{table} has no column {one}"
            for one in ("group_id", near, far)
            if one not in between.columns
        )


def _is_sealed(shape: Shape, name: str) -> bool:
    held = shape.fields[name]
    assert isinstance(held, Column)
    column = _table(shape).columns.get(column_name(name, held))
    return column is not None and traits_of(shape.kept_in, column).sealed


def _open_to_all(shape: Shape) -> set[str]:
    """The columns by which a list may lie whoever asks; names are judged when it is planned."""
    entity = shape.kept_in
    keys = {held.by for held in shape.fields.values() if isinstance(held, One) and held.required}
    core = {
        column_name(name, held)
        for name, held in shape.fields.items()
        if isinstance(held, Column) and held.core
    }
    named = {sorting_column(entity, entity.named_by)} if entity.named_by else set()
    return {"id", *keys, *core, *named}


def _members(known: Map, name: str) -> tuple[str, ...]:
    if name in known.shapes:
        return (name,)
    return known.abstracts[name].members if name in known.abstracts else ()


def _shapes(known: Map, name: str) -> Iterator[Shape]:
    return (known.shapes[one] for one in _members(known, name) if one in known.shapes)


def _in_one_table(targets: list[Shape], name: str) -> Iterator[str]:
    if not targets:
        yield f"there is no type {name}"
    elif any(one.entity is not targets[0].entity or one.entity is None for one in targets):
        yield f"{name} lies in no table, or in several"


def _columns(shape: Shape, names: Iterable[str]) -> Iterator[str]:
    table = _table(shape)
    yield from (f"{table.name} has no column {one}" for one in names if one not in table.columns)


def _table(shape: Shape) -> Table:
    return cast("Table", shape.kept_in.__table__)


def _placeholders(text: str, known: Iterable[str]) -> Iterator[str]:
    """Name what an SQL fragment wants to have filled in and nobody can."""
    wanted = placeholders(text) - set(known)
    yield from (f"nothing fills {{{one}}} in" for one in sorted(wanted))
