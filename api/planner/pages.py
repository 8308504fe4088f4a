"""A page of a list becomes JSON text: limited first, joined after, one row more than was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from .arguments import part_of
from .cells import CURSOR, joined, object_of
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
    """Write the rows of a page in their order, numbered where somebody asks for places."""
    item = row(writing, writing.alias("page"), entity_of(page.shape.entity))
    columns: dict[str, str] = {}
    for part in page.parts:
        for keys, planned in _planned(part):
            columns[_column(page, *keys)] = write(item, (planned,))
    if _wants_cursor(page):
        columns["c"] = _cursor(writing, page, item.alias)
    outer = _outer_order(page, item)
    base = list_of(writing, page, above=above)
    used = columns_of(item.alias, *columns.values(), *item.joins, outer)
    order = order_text(base.entity, base.alias, page.order, backward=page.backward)
    texts = [f"{text} AS {name}" for name, text in columns.items()]
    if _numbered(page):
        used = [one for one in used if one != "n"]
        texts = [f"{item.alias}.n", *texts]
    inner = _base(writing, page, base, used, order)
    joins = "".join(f" {join}" for join in item.joins)
    return f"SELECT {', '.join(texts)} FROM ({inner}) {item.alias}{joins}{outer}"


def _base(writing: Writing, page: Paged, base: List, used: list[str], order: str) -> str:
    """Limit the list itself, before anything is joined to it."""
    columns = [f"{base.alias}.{name}" for name in used]
    if _numbered(page):
        columns.append(f"row_number() OVER (ORDER BY {order}) AS n")
    conditions = " AND ".join([*base.conditions, *_beyond(writing, page, base)])
    passed = f" OFFSET {_offset(writing, page)}" if given(writing, page.call, "offset") else ""
    limit = _size(writing, page) + (1 if _peeks(page) else 0)
    return (
        f"SELECT {', '.join(columns) or '1'} FROM {base.source} WHERE {conditions} "
        f"ORDER BY {order} LIMIT {limit}{passed}"
    )


def _outer_order(page: Paged, item: Row) -> str:
    """Say the order anew where it would be lost: by a join, or because it was read backward."""
    if _numbered(page):
        return f" ORDER BY {item.alias}.n{' DESC' if page.backward else ''}"
    if not item.joins:
        return ""
    return f" ORDER BY {order_text(item.entity, item.alias, page.order, backward=False)}"


def _numbered(page: Paged) -> bool:
    """Whether it matters which place a row has: for what lies around it, or to turn the order."""
    return page.backward or any(part.what == "pageInfo" for part in page.parts)


def _peeks(page: Paged) -> bool:
    """Whether one row more is read than was asked for, only to know whether there is one."""
    ahead = "hasPreviousPage" if page.backward else "hasNextPage"
    return any(what == ahead for part in page.parts for _, what, _ in part.inner)


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


def _planned(part: PagePart) -> list[tuple[tuple[str, ...], Object]]:
    """The objects that a part of the page needs of every row, by the keys that they answer."""
    if part.object is not None:
        return [((part.key,), part.object)]
    return [((part.key, key), planned) for key, _, planned in part.inner if planned is not None]


def _column(page: Paged, *keys: str) -> str:
    """The column in which an object travels: numbered, since keys are clients' words and long."""
    places = [known for part in page.parts for known, _ in _planned(part)]
    return f"o{places.index(keys)}"


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
            return _array(f"p.{_column(page, part.key)}", _within(writing, page))
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


def _size(writing: Writing, page: Paged) -> int:
    """How many rows a page has at most: part of the plan's key."""
    (size,) = part_of(writing.shape_of_calls[page.call], "last" if page.backward else "first")
    return int(size)


def _offset(writing: Writing, page: Paged) -> str:
    return writing.place(OfArgument(page.call, "offset"), INT)


def _within(writing: Writing, page: Paged) -> str:
    """Leave out the one row that only shows that there is more."""
    if not _peeks(page):
        return ""
    passed = f" + {_offset(writing, page)}" if given(writing, page.call, "offset") else ""
    return f" FILTER (WHERE p.n <= {_size(writing, page)}{passed})"


def _array(text: str, within: str) -> str:
    """Write an array of the rows: they come in their order, which no aggregate here may turn."""
    return joined("'['", f"coalesce(string_agg({text}, ','){within}, '')", "']'")


def _edge_part(page: Paged, part: PagePart, key: str, what: str) -> str:
    match what:
        case "node":
            return f"p.{_column(page, part.key, key)}"
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
            # No ORDER BY here: one ordered aggregate would turn the rows for all others.
            last = f"least(count(*), {_size(writing, page)})::int"
            place = "1" if what == "startCursor" else last
            return f"coalesce((array_agg(p.c){_within(writing, page)})[{place}], 'null')"
        case _:
            return quoted('"PageInfo"')


def _more(writing: Writing, page: Paged) -> str:
    """Whether there is more in the direction of reading: one row more was read to know it."""
    return f"(count(*) > {_size(writing, page)})::text"


def _passed(writing: Writing, page: Paged) -> str:
    """Whether something was passed over: what a cursor or an offset has left behind."""
    if given(writing, page.call, "before" if page.backward else "after"):
        return quoted("true")
    if not given(writing, page.call, "offset"):
        return quoted("false")
    return f"({_offset(writing, page)} > 0)::text"


def _count(writing: Writing, page: Paged, above: str | None) -> str:
    counted = list_of(writing, page, above=above)
    return (
        f"(SELECT count(*) FROM (SELECT 1 FROM {counted.source} "
        f"WHERE {' AND '.join(counted.conditions)} LIMIT {MOST_COUNTED + 1}) k)"
    )
