"""A page of a list becomes JSON text: limited first, joined after, one row more than was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from .arguments import part_of
from .cells import CURSOR, object_of
from .keyset import beyond_text, order_text
from .lists import list_of
from .parameters import OfArgument
from .statement import INT, Writing, columns_of, entity_of, quoted

if TYPE_CHECKING:
    from .lists import List
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
    base = list_of(writing, page, above=above)
    used = columns_of(item.alias, *columns.values(), *item.joins)
    needed = ", ".join(f"{base.alias}.{name}" for name in used)
    order = order_text(base.entity, base.alias, page.order, backward=page.backward)
    conditions = " AND ".join([*base.conditions, *_beyond(writing, page, base)])
    inner = (
        f"SELECT {needed + ', ' if needed else ''}row_number() OVER (ORDER BY {order}) AS n "
        f"FROM {base.source} WHERE {conditions} "
        f"ORDER BY {order} LIMIT {_limit(writing, page)} + 1 OFFSET {_offset(writing, page)}"
    )
    texts = "".join(f", {text} AS {name}" for name, text in columns.items())
    joins = "".join(f" {join}" for join in item.joins)
    return f"SELECT {item.alias}.n{texts} FROM ({inner}) {item.alias}{joins}"


def _beyond(writing: Writing, page: Paged, base: List) -> list[str]:
    """Begin behind one cursor and end ahead of another, where they are given."""
    return [
        beyond_text(writing, base.entity, base.alias, page.order, call=page.call, argument=name)
        for name in ("after", "before")
        if given(writing, page.call, name)
    ]


def given(writing: Writing, call: int, name: str) -> bool:
    """Whether a call has an argument that is not null: part of the plan's key."""
    return bool(part_of(writing.shape_of_calls[call], name))


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
    writing.cursors.append(page.call)
    texts = [f"to_json({alias}.{key.column}::text)::text" for key in page.order]
    values = " || ',' || ".join(f"coalesce({text}, 'null')" for text in texts)
    number = len(writing.cursors) - 1
    return f"{quoted(f'{CURSOR}{number}:[')} || {values} || {quoted(f']{CURSOR}')}"


def _name_of(page: Paged) -> str:
    """Which list a cursor belongs to: the type, what it hangs on, and its order."""
    order = ",".join(f"{key.column}{'-' if key.descending else '+'}" for key in page.order)
    return f"{page.shape.name}:{page.pages.by or ''}:{order}"


def _part_text(writing: Writing, page: Paged, part: PagePart, above: str | None) -> str:
    match part.what:
        case "nodes":
            return _array(page, f"p.{_column(part.key)}", _within(writing, page))
        case "edges":
            pairs = [(key, _edge_part(page, part, key, what)) for key, what, _ in part.inner]
            return _array(page, object_of(pairs), _within(writing, page))
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
    return writing.place(OfArgument(page.call, "last" if page.backward else "first"), INT)


def _offset(writing: Writing, page: Paged) -> str:
    return f"coalesce({writing.place(OfArgument(page.call, 'offset'), INT)}, 0)"


def _within(writing: Writing, page: Paged) -> str:
    """Leave out the one row that only shows that there is more."""
    return f"FILTER (WHERE p.n <= {_limit(writing, page)} + {_offset(writing, page)})"


def _array(page: Paged, text: str, within: str) -> str:
    order = f"ORDER BY p.n{_turned(page)}"
    return f"'[' || coalesce(string_agg({text}, ',' {order}) {within}, '') || ']'"


def _turned(page: Paged) -> str:
    """Rows are numbered in the order in which they are read: from the end where it is backward."""
    return " DESC" if page.backward else ""


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
        case "hasNextPage" | "hasPreviousPage":
            ahead = (what == "hasNextPage") is not page.backward
            return _more(writing, page) if ahead else _passed(writing, page)
        case "startCursor" | "endCursor":
            end = (what == "endCursor") is not page.backward
            order = "DESC" if end else "ASC"
            first = f"array_agg(p.c ORDER BY p.n {order}) {_within(writing, page)}"
            return f"coalesce(({first})[1], 'null')"
        case _:
            return quoted('"PageInfo"')


def _more(writing: Writing, page: Paged) -> str:
    """Whether there is more in the direction of reading: one row more was read to know it."""
    return f"(count(*) > {_limit(writing, page)})::text"


def _passed(writing: Writing, page: Paged) -> str:
    """Whether something was passed over: what a cursor or an offset has left behind."""
    behind = given(writing, page.call, "before" if page.backward else "after")
    return f"({str(behind).upper()} OR {_offset(writing, page)} > 0)::text"


def _count(writing: Writing, page: Paged, above: str | None) -> str:
    counted = list_of(writing, page, above=above)
    return (
        f"(SELECT count(*) FROM (SELECT 1 FROM {counted.source} "
        f"WHERE {' AND '.join(counted.conditions)} LIMIT {MOST_COUNTED + 1}) k)"
    )
