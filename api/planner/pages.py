"""A page of a list becomes JSON text: limited first, joined after, one row more than was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, cast

from sqlalchemy import Date, Integer, Uuid

from domain.access.conditions_sql import visible_when

from .cells import CURSOR, object_of
from .parameters import OfArgument, OfCursor
from .statement import INT, TEXT, Writing, columns_of, entity_of, quoted

if TYPE_CHECKING:
    from sqlalchemy import Table

    from .plan import Object, Paged, PagePart
    from .rows import Row

MOST_COUNTED: Final = 10_000
OF_ROWS: Final = frozenset({"nodes", "edges", "pageInfo"})
"""The parts of a page that need its rows; counts are taken over all of them."""


class Write(Protocol):
    """Writes a row as an object."""

    def __call__(self, row: Row, objects: tuple[Object, ...]) -> str:
        """Give the text of the object."""
        ...


def page_text(
    writing: Writing, page: Paged, *, above: str | None, write: Write, row: type[Row]
) -> str:
    """Write a page. The base is limited before anything is joined to it."""
    writing.lists[page.call] = _name_of(page)
    rows = (
        _rows(writing, page, above=above, write=write, row=row)
        if any(part.what in OF_ROWS for part in page.parts)
        else None
    )
    pairs = [(part.key, _part_text(writing, page, part, above)) for part in page.parts]
    # HAVING makes it one group whatever is selected: a flag alone aggregates nothing.
    return f"(SELECT {object_of(pairs)} FROM ({rows}) p HAVING TRUE)" if rows else object_of(pairs)


def _rows(writing: Writing, page: Paged, *, above: str | None, write: Write, row: type[Row]) -> str:
    """Write the rows of a page, and one more, numbered in their order."""
    item = row(writing, writing.alias("page"), entity_of(page.shape.entity))
    columns: dict[str, str] = {}
    for part in page.parts:
        for name, planned in _planned(part):
            columns[name] = write(item, (planned,))
    if _wants_cursor(page):
        columns["c"] = _cursor(writing, page, item.alias)
    base = _base(writing, page, above=above)
    used = columns_of(item.alias, *columns.values(), *item.joins)
    needed = ", ".join(f"{base.alias}.{name}" for name in used)
    order = ", ".join(f"{base.alias}.{name}" for name in page.order)
    inner = (
        f"SELECT {needed + ', ' if needed else ''}row_number() OVER (ORDER BY {order}) AS n "
        f"FROM {base.source} WHERE {base.condition} "
        f"ORDER BY {order} LIMIT {_limit(writing, page)} + 1 OFFSET {_offset(writing, page)}"
    )
    texts = "".join(f", {text} AS {name}" for name, text in columns.items())
    joins = "".join(f" {join}" for join in item.joins)
    return f"SELECT {item.alias}.n{texts} FROM ({inner}) {item.alias}{joins}"


class _Base:
    """The rows of a list before they are limited: where from, and on which condition."""

    def __init__(self, alias: str, source: str, condition: str) -> None:
        self.alias, self.source, self.condition = alias, source, condition


def _base(writing: Writing, page: Paged, *, above: str | None, paged: bool = True) -> _Base:
    entity = entity_of(page.shape.entity)
    table = entity.__tablename__
    alias = writing.alias(table)
    source, conditions = f"{table} {alias}", [f"{alias}.group_id = {writing.group}"]
    if page.pages.through and above:
        link_table, near, far = page.pages.through
        link = writing.alias(link_table)
        source = (
            f"{link_table} {link} JOIN {source} ON {alias}.group_id = {writing.group} "
            f"AND {alias}.id = {link}.{far}"
        )
        conditions += [f"{link}.group_id = {writing.group}", f"{link}.{near} = {above}.id"]
    elif page.pages.by and above:
        conditions.append(f"{alias}.{page.pages.by} = {above}.id")
    if page.shape.where != "TRUE":
        conditions.append(page.shape.where.format(a=alias))
    if not page.free:
        conditions.append(visible_when(entity, page.rows, alias=alias, bind=writing.bind))
    conditions += _searched(writing, page, alias)
    if paged:
        conditions += _after(writing, page, alias)
    kept = [condition for condition in conditions if condition != "TRUE"]
    return _Base(alias, source, " AND ".join(kept))


def _searched(writing: Writing, page: Paged, alias: str) -> list[str]:
    """Keep the rows whose name holds what is sought, where the actor may read that name."""
    entity = entity_of(page.shape.entity)
    if not given(writing, page.call, "search") or entity.named_by is None:
        return []
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


def _after(writing: Writing, page: Paged, alias: str) -> list[str]:
    """Continue behind a cursor: the expanded form of a row comparison, which keeps its index."""
    if not given(writing, page.call, "after"):
        return []
    arms: list[str] = []
    equal: list[str] = []
    for at, name in enumerate(page.order):
        place = writing.place(OfCursor(page.call, at), TEXT) + _cast(page, name)
        arms.append(" AND ".join([*equal, f"{alias}.{name} > {place}"]))
        equal.append(f"{alias}.{name} = {place}")
    return ["(" + " OR ".join(f"({arm})" for arm in arms) + ")"]


def _cast(page: Paged, name: str) -> str:
    """Cursors hold text; say what a column's text is to be compared as."""
    column = cast("Table", entity_of(page.shape.entity).__table__).columns[name]
    match column.type:
        case Uuid():
            return "::uuid"
        case Integer():
            return "::int"
        case Date():
            return "::date"
        case _:
            return ""


def given(writing: Writing, call: int, name: str) -> bool:
    """Whether a call has an argument that is not null: part of the plan's key."""
    shape = writing.shape_of_calls[call]
    return any(argument == name and kind for argument, kind in shape)


def _planned(part: PagePart) -> list[tuple[str, Object]]:
    """The objects that a part of the page needs of every row, by the column they travel in."""
    if part.object is not None:
        return [(_column(part.key), part.object)]
    return [
        (_column(part.key, key), planned) for key, _, planned in part.inner if planned is not None
    ]


def _column(*keys: str) -> str:
    """A column for an answer key: quoted, since keys are the client's words."""
    return '"o.' + ".".join(keys) + '"'


def _wants_cursor(page: Paged) -> bool:
    return any(
        what in {"cursor", "startCursor", "endCursor"}
        for part in page.parts
        for _, what, _ in part.inner
    )


def _cursor(writing: Writing, page: Paged, alias: str) -> str:
    """Mark a row's place in the order; Python seals it into a cursor."""
    writing.cursors.append(_name_of(page))
    values = " || ',' || ".join(f"to_json({alias}.{name})::text" for name in page.order)
    number = len(writing.cursors) - 1
    return f"{quoted(f'{CURSOR}{number}:[')} || {values} || {quoted(f']{CURSOR}')}"


def _name_of(page: Paged) -> str:
    """Which list a cursor belongs to: the type, what it hangs on, and its order."""
    return f"{page.shape.name}:{page.pages.by or ''}:{','.join(page.order)}"


def _part_text(writing: Writing, page: Paged, part: PagePart, above: str | None) -> str:
    match part.what:
        case "nodes":
            return _array(f"p.{_column(part.key)}", _within(writing, page))
        case "edges":
            pairs = [(key, _edge_part(page, part, key, what)) for key, what, _ in part.inner]
            return _array(object_of(pairs), _within(writing, page))
        case "pageInfo":
            return object_of(
                [(key, _page_info(writing, page, what)) for key, what, _ in part.inner]
            )
        case "totalCount":
            return f"least({_count(writing, page, above)}, {MOST_COUNTED})::text"
        case "totalCountIsExact":
            return f"({_count(writing, page, above)} <= {MOST_COUNTED})::text"
        case _:
            return quoted(f'"{page.shape.name}Connection"')


def _limit(writing: Writing, page: Paged) -> str:
    return writing.place(OfArgument(page.call, "first"), INT)


def _offset(writing: Writing, page: Paged) -> str:
    return f"coalesce({writing.place(OfArgument(page.call, 'offset'), INT)}, 0)"


def _within(writing: Writing, page: Paged) -> str:
    """Leave out the one row that only shows that there is more."""
    return f"FILTER (WHERE p.n <= {_limit(writing, page)} + {_offset(writing, page)})"


def _array(text: str, within: str) -> str:
    return f"'[' || coalesce(string_agg({text}, ',' ORDER BY p.n) {within}, '') || ']'"


def _edge_part(page: Paged, part: PagePart, key: str, what: str) -> str:
    match what:
        case "node":
            return f"p.{_column(part.key, key)}"
        case "cursor":
            return "p.c"
        case _:
            return quoted(f'"{page.shape.name}Edge"')


def _page_info(writing: Writing, page: Paged, what: str) -> str:
    match what:
        case "hasNextPage":
            return f"(count(*) > {_limit(writing, page)})::text"
        case "hasPreviousPage":
            before = "TRUE" if given(writing, page.call, "after") else "FALSE"
            return f"({before} OR {_offset(writing, page)} > 0)::text"
        case "startCursor":
            within = _within(writing, page)
            return f"coalesce((array_agg(p.c ORDER BY p.n) {within})[1], 'null')"
        case "endCursor":
            within = _within(writing, page)
            return f"coalesce((array_agg(p.c ORDER BY p.n DESC) {within})[1], 'null')"
        case _:
            return quoted('"PageInfo"')


def _count(writing: Writing, page: Paged, above: str | None) -> str:
    counted = _base(writing, page, above=above, paged=False)
    return (
        f"(SELECT count(*) FROM (SELECT 1 FROM {counted.source} WHERE {counted.condition} "
        f"LIMIT {MOST_COUNTED + 1}) k)"
    )
