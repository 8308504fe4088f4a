"""The writing side: transactions that know their group before they know anything else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Self, cast
from uuid import UUID

import asyncpg
from sqlalchemy import AdaptedConnection, Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import ConnectionPoolEntry

from runtime.engine import make_engine
from runtime.settings import Pooler

OPENING: Final = "peiyuan_opening"


class NotCommitted(Exception):
    """The server answered COMMIT with a rollback: an earlier statement had failed unheard."""


class Writer:
    """Transactions as `peiyuan_app`, each bound to one group and to the tenants it may write."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    def open(
        cls,
        dsn: str,
        *,
        connections: int = 8,
        wait: float = 5.0,
        pooler: Pooler = Pooler.NONE,
    ) -> Self:
        """Make a writer with at most so many connections; none is opened yet.

        `wait` is the seconds a transaction waits for a free connection before it fails.
        """
        engine = make_engine(
            dsn,
            pooler=pooler,
            isolation_level="AUTOCOMMIT",  # BEGIN, COMMIT and ROLLBACK are sent by us, see below
            pool_size=connections,
            max_overflow=0,
            pool_timeout=wait,
            pool_reset_on_return=None,  # nothing is left to reset: `_left` makes sure of it
        )
        event.listen(engine.sync_engine, "begin", _begin)
        event.listen(engine.sync_engine, "commit", _commit)
        event.listen(engine.sync_engine, "rollback", _rollback)
        event.listen(engine.sync_engine, "checkin", _left)
        event.listen(engine.sync_engine, "checkout", _alive)
        return cls(engine)

    @asynccontextmanager
    async def transaction(
        self,
        actor_group: UUID,
        write_tenants: Sequence[UUID] | None,
        *,
        read_only: bool = False,
    ) -> AsyncIterator[AsyncSession]:
        """Open one transaction; leaving it in order commits, every exception rolls back.

        The rows of the actor's group are seen, those of the tenants may be written (None: of the
        whole group). The first statement sends BEGIN and the binding as one message.
        """
        opening = _opening(actor_group, write_tenants, read_only=read_only)
        async with self._engine.connect() as connection:
            bound = await connection.execution_options(**{OPENING: opening})
            session = AsyncSession(bound, autoflush=False, expire_on_commit=False)
            async with session, session.begin():
                yield session

    @asynccontextmanager
    async def begun(
        self,
        actor_group: UUID,
        write_tenants: Sequence[UUID] | None,
        *,
        read_only: bool = False,
    ) -> AsyncIterator[AsyncConnection]:
        """Open the same for whoever speaks to the driver: at once, with no bookkeeping between.

        A session over this connection finds its transaction begun, and takes part in it.
        """
        opening = _opening(actor_group, write_tenants, read_only=read_only)
        connection = await self._engine.connect()
        try:
            await _sent(connection, opening)
            try:
                yield connection
            except BaseException:
                if not connection.invalidated and driver_of(connection).is_in_transaction():
                    await _sent(connection, "ROLLBACK")
                raise
            await _sent(connection, "COMMIT", expected="COMMIT")
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()


def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's connection below one of SQLAlchemy's."""
    lent = connection.sync_connection
    assert lent is not None, "it is open"
    return cast("asyncpg.Connection", _adapted(lent).driver_connection)


def _opening(group: UUID, tenants: Sequence[UUID] | None, *, read_only: bool) -> str:
    """BEGIN with the binding, as literals: behind a sharding server only those are passed on."""
    writable = "*" if tenants is None else ",".join(_literal(tenant) for tenant in tenants)
    return (
        f"BEGIN{' READ ONLY' if read_only else ''};"
        f" SET LOCAL app.group_id = '{_literal(group)}';"
        f" SET LOCAL app.write_tenants = '{writable}'"
    )


def _literal(value: UUID) -> str:
    if not isinstance(value, UUID):
        raise TypeError(f"a group or tenant is a UUID, not {type(value).__name__}")
    return str(value)


def _begin(connection: Connection) -> None:
    if not _adapted(connection).driver_connection.is_in_transaction():
        _send(connection, connection.get_execution_options().get(OPENING, "BEGIN"))


def _commit(connection: Connection) -> None:
    _send(connection, "COMMIT", expected="COMMIT")


def _rollback(connection: Connection) -> None:
    if not connection.invalidated and _adapted(connection).driver_connection.is_in_transaction():
        _send(connection, "ROLLBACK")


def _send(connection: Connection, message: str, *, expected: str | None = None) -> None:
    """Send a border of the transaction, and hear how the server took it.

    Cancelled or cut off on the way, nobody knows what the server did: the connection is given up.
    """
    try:
        status = _adapted(connection).run_async(lambda raw: raw.execute(message))
    except asyncpg.PostgresError:
        raise  # the server has answered, so its state is known; `_left` looks at it
    except BaseException:
        connection.invalidate()
        raise
    if expected is not None and status != expected:
        raise NotCommitted


async def _sent(connection: AsyncConnection, message: str, *, expected: str | None = None) -> None:
    """The same from outside of SQLAlchemy's machinery."""
    try:
        status = await driver_of(connection).execute(message)
    except asyncpg.PostgresError:
        raise
    except BaseException:
        await connection.invalidate()
        raise
    if expected is not None and status != expected:
        raise NotCommitted


def _adapted(connection: Connection) -> AdaptedConnection:
    return cast("AdaptedConnection", connection.connection.dbapi_connection)


def _alive(driver: AdaptedConnection, _entry: object, _proxy: object) -> None:
    """Hand out no connection that is known to be closed: the pool makes another, once told."""
    if driver.driver_connection.is_closed():
        raise DisconnectionError


def _left(driver: AdaptedConnection | None, entry: ConnectionPoolEntry) -> None:
    """Let no connection back into the pool that is still in a transaction."""
    if driver is not None and driver.driver_connection.is_in_transaction():
        entry.invalidate()
