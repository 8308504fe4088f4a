"""From settings to a database that may be used, and down again in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
from alembic.config import Config
from sqlalchemy import MetaData

from runtime import grants, migrate, vault, wall
from runtime.addresses import Addresses, as_role, derived_password
from runtime.grants import APP, AUDITOR, READER
from runtime.postgres import Cluster
from runtime.postgres.passwords import password_of
from runtime.progress import Tell, silent
from runtime.refused import StartRefused
from runtime.roles import OWNER, ROLES, ensure_database, ensure_roles, open_database, unsafe_roles
from runtime.settings import Settings

DATABASE: Final = "peiyuan"
NO_AUDITOR: Final = (
    f"PEIYUAN_DATABASE_URL_AUDITOR is missing beside the addresses of {APP} and {READER}: create"
    f" {AUDITOR} (login inherit in role {READER}) and name its address there"
)


@asynccontextmanager
async def bring_up(
    settings: Settings,
    metadata: MetaData,
    *,
    tell: Tell = silent,
    config: Config | None = None,
) -> AsyncIterator[Addresses]:
    """Reach the database, migrate it, and let nobody use it whose wall has a gap.

    Raises `StartRefused` with what to do. On leaving, an embedded server that nobody else uses is
    stopped; the data stay.
    """
    async with reach(settings, tell=tell) as addresses:
        await migrate.upgrade(addresses.owner, tell, config=config)
        await inspect(addresses, metadata)
        yield addresses


@asynccontextmanager
async def reach(settings: Settings, *, tell: Tell = silent) -> AsyncIterator[Addresses]:
    """Reach the database with all its roles, starting the embedded server if there is no other."""
    if settings.database_url is not None:
        yield await _external(settings)
        return
    cluster = await asyncio.to_thread(Cluster.start, settings, tell=tell)
    try:
        yield await embedded_database(cluster)
    finally:
        await asyncio.to_thread(cluster.stop)


async def inspect(addresses: Addresses, metadata: MetaData) -> None:
    """Compare wall, grants and roles of the database with what they should be."""
    async with connected(addresses.owner) as connection:
        gaps = [
            *await wall.missing(connection, metadata),
            *await grants.differing(connection, metadata),
            *await vault.gaps(connection),
            *await unsafe_roles(connection),
        ]
    if gaps:
        lines = "\n".join(f"  {gap}" for gap in gaps)
        raise StartRefused(f"the database's own lock has gaps: write a revision for\n{lines}")


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection, for a few statements."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def embedded_database(cluster: Cluster, database: str = DATABASE) -> Addresses:
    """Bring roles and a database of an embedded server to what they should be."""
    passwords = {role: cluster.password(role) for role in ROLES}
    async with connected(cluster.dsn("postgres")) as connection:
        await ensure_roles(connection, passwords)
        await ensure_database(connection, database)
    async with connected(cluster.dsn(database)) as connection:
        await open_database(connection)
    return Addresses(
        owner=cluster.dsn(database, OWNER),
        app=cluster.dsn(database, APP),
        reader=cluster.dsn(database, READER),
        auditor=cluster.dsn(database, AUDITOR),
    )


async def _external(settings: Settings) -> Addresses:
    """Use the addresses that are given, or make the roles they are made from."""
    url = settings.database_url
    assert url is not None
    direct = settings.migration_url or url
    if settings.database_url_app and settings.database_url_reader:
        if settings.database_url_auditor is None:
            raise StartRefused(NO_AUDITOR)
        return Addresses(
            owner=direct,
            app=settings.database_url_app,
            reader=settings.database_url_reader,
            auditor=settings.database_url_auditor,
        )
    passwords = {
        role: derived_password(direct, role) or password_of(role, settings.data_dir)
        for role in ROLES
    }
    async with connected(direct) as connection:
        await ensure_roles(connection, passwords)
        await open_database(connection)
    return Addresses(
        owner=as_role(direct, OWNER, passwords[OWNER]),
        app=as_role(url, APP, passwords[APP]),
        reader=as_role(url, READER, passwords[READER]),
        auditor=as_role(url, AUDITOR, passwords[AUDITOR]),
    )
