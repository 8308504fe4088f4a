"""The reading side: few connections that remember which group they are bound to."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, Final, Self
from uuid import UUID

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from runtime.settings import Pooler

KEPT: Final = 100  # statements a connection; each holds 65 to 180 KB in its PostgreSQL process
CLOSING: Final = 2.0  # seconds for a connection to say goodbye
STALE: Final = (asyncpg.InvalidCachedStatementError, asyncpg.InvalidSQLStatementNameError)
FAILED: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
GONE: Final = (asyncpg.UndefinedColumnError, asyncpg.UndefinedTableError)


class NoConnection(Exception):
    """All read connections stayed busy for as long as a read may wait."""

    def __init__(self, connections: int, wait: float) -> None:
        super().__init__(f"all {connections} read connections were busy for {wait:g} s")


class ReadConnection(asyncpg.Connection):
    """A connection with the group it is bound to and the statements it has prepared."""

    __slots__ = ("group", "numbers", "statements")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.group: UUID | None = None
        self.numbers = count()
        self.statements: OrderedDict[str, PreparedStatement] = OrderedDict()

    async def bind(self, group: UUID) -> None:
        """Bind the session to a group, which every read of it sees from then on.

        What was believed is forgotten before: a SET that was sent takes effect even if its
        caller, cancelled, never hears of it.
        """
        if self.group != group:
            self.group = None
            await self.execute(f"SET app.group_id = '{group}'")
            self.group = group

    async def prepared(self, sql: str) -> PreparedStatement:
        """The statement, prepared once; the one that was used longest ago makes room."""
        if (statement := self.statements.get(sql)) is not None:
            self.statements.move_to_end(sql)
            return statement
        statement = await self.prepare(sql, name=f"read_{next(self.numbers)}")
        self.statements[sql] = statement
        if len(self.statements) > KEPT:
            self.statements.popitem(last=False)  # its handle gone, the driver closes it
        return statement

    async def plan(self, sql: str) -> None:
        """Prepare a statement and have the server plan it: run for no group, it reads nothing."""
        statement = await self.prepared(sql)
        await statement.fetchrow(*[None] * len(statement.get_parameters()))

    async def one(self, group: UUID, sql: str, args: Sequence[object]) -> asyncpg.Record | None:
        """Run a prepared statement for a group and return its first row.

        A statement that a migration has made stale is prepared anew, once; one whose column is
        gone is dropped, and the error left to whoever made the statement.
        """
        await self.bind(group)
        try:
            return await (await self.prepared(sql)).fetchrow(*args)
        except STALE:
            self.statements.pop(sql, None)
            return await (await self.prepared(sql)).fetchrow(*args)
        except GONE:
            self.statements.pop(sql, None)
            raise

    async def one_apart(
        self, group: UUID, sql: str, args: Sequence[object]
    ) -> asyncpg.Record | None:
        """The same in a transaction of its own, which leaves nothing on the server's side."""
        await self.execute(f"BEGIN READ ONLY; SET LOCAL app.group_id = '{group}'")
        try:
            row = await self.fetchrow(sql, *args)
        except asyncpg.PostgresError:
            await self.execute("ROLLBACK")
            raise
        await self.execute("COMMIT")
        return row


class Reader:
    """Reads as `peiyuan_reader`, on connections that nothing else hands out."""

    def __init__(self, dsn: str, *, connections: int, wait: float, pooler: Pooler) -> None:
        self._dsn = dsn
        self._connections = connections
        self._wait = wait
        self._read = ReadConnection.one if pooler is Pooler.NONE else ReadConnection.one_apart
        self._places = asyncio.Semaphore(connections)
        self._idle: list[ReadConnection] = []  # the last used one last
        self._asked: OrderedDict[str, None] = OrderedDict()  # statements, the last asked one last
        self._leaving: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, dsn: str, *, connections: int = 6, wait: float = 5.0, pooler: Pooler = Pooler.NONE
    ) -> Self:
        """Make a reader with at most so many connections, one of them open at once.

        `wait` is the seconds a read waits for a free connection before `NoConnection`.
        """
        reader = cls(dsn, connections=connections, wait=wait, pooler=pooler)
        reader._idle.append(await reader._connected())
        return reader

    @property
    def asked(self) -> list[str]:
        """The statements that were asked for of late, the last one first."""
        return list(reversed(self._asked))

    async def plan(self, statements: Sequence[str]) -> None:
        """Open all connections, and have each plan these statements before anybody asks.

        Nobody depends on it: what can no longer be planned, since columns or rights have changed,
        is passed over, and where no further connection is to be had the reads will ask for it.
        """
        with suppress(*FAILED):
            while len(self._idle) < self._connections:
                self._idle.append(await self._connected())
        await asyncio.gather(*(_planned(one, statements) for one in self._idle))

    async def fetch_row(
        self, group: UUID, sql: str, args: Sequence[object] = ()
    ) -> asyncpg.Record | None:
        """Run a statement on the rows of one group and return its first row.

        An error of the server leaves the connection as it is; anything else, cancellation above
        all, costs the connection, which is closed and replaced by the next read that needs one.
        """
        if not isinstance(group, UUID):
            raise TypeError(f"a group is a UUID, not {type(group).__name__}")
        await self._place()
        connection: ReadConnection | None = None
        try:
            connection = self._take(group) or await self._connected()
            row = await self._read(connection, group, sql, args)
        except BaseException as error:
            self._give_up(connection, error)
            raise
        self._idle.append(connection)
        self._places.release()
        self._note(sql)
        return row

    def _note(self, sql: str) -> None:
        self._asked[sql] = None
        self._asked.move_to_end(sql)
        if len(self._asked) > KEPT:
            self._asked.popitem(last=False)

    async def close(self) -> None:
        """Close the idle connections and wait for those that are leaving."""
        idle, self._idle = self._idle, []
        for connection in idle:
            self._send_off(connection)
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _place(self) -> None:
        """Wait for one of the places; each stands for one connection, open or not."""
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self._wait):
                await self._places.acquire()
        except TimeoutError:
            raise NoConnection(self._connections, self._wait) from None

    def _take(self, group: UUID) -> ReadConnection | None:
        """An idle connection of the group, else the one that has rested longest, if any is open."""
        self._idle = [connection for connection in self._idle if not connection.is_closed()]
        if not self._idle:
            return None
        places = range(len(self._idle) - 1, -1, -1)
        return self._idle.pop(next((at for at in places if self._idle[at].group == group), 0))

    async def _connected(self) -> ReadConnection:
        return await asyncpg.connect(
            self._dsn,
            connection_class=ReadConnection,
            statement_cache_size=0,  # the driver's would skip long statements; ours are named
        )

    def _give_up(self, connection: ReadConnection | None, error: BaseException) -> None:
        if connection is None:
            self._places.release()
        elif isinstance(error, asyncpg.PostgresError) and _sound(connection):
            self._idle.append(connection)
            self._places.release()
        else:
            self._send_off(connection).add_done_callback(lambda _: self._places.release())

    def _send_off(self, connection: ReadConnection) -> "asyncio.Task[None]":
        """Close a connection aside; its place is free when the server has let go of it."""
        task = asyncio.get_running_loop().create_task(_closed(connection))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        return task


async def _planned(connection: ReadConnection, statements: Sequence[str]) -> None:
    for sql in statements:
        if connection.is_closed():
            return
        try:
            await connection.plan(sql)
        except FAILED:
            connection.statements.pop(sql, None)


def _sound(connection: ReadConnection) -> bool:
    return not connection.is_closed() and not connection.is_in_transaction()


async def _closed(connection: ReadConnection) -> None:
    """Say goodbye, which also stops what a cancelled read still runs; in vain, cut it off."""
    try:
        await connection.close(timeout=CLOSING)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()
