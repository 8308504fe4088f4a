"""The revisions make what the models say: not a column, a lock or a privilege more or less."""

import pytest
from alembic import command
from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.pool import NullPool

from domain.models import metadata
from runtime import grants, migrate, wall
from runtime.bring_up import connected, inspect
from runtime.engine import make_engine


@pytest.fixture
async def owner(addresses):
    """The owner of the migrated database."""
    async with connected(addresses.owner) as connection:
        yield connection


async def test_nothing_is_left_to_migrate(addresses):
    """What `alembic revision --autogenerate` would write is nothing."""
    engine = make_engine(addresses.owner, poolclass=NullPool)
    options = {"compare_type": True, "compare_server_default": True}

    def left(connection):
        context = MigrationContext.configure(connection, opts=options)
        return produce_migrations(context, metadata).upgrade_ops.as_diffs()

    async with engine.connect() as connection:
        assert await connection.run_sync(left) == []
    await engine.dispose()


async def test_a_migrated_database_has_its_wall_and_its_grants_and_may_be_used(addresses, owner):
    assert await wall.missing(owner, metadata) == []
    assert await grants.differing(owner, metadata) == []
    await inspect(addresses, metadata)


async def test_a_migrated_database_is_at_the_only_head(addresses):
    assert await migrate.pending(addresses.owner) == []
    assert len(ScriptDirectory.from_config(migrate.alembic_config()).get_heads()) == 1


async def test_a_migrated_database_holds_the_tables_of_the_models_and_nothing_that_acts(owner):
    """No trigger, function, rule, view or sequence: whatever happens is written in the code."""
    found = await owner.fetch(
        "select c.relname as name, c.relkind::text as kind from pg_class c"
        " where c.relnamespace = 'public'::regnamespace and c.relkind not in ('i', 'I')"
    )
    tables = {row["name"] for row in found if row["kind"] in {"r", "p"}}
    assert tables - {"alembic_version"} == set(metadata.tables)
    assert [row["name"] for row in found if row["kind"] not in {"r", "p"}] == []
    for catalogue, condition in (
        ("pg_trigger", "not tgisinternal"),
        ("pg_proc", "pronamespace = 'public'::regnamespace"),
        ("pg_rewrite", "ev_class::regclass::text in (select unnest($1::text[]))"),
        ("pg_event_trigger", "true"),
    ):
        arguments = [sorted(tables)] if "$1" in condition else []
        query = f"select count(*) from {catalogue} where {condition}"
        assert await owner.fetchval(query, *arguments) == 0, catalogue


async def test_only_diaries_of_people_can_be_carried_along_and_only_they(owner):
    """An append-only table that is about someone: its tenant may change, and nothing else of it."""
    movable = sorted(table.name for table in metadata.tables.values() if grants.movable(table))
    rows = await owner.fetch(
        "select table_name, column_name from information_schema.column_privileges"
        " where grantee = $1 and privilege_type = 'UPDATE' and table_name = any ($2::text[])",
        grants.APP,
        sorted(name for name, table in metadata.tables.items() if table.info.get("append_only")),
    )

    assert movable
    assert sorted((row["table_name"], row["column_name"]) for row in rows) == [
        (name, "tenant_id") for name in movable
    ]


async def test_a_fresh_database_can_be_brought_up_twice(another_database):
    addresses = await another_database()

    assert await migrate.upgrade(addresses.owner) == []
    await inspect(addresses, metadata)


def test_the_revisions_can_be_written_as_sql_without_a_database(capsys):
    """For whoever lets nobody but a database administrator change tables."""
    config = migrate.alembic_config()
    command.upgrade(config, "heads", sql=True)

    told = capsys.readouterr().out
    assert "CREATE TABLE person" in told
    assert "force row level security" in told
