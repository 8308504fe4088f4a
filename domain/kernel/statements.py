"""What is sent for rows: each statement is written once, and kept by what it asks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar, cast

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import instance_state, manager_of_class

from .entity import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Dialect, Select, Table
    from sqlalchemy.sql.elements import BindParameter

    from .entity import GroupEntity

    Process = Callable[[Any], Any] | None

Lock = Literal["none", "all but its key", "whole"]
"""How a row is locked: whoever merely refers to it need not wait, or everybody has to."""

E = TypeVar("E", bound="GroupEntity")
DIALECT: Final[Dialect] = asyncpg_dialect()  # type: ignore[no-untyped-call]
MOST_READINGS: Final = 1024
EQUAL: Final = "own_"
NUMERIC: Final = 1700  # how the server calls it: no other type asks what it came as
ITSELF: Final = "group_id = $1 AND id = $2 AND row_version = $3"


class Form(Generic[E]):
    """How the rows of an entity become values of a statement, and the driver's records rows."""

    def __init__(self, entity: type[E]) -> None:
        table = cast("Table", entity.__table__)
        self.keys = tuple(column.key for column in table.columns)
        self.place = metadata.sorted_tables.index(table)
        self.id_at = self.keys.index("id")
        self._table = DIALECT.identifier_preparer.format_table(table)
        self._names = {
            one.key: DIALECT.identifier_preparer.format_column(one) for one in table.columns
        }
        kinds = {one.key: one.type.dialect_impl(DIALECT) for one in table.columns}
        self._closing = {key: kind.bind_processor(DIALECT) for key, kind in kinds.items()}
        self._opening = [
            (at, opened)
            for at, kind in enumerate(kinds.values())
            if (opened := kind.result_processor(DIALECT, NUMERIC)) is not None
        ]
        self._updates: dict[tuple[str, ...], str] = {}
        self._glances: dict[tuple[str, ...], str] = {}
        self._manager = manager_of_class(entity)
        self.insert = (
            f"INSERT INTO {self._table} ({', '.join(self._names.values())})"
            f" VALUES ({', '.join(f'${at}' for at in range(1, len(self.keys) + 1))})"
        )
        self.delete = f"DELETE FROM {self._table} WHERE {ITSELF}"

    def update(self, keys: tuple[str, ...]) -> str:
        """Write these columns, and turn the lock."""
        if (known := self._updates.get(keys)) is None:
            sets = ", ".join(f"{self._names[key]} = ${at}" for at, key in enumerate(keys, start=4))
            known = self._updates[keys] = (
                f"UPDATE {self._table} SET row_version = $3 + 1, {sets} WHERE {ITSELF}"
            )
        return known

    def glance(self, keys: tuple[str, ...]) -> str:
        """Read these columns of one row, and no more of it."""
        if (known := self._glances.get(keys)) is None:
            names = ", ".join(self._names[key] for key in keys)
            known = self._glances[keys] = (
                f"SELECT {names} FROM {self._table} WHERE group_id = $1 AND id = $2"
            )
        return known

    def opened(self, record: Iterable[Any]) -> Sequence[Any]:
        """Make of the driver's values what the domain holds."""
        values = list(record)
        for at, opening in self._opening:
            values[at] = opening(values[at])
        return values

    def closed(self, row: E, keys: tuple[str, ...]) -> list[Any]:
        """Make of what the domain holds the driver's values; what is still open is refused."""
        held, closing = row.__dict__, self._closing
        values = [held[key] if key in held else getattr(row, key) for key in keys]
        return [
            value if (close := closing[key]) is None else close(value)
            for key, value in zip(keys, values, strict=True)
        ]

    def fill(self, row: E | None, values: Sequence[Any]) -> E:
        """Put values into a row, as it was read; into a new one if there is none."""
        if row is None:
            row = self._manager.new_instance()
        row.__dict__.update(zip(self.keys, values, strict=True))
        settle(row)
        return row

    def changed(self, row: E) -> tuple[str, ...]:
        """Name the columns that no longer hold what was read, or were flagged by hand."""
        was = instance_state(row).committed_state
        return tuple(key for key in self.keys if key in was and was[key] != getattr(row, key))


def settle(row: GroupEntity) -> None:
    """Take a row, as it is, for what lies in the database."""
    state = instance_state(row)
    if state.modified:
        state._commit_all(state.dict)  # noqa: SLF001 - what the session does after its flush


@cache
def form_of(entity: type[E]) -> Form[E]:
    """The form of an entity, made once."""
    return Form(entity)


@dataclass(frozen=True, slots=True)
class Reading:
    """A select as it is sent, and where each of its values comes from."""

    sql: str
    sources: tuple[tuple[str | int, Process], ...]

    def values(self, asked: Asked, given: Sequence[BindParameter[Any]]) -> list[Any]:
        """Name the values of a call, in their order."""
        found = []
        for source, close in self.sources:
            value = (
                asked.equal[source] if isinstance(source, str) else given[source].effective_value
            )
            found.append(value if close is None else close(value))
        return found


class Readings:
    """The selects that were asked for of late, by what they ask and not with which values.

    SQLAlchemy writes them, once; its keys say which are the same but for their values.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Any, Reading | None] = OrderedDict()

    def of(self, asked: Asked) -> tuple[Reading | None, list[BindParameter[Any]]]:
        """The select, and the values given; None if its text depends on the values' number."""
        key, given = asked.key()
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key], given
        made = self._known[key] = asked.written(given)
        if len(self._known) > MOST_READINGS:
            self._known.popitem(last=False)
        return made, given


@dataclass(slots=True)
class Asked:
    """Which rows are asked for: those whose columns equal values, and that meet the criteria.

    What a column equals could be said as a criterion, but it costs a tenth to say it by name.
    """

    entity: type[GroupEntity]
    equal: Mapping[str, UUID]
    criteria: Sequence[ColumnElement[bool]] = ()
    order_by: Sequence[Any] = ()
    lock: Lock = "none"

    def key(self) -> tuple[Any, list[BindParameter[Any]]]:
        """What is asked without the values, and the values."""
        given: list[BindParameter[Any]] = []
        parts: list[Any] = [self.entity, self.lock, *self.equal]
        for one in self.criteria:
            made = one._generate_cache_key()  # noqa: SLF001 - the one way to name a criterion
            assert made is not None, "a criterion is made of columns, values and functions"
            parts.append(made.key)
            given += made.bindparams
        return (*parts, *(_named(one) for one in self.order_by)), given

    def select(self) -> Select[Any]:
        """Say it in SQLAlchemy's terms."""
        table = self.entity.__table__
        equal = [
            table.c[key] == bindparam(f"{EQUAL}{key}", value, table.c[key].type)
            for key, value in self.equal.items()
        ]
        made = select(table).where(*equal, *self.criteria).order_by(*self.order_by)
        if self.lock == "none":
            return made
        return made.with_for_update(key_share=self.lock != "whole")

    def written(self, given: Sequence[BindParameter[Any]]) -> Reading | None:
        """Write it down for the driver, unless a list in it has as many places as values."""
        if any(one.expanding for one in given):
            return None
        made = self.select().compile(dialect=DIALECT)
        places: dict[str, str | int] = {one.key: at for at, one in enumerate(given)}
        places |= {f"{EQUAL}{key}": key for key in self.equal}
        sources = []
        for name in made.positiontup or ():
            bind = made.binds[name]
            close = bind.type.dialect_impl(DIALECT).bind_processor(DIALECT)
            sources.append((places[bind.key], close))
        return Reading(str(made), tuple(sources))


def _named(order: Any) -> Any:
    if isinstance(order, InstrumentedAttribute):
        return order.class_, order.key
    made = order._generate_cache_key()  # noqa: SLF001 - as above
    assert made is not None, "rows are ordered by columns"
    assert not made.bindparams, "rows are ordered by columns"
    return made.key
