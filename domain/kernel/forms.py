"""What an entity looks like to the driver: its columns, their conversions, and its statements."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.orm.attributes import instance_state, manager_of_class

from .entity import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Dialect, Table

    from .entity import GroupEntity

E = TypeVar("E", bound="GroupEntity")
DIALECT: Final[Dialect] = asyncpg_dialect()  # type: ignore[no-untyped-call]
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
