"""Where Alembic meets the models and a database: given by the caller, or that of the settings."""

import asyncio
from importlib import import_module

from alembic import context
from sqlalchemy import Connection, MetaData, TypeDecorator
from sqlalchemy.pool import NullPool

from runtime.bring_up import reach
from runtime.engine import make_engine
from runtime.revisions import with_wall_and_grants
from runtime.settings import Settings


def models() -> MetaData:
    """What the tables should be."""
    if (given := context.config.attributes.get("metadata")) is not None:
        return given
    return import_module("domain.models").metadata


def plainly(kind: str, item: object, _: object) -> str | bool:
    """Write a type of ours as what lies in the table: a revision must not need our code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


def migrate(connection: Connection) -> None:
    """Run what the command asked for; each revision is one transaction."""
    metadata = models()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
        process_revision_directives=with_wall_and_grants(metadata),
        render_item=plainly,
        on_version_apply=context.config.attributes.get("applied"),
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect() -> None:
    """Reach the database that the settings name, starting the embedded one where they do."""
    async with reach(Settings.read(), tell=print) as addresses:
        engine = make_engine(addresses.owner, poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
        await engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=models(), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    asyncio.run(connect())
