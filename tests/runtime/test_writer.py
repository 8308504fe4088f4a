"""Transactions that are bound to a group, and leave nothing behind."""

import asyncio
import random
import time
from contextlib import suppress
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from runtime import database
from runtime.bring_up import connected
from runtime.database import NotCommitted, Writer, driver_of
from runtime.settings import Pooler
from tests.runtime.tables import ALPHA, BETA, NORTH, SOUTH, diary, history, note


def row(words, *, group=ALPHA, tenant=NORTH):
    return {"group_id": group, "id": uuid4(), "tenant_id": tenant, "note": words}


async def write(writer, words, *, table=note, group=ALPHA, tenant=NORTH):
    async with writer.transaction(group, None) as session:
        await session.execute(insert(table).values(row(words, group=group, tenant=tenant)))


async def notes(writer, group=ALPHA):
    async with writer.transaction(group, None, read_only=True) as session:
        return sorted((await session.scalars(select(note.c.note))).all())


async def bound(writer):
    """What the pool's only connection is bound to while nobody holds a transaction."""
    async with writer._engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert not raw.is_in_transaction()
        return await raw.fetchrow(
            "select coalesce(current_setting('app.group_id', true), '') as group,"
            " coalesce(current_setting('app.write_tenants', true), '') as tenants"
        )


async def test_a_clean_exit_commits_and_leaves_nothing_bound(writer):
    await write(writer, "kept")

    assert await notes(writer) == ["kept"]
    assert tuple(await bound(writer)) == ("", "")


async def test_an_exception_rolls_back(writer):
    async def fail():
        async with writer.transaction(ALPHA, None) as session:
            await session.execute(insert(note).values(row("lost")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await notes(writer) == []
    assert tuple(await bound(writer)) == ("", "")


async def test_begin_and_binding_are_one_message(writer):
    heard = []
    async with writer.transaction(ALPHA, [NORTH]) as session:
        driver_of(await session.connection()).add_query_logger(
            lambda said: heard.append(said.query)
        )

    async with writer.transaction(BETA, [NORTH, SOUTH]) as session:
        await session.execute(text("select 1"))

    tenants = f"{NORTH},{SOUTH}"
    opening = f"SET LOCAL app.group_id = '{BETA}'; SET LOCAL app.write_tenants = '{tenants}'"
    assert heard == ["COMMIT", f"BEGIN; {opening}", "COMMIT"]


async def test_another_group_is_not_seen(writer):
    await write(writer, "ours")
    await write(writer, "theirs", group=BETA)

    assert await notes(writer) == ["ours"]
    assert await notes(writer, BETA) == ["theirs"]


async def test_a_row_for_another_group_is_refused(writer):
    with pytest.raises(DBAPIError, match="row-level security"):
        async with writer.transaction(ALPHA, None) as session:
            await session.execute(insert(note).values(row("smuggled", group=BETA)))

    assert await notes(writer, BETA) == []


async def test_a_row_for_a_tenant_that_may_not_be_written_is_refused(writer):
    with pytest.raises(DBAPIError, match="row-level security"):
        async with writer.transaction(ALPHA, [NORTH]) as session:
            await session.execute(insert(note).values(row("smuggled", tenant=SOUTH)))

    assert await notes(writer) == []


async def test_no_write_tenants_means_no_writing(writer):
    with pytest.raises(DBAPIError, match="row-level security"):
        async with writer.transaction(ALPHA, []) as session:
            await session.execute(insert(note).values(row("smuggled")))

    assert await notes(writer) == []


async def test_listed_tenants_may_all_be_written(writer):
    async with writer.transaction(ALPHA, [NORTH, SOUTH]) as session:
        await session.execute(insert(note).values([row("n"), row("s", tenant=SOUTH)]))

    assert await notes(writer) == ["n", "s"]


async def test_rows_of_other_tenants_are_neither_changed_nor_deleted(writer):
    await write(writer, "southern", tenant=SOUTH)

    async with writer.transaction(ALPHA, [NORTH]) as session:
        changed = await session.execute(update(note).values(note="changed"))
        removed = await session.execute(delete(note))
        assert (changed.rowcount, removed.rowcount) == (0, 0)
        assert await session.scalar(select(func.count()).select_from(note)) == 1

    assert await notes(writer) == ["southern"]


async def test_a_row_is_not_moved_into_a_tenant_that_may_not_be_written(writer):
    await write(writer, "northern")

    with pytest.raises(DBAPIError, match="row-level security"):
        async with writer.transaction(ALPHA, [NORTH]) as session:
            await session.execute(update(note).values(tenant_id=SOUTH))

    async with writer.transaction(ALPHA, None) as session:
        assert (await session.scalars(select(note.c.tenant_id))).all() == [NORTH]


async def test_unbound_nothing_is_seen_and_nothing_written(empty_world, writer):
    await write(writer, "hidden")

    async with connected(empty_world.app) as connection:
        assert await connection.fetchval("select count(*) from note") == 0
        assert await connection.execute("delete from note") == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(
                "insert into note values ($1, $2, $3, 'x')", ALPHA, uuid4(), NORTH
            )
        await connection.execute("set app.group_id = ''")
        assert await connection.fetchval("select count(*) from note") == 0

    assert await notes(writer) == ["hidden"]


async def test_the_owner_is_bound_as_well(empty_world, writer):
    await write(writer, "hidden")

    async with connected(empty_world.owner) as connection:
        assert await connection.fetchval("select count(*) from note") == 0


async def test_an_append_only_table_is_neither_changed_nor_cleared(writer):
    await write(writer, "happened", table=history)

    for statement in (update(history).values(note="else"), delete(history)):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with writer.transaction(ALPHA, None) as session:
                await session.execute(statement)

    async with writer.transaction(ALPHA, None) as session:
        assert (await session.scalars(select(history.c.note))).all() == ["happened"]


async def test_what_is_about_a_person_follows_them_and_is_changed_in_nothing_else(writer):
    await write(writer, "happened", table=diary)

    async with writer.transaction(ALPHA, [NORTH, SOUTH]) as session:
        await session.execute(update(diary).values(tenant_id=SOUTH))
    for statement in (
        update(diary).values(note="else"),
        update(diary).values(tenant_id=SOUTH, note="else"),
        update(diary).values(group_id=BETA),
        delete(diary),
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with writer.transaction(ALPHA, None) as session:
                await session.execute(statement)

    async with writer.transaction(ALPHA, None) as session:
        found = (await session.execute(select(diary.c.tenant_id, diary.c.note))).all()
    assert found == [(SOUTH, "happened")]


async def test_a_person_does_not_take_it_where_the_actor_may_not_write(writer):
    await write(writer, "happened", table=diary)

    with pytest.raises(DBAPIError, match="row-level security"):
        async with writer.transaction(ALPHA, [NORTH]) as session:
            await session.execute(update(diary).values(tenant_id=SOUTH))

    async with writer.transaction(ALPHA, None) as session:
        assert (await session.scalars(select(diary.c.tenant_id))).all() == [NORTH]


async def test_a_read_only_transaction_refuses_to_write(writer):
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with writer.transaction(ALPHA, None, read_only=True) as session:
            await session.execute(insert(note).values(row("smuggled")))

    assert await notes(writer) == []


async def test_planned_reads_run_in_the_same_transaction(writer):
    async with writer.transaction(ALPHA, None) as session:
        await session.execute(insert(note).values(row("unfinished")))
        raw = driver_of(await session.connection())
        assert raw.is_in_transaction()
        assert await raw.fetchval("select note from note") == "unfinished"
        await session.rollback()

    assert await notes(writer) == []


async def test_a_savepoint_saves_what_was_before_it(writer):
    async with writer.transaction(ALPHA, None) as session:
        await session.execute(insert(note).values(row("first")))
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(insert(note).values(row("smuggled", group=BETA)))
        await session.execute(insert(note).values(row("second")))

    assert await notes(writer) == ["first", "second"]


async def test_a_failure_that_was_swallowed_is_not_taken_for_a_commit(writer):
    async def swallow():
        async with writer.transaction(ALPHA, None) as session:
            await session.execute(insert(note).values(row("lost")))
            with suppress(DBAPIError):
                await session.execute(text("select 1/0"))

    with pytest.raises(NotCommitted):
        await swallow()

    assert await notes(writer) == []


async def test_what_only_the_commit_finds_wrong_is_raised_and_not_kept(writer):
    await write(writer, "same")

    with pytest.raises(asyncpg.UniqueViolationError):
        await write(writer, "same")

    assert await notes(writer) == ["same"]


async def test_a_cancelled_transaction_is_rolled_back(writer):
    inside = asyncio.Event()

    async def slow():
        async with writer.transaction(ALPHA, None) as session:
            await session.execute(insert(note).values(row("lost")))
            inside.set()
            await session.execute(text("select pg_sleep(30)"))

    task = asyncio.create_task(slow())
    await inside.wait()
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert tuple(await bound(writer)) == ("", "")
    assert await notes(writer) == []


async def test_cancelled_at_any_moment_all_is_kept_or_nothing(writer):
    chance = random.Random(7)
    promised = []
    before = time.perf_counter()
    await write_two(writer, 60)
    usual = time.perf_counter() - before

    for number in range(60):
        task = asyncio.create_task(write_two(writer, number))
        await asyncio.sleep(chance.uniform(0, 3 * usual))
        task.cancel()
        try:
            await task
            promised.append(number)
        except asyncio.CancelledError:
            pass
        assert tuple(await bound(writer)) == ("", "")

    kept = await notes(writer)
    halves = {words.rstrip("ab") for words in kept}
    assert {f"{number}" for number in promised} <= halves
    assert all(f"{half}a" in kept and f"{half}b" in kept for half in halves)
    assert 0 < len(promised) < 60


async def write_two(writer, number):
    async with writer.transaction(ALPHA, None) as session:
        await session.execute(insert(note).values(row(f"{number}a")))
        await session.execute(insert(note).values(row(f"{number}b")))


async def test_a_begin_that_fails_halfway_leaves_no_open_transaction(writer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(database, "_opening", lambda *_, **__: "BEGIN; SELECT 1/0")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await write(writer, "lost")

    assert tuple(await bound(writer)) == ("", "")
    assert await notes(writer) == []


async def test_a_connection_that_the_server_has_cut_is_replaced(cluster, empty_world, writer):
    async with writer.transaction(ALPHA, None) as session:
        pid = driver_of(await session.connection()).get_server_pid()
    async with connected(cluster.dsn("postgres")) as superuser:
        assert await superuser.fetchval("select pg_terminate_backend($1, 2000)", pid)

    await write(writer, "kept")

    assert await notes(writer) == ["kept"]


async def test_only_uuids_become_literals(writer):
    for group, tenants in (("x'; drop table note; --", None), (ALPHA, ["*"])):
        with pytest.raises(TypeError):
            async with writer.transaction(group, tenants) as session:
                await session.execute(text("select 1"))

    assert await notes(writer) == []


async def test_behind_a_pooler_no_statement_outlives_its_transaction(empty_world):
    writer = Writer.open(empty_world.app, connections=1, pooler=Pooler.TRANSACTION)
    try:
        await write(writer, "kept")
        assert await notes(writer) == ["kept"]
        async with writer.transaction(ALPHA, None) as session:
            held = text("select name from pg_prepared_statements")
            assert len((await session.scalars(held)).all()) <= 1
    finally:
        await writer.close()


async def write_two_begun(writer, number):
    """The same through the door for whoever speaks to the driver; a session takes part."""
    async with writer.begun(ALPHA, None) as connection:
        add = "insert into note (group_id, id, tenant_id, note) values ($1, $2, $3, $4)"
        values = row(f"{number}a")
        await driver_of(connection).execute(add, *values.values())
        session = AsyncSession(connection)
        await session.execute(insert(note).values(row(f"{number}b")))


async def test_a_session_takes_part_in_a_transaction_that_was_begun(writer):
    await write_two_begun(writer, 1)

    assert await notes(writer) == ["1a", "1b"]
    assert tuple(await bound(writer)) == ("", "")


async def test_what_was_begun_is_undone_by_an_exception(writer):
    async def fail():
        async with writer.begun(ALPHA, None) as connection:
            await AsyncSession(connection).execute(insert(note).values(row("lost")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await notes(writer) == []
    assert tuple(await bound(writer)) == ("", "")


async def test_what_was_begun_sees_and_writes_no_more_than_its_binding(writer):
    await write(writer, "other", group=BETA)

    async with writer.begun(ALPHA, [NORTH]) as connection:
        assert await driver_of(connection).fetch("select note from note") == []
        session = AsyncSession(connection)
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(insert(note).values(row("smuggled", tenant=SOUTH)))
        await session.rollback()

    assert await notes(writer) == []


async def test_a_failure_swallowed_in_what_was_begun_is_not_taken_for_a_commit(writer):
    async def swallow():
        async with writer.begun(ALPHA, None) as connection:
            await AsyncSession(connection).execute(insert(note).values(row("lost")))
            with suppress(asyncpg.PostgresError):
                await driver_of(connection).execute("select 1/0")

    with pytest.raises(NotCommitted):
        await swallow()

    assert await notes(writer) == []


async def test_what_was_begun_and_cancelled_at_any_moment_is_kept_or_not_at_all(writer):
    chance = random.Random(11)
    promised = []
    before = time.perf_counter()
    await write_two_begun(writer, 60)
    usual = time.perf_counter() - before

    for number in range(60):
        task = asyncio.create_task(write_two_begun(writer, number))
        await asyncio.sleep(chance.uniform(0, 3 * usual))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
            promised.append(number)
        assert tuple(await bound(writer)) == ("", "")

    kept = await notes(writer)
    halves = {words.rstrip("ab") for words in kept}
    assert {f"{number}" for number in promised} <= halves
    assert all(f"{half}a" in kept and f"{half}b" in kept for half in halves)
    assert 0 < len(promised) < 60
