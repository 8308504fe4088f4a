"""A small world of its own for the runtime: a database with one table of each kind."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.addresses import Addresses
from runtime.bring_up import connected, embedded_database
from runtime.database import Writer
from runtime.reader import Reader
from tests.runtime.tables import build


@pytest.fixture(scope="session")
def world(cluster, worker_id) -> Addresses:
    """A database with the small tables."""

    async def made() -> Addresses:
        addresses = await embedded_database(cluster, f"world_{worker_id}")
        await build(addresses)
        return addresses

    return asyncio.run(made())


@pytest.fixture
async def empty_world(world) -> AsyncIterator[Addresses]:
    """The same, emptied by somebody whom the wall does not bind: truncation knows no rows."""
    async with connected(world.owner) as connection:
        await connection.execute(
            "truncate note, history, diary, wrapped_key, country, login, machine"
        )
    return world


@pytest.fixture
async def writer(empty_world) -> AsyncIterator[Writer]:
    """A writer with a single connection: what one transaction leaves, the next one finds."""
    writer = Writer.open(empty_world.app, connections=1, wait=2)
    yield writer
    await writer.close()


@pytest.fixture
async def reader(empty_world) -> AsyncIterator[Reader]:
    """A reader with a single connection."""
    reader = await Reader.open(empty_world.reader, connections=1, wait=0.5)
    yield reader
    await reader.close()
