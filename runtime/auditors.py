"""The reading side of auditors: a database role of their own that can do nothing but read."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Self
from uuid import UUID

import asyncpg
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from runtime.database import Writer, driver_of
from runtime.reader import STALE, NoConnection
from runtime.settings import Pooler

CONNECTIONS: Final = 2  # auditors are few, and wait for each other


class AuditorReader:
    """Reads as `peiyuan_auditor`, each in a READ ONLY transaction that is bound to one group.

    No connection is opened before the first of them asks.
    """

    def __init__(self, transactions: Writer, wait: float) -> None:
        self._transactions = transactions
        self._wait = wait

    @classmethod
    def open(cls, dsn: str, *, wait: float = 5.0, pooler: Pooler = Pooler.NONE) -> Self:
        """Make the reader; `wait` is the seconds a read waits for a connection."""
        transactions = Writer.open(dsn, connections=CONNECTIONS, wait=wait, pooler=pooler)
        return cls(transactions, wait)

    def transaction(self, group: UUID) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction that sees the rows of a group and cannot write any."""
        return self._transactions.transaction(group, (), read_only=True)

    def begun(self, group: UUID) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open the same for whoever speaks to the driver."""
        return self._transactions.begun(group, (), read_only=True)

    async def fetch_row(
        self, group: UUID, sql: str, args: Sequence[object] = ()
    ) -> asyncpg.Record | None:
        """Run a statement on the rows of one group and return its first row.

        One that a migration has made stale is run once more, prepared anew.
        """
        try:
            return await self._fetched(group, sql, args)
        except STALE:
            return await self._fetched(group, sql, args)

    async def _fetched(
        self, group: UUID, sql: str, args: Sequence[object]
    ) -> asyncpg.Record | None:
        try:
            async with self.begun(group) as connection:
                return await driver_of(connection).fetchrow(sql, *args)
        except PoolTimeout:
            raise NoConnection(CONNECTIONS, self._wait) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._transactions.close()
