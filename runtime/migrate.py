"""Brings the database to the revision of the code; processes that start at once take turns."""

import asyncio
import re
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from runtime.engine import make_engine
from runtime.progress import Once, Tell, silent
from runtime.refused import StartRefused

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = 0x7065_6979_7561_6E02  # a number of our own, beside that of the roles
PAUSE: Final = 0.1
EXTENSION: Final = re.compile(r"create extension (\w+)")


def alembic_config() -> Config:
    """Alembic as `pyproject.toml` sets it up."""
    return Config(toml_file=ROOT / "pyproject.toml")


async def upgrade(dsn: str, tell: Tell = silent, *, config: Config | None = None) -> list[str]:
    """Run the revisions that are pending, as the owner, and return their ids in order."""
    config = config or alembic_config()
    engine = make_engine(dsn, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await _take_turn(connection, tell)
            return await connection.run_sync(_upgrade, config, tell)
    finally:
        await engine.dispose()


async def pending(dsn: str, *, config: Config | None = None) -> list[str]:
    """The ids of the revisions that the database does not have yet, in order."""
    engine = make_engine(dsn, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_pending, config or alembic_config())
    finally:
        await engine.dispose()


async def _take_turn(connection: AsyncConnection, tell: Tell) -> None:
    """Take a lock of the session, tried again and again: a wait would end at lock_timeout."""
    said = Once(tell)
    while not await connection.scalar(text(f"select pg_try_advisory_lock({LOCK})")):
        await connection.rollback()
        said("another process is migrating the database: waiting")
        await asyncio.sleep(PAUSE)
    await connection.commit()


def _pending(connection: Connection, config: Config) -> list[str]:
    heads = MigrationContext.configure(connection).get_current_heads()
    scripts = ScriptDirectory.from_config(config)
    try:
        revisions = list(scripts.iterate_revisions("heads", heads or "base"))
    except (ResolutionError, CommandError) as error:
        raise StartRefused(
            f"the database is at revision {', '.join(heads)}, which this version does not know:"
            " run the version that made it, or, for a demo, `peiyuan demo reset`"
        ) from error
    return [revision.revision for revision in reversed(revisions)]


def _upgrade(connection: Connection, config: Config, tell: Tell) -> list[str]:
    waiting = _pending(connection, config)
    connection.commit()
    done: list[str] = []

    def applied(**said: object) -> None:
        done.append(str(said["step"]))
        tell(f"migrating {len(done)}/{len(waiting)}")

    if waiting:
        config.attributes |= {"connection": connection, "applied": applied}
        try:
            command.upgrade(config, "heads")
        except DBAPIError as error:
            raise _explained(error) from error
        connection.commit()
    return waiting


def _explained(error: DBAPIError) -> Exception:
    """Say what helps where the server does not give an extension; else leave the error alone."""
    wanted = EXTENSION.search(error.statement or "")
    if wanted is None:
        return error
    return StartRefused(
        f"the database has no extension {wanted[1]}, and gives none ({error.orig}): install"
        " PostgreSQL's contrib package (Debian: postgresql-contrib), let the owner of the tables"
        f" create in the database, or have a superuser run `create extension {wanted[1]}` in it"
    )
