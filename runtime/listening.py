"""Hearing that a policy has moved, so that the next request need not wait for it to be read.

Nobody depends on it: every answer is held against the stored head. While the connection is lost,
policies are read when somebody asks.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from domain.access.head import CHANNEL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .installation import Installation

AGAIN: Final = 1.0  # seconds before a lost connection is made anew
CLOSING: Final = 2.0
LOST: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
LOG: Final = logging.getLogger("peiyuan.policy")


@asynccontextmanager
async def listening(installation: Installation, dsn: str) -> AsyncIterator[None]:
    """Listen for as long as this is entered, on a connection of its own."""
    task = asyncio.create_task(_listen(installation, dsn))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(installation: Installation, dsn: str) -> None:
    while True:
        try:
            await _hear(installation, dsn)
        except LOST as lost:
            LOG.warning("nobody tells of policies that move", extra={"reason": type(lost).__name__})
        await asyncio.sleep(AGAIN)


async def _hear(installation: Installation, dsn: str) -> None:
    """Take groups as they are told, until the connection is lost."""
    told: asyncio.Queue[str | None] = asyncio.Queue()
    connection = await asyncpg.connect(dsn)
    try:
        connection.add_termination_listener(lambda _: told.put_nowait(None))
        await connection.add_listener(CHANNEL, lambda *heard: told.put_nowait(heard[-1]))
        while (group := await told.get()) is not None:
            await _read_ahead(installation, group)
    finally:
        with suppress(*LOST):
            await connection.close(timeout=CLOSING)


async def _read_ahead(installation: Installation, group: str) -> None:
    """Have the policy read; what goes wrong with it is told to whoever asks for it."""
    try:
        await installation.policy_moved(UUID(group))
    except Exception:
        LOG.exception("a policy was not read ahead")
