"""Rows are loaded and stored here, with the driver's own statements, once a work each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError

from .entity import GroupEntity
from .forms import form_of, settle
from .statements import Asked, Readings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from .statements import Lock

E = TypeVar("E", bound="GroupEntity")
T = TypeVar("T")
READINGS: Final = Readings()


class Store:
    """The rows of one work: each is held once, and written where it has changed.

    A row that is read again is the one that is held, with whatever is pending on it, unless it is
    taken afresh.
    """

    __slots__ = ("_connection", "_fresh", "_held", "_session", "driver", "group")

    def __init__(
        self, connection: AsyncConnection, driver: asyncpg.Connection, group: UUID
    ) -> None:
        self._connection = connection
        self._session: AsyncSession | None = None
        self._held: dict[tuple[type[GroupEntity], UUID], GroupEntity] = {}
        self._fresh: list[GroupEntity] = []
        self.driver = driver
        self.group = group

    @property
    def session(self) -> AsyncSession:
        """A session in the same transaction, for statements that are not about entities.

        What such a statement changes in rows that are held is seen once they are taken afresh.
        """
        if self._session is None:
            self._session = AsyncSession(self._connection, autoflush=False, expire_on_commit=False)
        return self._session

    async def find(
        self,
        entity: type[E],
        *criteria: ColumnElement[bool],
        equal: Mapping[str, UUID],
        order_by: Sequence[Any] = (),
        lock: Lock = "none",
        afresh: bool = False,
    ) -> list[E]:
        """Take the rows of the group that meet the criteria, and whose columns equal ids."""
        asked = Asked(entity, {"group_id": self.group, **equal}, criteria, order_by, lock)
        return [self._taken(entity, one, afresh=afresh) for one in await self._rows(asked)]

    async def _rows(self, asked: Asked) -> Sequence[Sequence[Any]]:
        reading, given = READINGS.of(asked)
        if reading is None:
            return cast("Sequence[Any]", (await self.session.execute(asked.select())).all())
        opened = form_of(asked.entity).opened
        values = reading.values(asked, given)
        found = await heard(reading.sql, self.driver.fetch(reading.sql, *values))
        return [opened(one) for one in found]

    async def glance(
        self, entity: type[GroupEntity], row: UUID, *keys: str
    ) -> asyncpg.Record | None:
        """Look up columns of one row as they lie in the database, without taking it."""
        statement = form_of(entity).glance(keys)
        return await heard(statement, self.driver.fetchrow(statement, self.group, row))

    def _taken(self, entity: type[E], values: Sequence[Any], *, afresh: bool) -> E:
        form = form_of(entity)
        name = (entity, values[form.id_at])
        held = cast("E | None", self._held.get(name))
        if held is None or afresh:
            held = self._held[name] = form.fill(held, values)
        return held

    def put(self, *rows: GroupEntity) -> None:
        """Take new rows, to be written with the next flush."""
        self._fresh.extend(rows)

    def changed(self) -> list[GroupEntity]:
        """Name the rows that are new or not as they were read, those of the session too."""
        rows = self._changed()
        if self._session is not None:
            theirs = (*self._session.new, *self._session.dirty)
            rows += [row for row in theirs if isinstance(row, GroupEntity)]
        return rows

    def _changed(self) -> list[GroupEntity]:
        return [*self._fresh, *(row for row in self._held.values() if instance_state(row).modified)]

    def is_new(self, row: GroupEntity) -> bool:
        """Whether a row is still to be written for the first time."""
        return instance_state(row).key is None and self._held.get((type(row), row.id)) is not row

    async def write(self) -> None:
        """Write what is new or has changed: tables in the order of their foreign keys."""
        if changed := self._changed():
            fresh, self._fresh = {id(row) for row in self._fresh}, []
            changed.sort(key=lambda row: form_of(type(row)).place)
            for entity, rows in groupby(changed, type):
                await self._write(entity, list(rows), fresh)
        session = self._session
        if session is not None and (session.new or session.dirty or session.deleted):
            await session.flush()

    async def _write(
        self, entity: type[GroupEntity], rows: list[GroupEntity], fresh: set[int]
    ) -> None:
        old = [row for row in rows if id(row) not in fresh]
        for row in sorted(old, key=lambda row: row.id):
            await self._update(row)
        await self._insert(entity, [row for row in rows if id(row) in fresh])

    async def _insert(self, entity: type[GroupEntity], rows: list[GroupEntity]) -> None:
        form = form_of(entity)
        for row in rows:
            row.row_version = 1
        values = [form.closed(row, form.keys) for row in rows]
        if len(rows) == 1:
            await heard(form.insert, self.driver.execute(form.insert, *values[0]))
        elif rows:
            await heard(form.insert, self.driver.executemany(form.insert, values))
        for row in rows:
            settle(row)
            self._held[entity, row.id] = row

    async def _update(self, row: GroupEntity) -> None:
        """Write the columns that have changed, if the row is still of the version that was read."""
        form = form_of(type(row))
        if columns := form.changed(row):
            values = form.closed(row, columns)
            where = (self.group, row.id, row.row_version)
            update = form.update(columns)
            status = await heard(update, self.driver.execute(update, *where, *values))
            _require(status, "UPDATE 1", row)
            row.row_version += 1
        settle(row)

    async def remove(self, *rows: GroupEntity) -> None:
        """Delete rows, at once; each if it is still of the version that was read."""
        for row in rows:
            form = form_of(type(row))
            where = (self.group, row.id, row.row_version)
            status = await heard(form.delete, self.driver.execute(form.delete, *where))
            _require(status, "DELETE 1", row)
            self._held.pop((type(row), row.id), None)


def _require(status: str, wanted: str, row: GroupEntity) -> None:
    if status != wanted:
        message = f"{row!r} is no longer as it was read, or out of reach: {status}"
        raise StaleDataError(message)


async def heard(statement: str, answer: Awaitable[T]) -> T:
    """Wait for the driver; its errors are told like those of the session, with the statement."""
    try:
        return await answer
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(statement, None, error, hide_parameters=True) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError(statement, None, error, hide_parameters=True) from error
