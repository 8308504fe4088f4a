"""Auditors read on connections of their own, as a role that could not write if it were told to."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from domain.models import metadata as models
from runtime import migrate
from runtime.addresses import as_role
from runtime.auditors import CONNECTIONS, AuditorReader
from runtime.bring_up import NO_AUDITOR, connected, inspect, reach
from runtime.postgres import Cluster
from runtime.reader import NoConnection
from runtime.refused import StartRefused
from runtime.settings import Pooler, Settings
from tests.runtime.tables import ALPHA, BETA, NORTH, country, metadata

WHO = (
    "select current_user::text as role, current_setting('transaction_read_only') as reads,"
    " (select count(*) from note) as notes"
)
OPEN = (
    "select count(*) from pg_stat_activity"
    " where usename = 'peiyuan_auditor' and datname = current_database()"
)


@pytest.fixture
async def auditors(empty_world):
    reader = AuditorReader.open(empty_world.auditor, wait=0.3)
    yield reader
    await reader.close()


@pytest.fixture
async def notes(writer):
    """One row for ALPHA, two for BETA."""
    for group, words in ((ALPHA, "alpha"), (BETA, "beta 1"), (BETA, "beta 2")):
        async with writer.transaction(group, None) as session:
            await (await session.connection()).exec_driver_sql(
                "insert into note values ($1, $2, $3, $4)", (group, uuid4(), NORTH, words)
            )


@pytest.mark.parametrize("pooler", list(Pooler))
async def test_each_read_is_of_one_group_read_only_and_of_their_own_role(
    empty_world, notes, pooler
):
    auditors = AuditorReader.open(empty_world.auditor, pooler=pooler)
    for group, seen in ((ALPHA, 1), (BETA, 2), (uuid4(), 0), (ALPHA, 1)):
        row = await auditors.fetch_row(group, WHO)
        assert dict(row) == {"role": "peiyuan_auditor", "reads": "on", "notes": seen}
    await auditors.close()


async def test_a_look_up_is_read_only_too(auditors, notes):
    async with auditors.transaction(ALPHA) as session:
        assert (await session.execute(text(WHO))).one() == ("peiyuan_auditor", "on", 1)
    with pytest.raises(Exception, match="read-only transaction"):
        async with auditors.transaction(ALPHA) as session:
            await session.execute(text("delete from note"))
    assert (await auditors.fetch_row(ALPHA, WHO))["notes"] == 1


@pytest.mark.parametrize("table", sorted(metadata.tables))
async def test_told_to_write_the_role_may_not(empty_world, notes, table):
    """Past every READ ONLY, as whoever stole the connection would try."""
    async with connected(empty_world.auditor) as connection:
        for statement in (
            f"insert into {table} default values",
            f"update {table} set {next(iter(metadata.tables[table].columns)).name} = null",
            f"delete from {table}",
            f"truncate {table}",
        ):
            await connection.execute("set default_transaction_read_only = off")
            await connection.execute("begin read write")
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                await connection.execute(statement)
            await connection.execute("rollback")


async def test_what_planned_reads_may_not_read_auditors_may_not_either(auditors):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await auditors.fetch_row(ALPHA, "select 1 from wrapped_key")
    assert await auditors.fetch_row(ALPHA, f"select 1 from {country.name}") is None


async def test_no_connection_is_open_before_one_of_them_asks(auditors, empty_world):
    async with connected(empty_world.owner) as watching:
        assert await watching.fetchval(OPEN) == 0
        await auditors.fetch_row(ALPHA, WHO)
        assert await watching.fetchval(OPEN) == 1


async def test_they_wait_for_each_other_and_not_for_ever(auditors, notes):
    async with auditors.transaction(ALPHA) as one, auditors.transaction(ALPHA) as other:
        for session in (one, other):
            await session.execute(text(WHO))
        with pytest.raises(NoConnection, match=f"all {CONNECTIONS} read connections"):
            await auditors.fetch_row(ALPHA, WHO)
    assert (await auditors.fetch_row(ALPHA, WHO))["notes"] == 1


async def test_a_read_that_fails_or_is_cancelled_leaves_the_next_one_alone(auditors, notes):
    with pytest.raises(asyncpg.DivisionByZeroError):
        await auditors.fetch_row(ALPHA, "select 1 / 0 as n")
    for _ in range(CONNECTIONS + 1):
        slow = asyncio.create_task(auditors.fetch_row(BETA, "select pg_sleep(60)"))
        await asyncio.sleep(0.05)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
    assert (await auditors.fetch_row(ALPHA, WHO))["notes"] == 1


async def test_a_statement_that_a_migration_made_stale_is_prepared_anew(auditors, empty_world):
    every = f"select * from {country.name}"
    await auditors.fetch_row(ALPHA, every)
    async with connected(empty_world.owner) as owner:
        await owner.execute(f"alter table {country.name} add column more int")
        try:
            assert await auditors.fetch_row(ALPHA, every) is None
        finally:
            await owner.execute(f"alter table {country.name} drop column more")


async def test_addresses_that_leave_the_auditors_out_are_refused_with_what_to_do(world, tmp_path):
    settings = Settings(
        data_dir=tmp_path,
        database_url=world.owner,
        database_url_app=world.app,
        database_url_reader=world.reader,
    )
    with pytest.raises(StartRefused) as refused:
        async with reach(settings):
            pass

    assert str(refused.value) == NO_AUDITOR
    assert "PEIYUAN_DATABASE_URL_AUDITOR" in NO_AUDITOR
    given = Settings(
        data_dir=tmp_path,
        database_url=world.owner,
        database_url_app=world.app,
        database_url_reader=world.reader,
        database_url_auditor=world.auditor,
    )
    async with reach(given) as addresses:
        assert addresses == world


async def test_a_role_that_may_only_create_roles_brings_all_of_it_up(scratch, tmp_path):
    """Somebody else's server, and no superuser: roles, membership, extension and migrations."""
    folder = scratch / f"theirs-{uuid4().hex[:8]}"
    folder.mkdir()
    folder.chmod(0o711)
    cluster = await asyncio.to_thread(Cluster.start, Settings(data_dir=folder / "data"))
    try:
        async with connected(cluster.dsn("postgres")) as superuser:
            await superuser.execute("create role maker login createrole password 'made-up'")
            await superuser.execute("create database theirs owner maker")
        url = as_role(cluster.dsn("theirs"), "maker", "made-up")
        settings = Settings(data_dir=tmp_path, database_url=url)
        async with reach(settings) as addresses:
            await migrate.upgrade(addresses.owner)
            await inspect(addresses, models)
            reader = AuditorReader.open(addresses.auditor)
            row = await reader.fetch_row(ALPHA, "select current_user::text as role from person")
            assert row is None
            await reader.close()
    finally:
        await asyncio.to_thread(cluster.stop)
