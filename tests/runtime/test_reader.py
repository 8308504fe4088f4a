"""Read connections that remember a group and never answer for another."""

import asyncio
import random
from uuid import uuid4

import asyncpg
import pytest

from runtime.bring_up import connected
from runtime.reader import KEPT, NoConnection, ReadConnection, Reader
from runtime.settings import Pooler
from tests.runtime.tables import ALPHA, BETA, NORTH

COUNT = "select count(*) as count, max(note) as note from note"
PID = "select pg_backend_pid() as pid"
BOUND = "select coalesce(current_setting('app.group_id', true), '') as group"


@pytest.fixture
async def notes(writer):
    """One row for ALPHA, two for BETA; nobody may count three."""
    for group, words in ((ALPHA, "alpha"), (BETA, "beta 1"), (BETA, "beta 2")):
        async with writer.transaction(group, None) as session:
            await (await session.connection()).exec_driver_sql(
                "insert into note values ($1, $2, $3, $4)", (group, uuid4(), NORTH, words)
            )


async def counted(reader, group):
    return (await reader.fetch_row(group, COUNT))["count"]


async def pid(reader, group=ALPHA):
    return (await reader.fetch_row(group, PID))["pid"]


async def test_the_same_statement_answers_for_the_group_that_asks(reader, notes):
    answers = [await counted(reader, group) for group in (ALPHA, BETA, ALPHA, uuid4(), BETA)]

    assert answers == [1, 2, 1, 0, 2]


async def test_unbound_nothing_is_seen(empty_world, notes):
    async with connected(empty_world.reader) as connection:
        assert await connection.fetchval("select count(*) from note") == 0
        await connection.execute("reset all")
        assert await connection.fetchval("select count(*) from note") == 0


async def test_arguments_are_bound_and_no_row_is_none(reader, notes):
    sql = "select note from note where note = $1"

    assert (await reader.fetch_row(ALPHA, sql, ["alpha"]))["note"] == "alpha"
    assert await reader.fetch_row(ALPHA, sql, ["beta 1"]) is None


async def test_the_reading_role_cannot_write(reader, notes):
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await reader.fetch_row(ALPHA, "delete from note returning note")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await reader.fetch_row(
            ALPHA, "select set_config('transaction_read_only', 'off', true), 1 from wrapped_key"
        )

    assert await counted(reader, ALPHA) == 1


async def test_the_reading_role_keeps_generic_plans_in_utc(reader):
    shown = await reader.fetch_row(
        ALPHA,
        "select current_setting('plan_cache_mode') as plans, current_setting('jit') as jit,"
        " current_setting('timezone') as zone, current_setting('statement_timeout') as patience",
    )

    assert dict(shown) == {
        "plans": "force_generic_plan",
        "jit": "off",
        "zone": "UTC",
        "patience": "10s",
    }


async def test_the_connection_stays_bound_and_is_not_bound_again(reader):
    first = await pid(reader)
    heard = []
    reader._idle[0].add_query_logger(lambda said: heard.append(said.query))

    await pid(reader)
    await pid(reader, BETA)

    assert await pid(reader) == first
    assert [query for query in heard if query.startswith("SET")] == [
        f"SET app.group_id = '{BETA}'",
        f"SET app.group_id = '{ALPHA}'",
    ]


async def test_a_binding_whose_answer_was_never_heard_is_not_believed(reader, notes, monkeypatch):
    assert await counted(reader, ALPHA) == 1
    connection = reader._idle[0]
    execute = ReadConnection.execute

    async def took_effect_unheard(self, query):
        await execute(self, query)
        raise asyncpg.QueryCanceledError("cancelled")

    with monkeypatch.context() as patch:
        patch.setattr(ReadConnection, "execute", took_effect_unheard)
        with pytest.raises(asyncpg.QueryCanceledError):
            await counted(reader, BETA)

    assert reader._idle == [connection]
    assert connection.group is None
    assert await counted(reader, ALPHA) == 1


async def test_an_error_of_the_server_costs_neither_connection_nor_binding(reader, notes):
    first = await pid(reader)

    with pytest.raises(asyncpg.DivisionByZeroError):
        await reader.fetch_row(ALPHA, "select 1/0")

    assert await pid(reader) == first
    assert await counted(reader, ALPHA) == 1


async def test_a_cancelled_read_is_stopped_and_its_connection_replaced(cluster, reader):
    first = await pid(reader)
    task = asyncio.create_task(reader.fetch_row(ALPHA, "select pg_sleep(9)"))
    await asyncio.sleep(0.05)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await pid(reader) != first
    async with connected(cluster.dsn("postgres")) as superuser:
        assert not await superuser.fetchval("select 1 from pg_stat_activity where pid = $1", first)


async def test_cancelled_at_any_moment_no_read_answers_for_another_group(empty_world, notes):
    chance = random.Random(11)
    reader = await Reader.open(empty_world.reader, connections=2, wait=5)
    expected = {ALPHA: 1, BETA: 2}

    async def read(group):
        answer = await counted(reader, group)
        assert answer == expected[group]

    finished = 0
    for _ in range(120):
        tasks = [asyncio.create_task(read(chance.choice((ALPHA, BETA)))) for _ in range(3)]
        await asyncio.sleep(chance.uniform(0, 0.008))
        chance.choice(tasks).cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(
            result is None or isinstance(result, asyncio.CancelledError) for result in results
        )
        finished += results.count(None)
    await reader.close()

    assert 240 <= finished < 360


async def test_a_connection_that_the_server_has_cut_is_replaced(cluster, reader, notes):
    first = await pid(reader)
    cut = asyncio.Event()
    reader._idle[0].add_termination_listener(lambda _: cut.set())
    async with connected(cluster.dsn("postgres")) as superuser:
        await superuser.fetchval("select pg_terminate_backend($1)", first)
    await cut.wait()

    assert await counted(reader, ALPHA) == 1
    assert await pid(reader) != first


async def test_waiting_for_a_connection_ends_with_a_clear_error(reader):
    busy = asyncio.create_task(reader.fetch_row(ALPHA, "select pg_sleep(1.2)"))
    await asyncio.sleep(0.05)

    with pytest.raises(NoConnection, match=r"all 1 read connections were busy for 0\.5 s"):
        await pid(reader)

    await busy
    assert await pid(reader)


async def test_an_idle_connection_of_the_group_is_preferred(empty_world):
    reader = await Reader.open(empty_world.reader, connections=2)
    nap = "select pg_sleep(0.05), pg_backend_pid() as pid"
    alpha, beta = [
        row["pid"]
        for row in await asyncio.gather(reader.fetch_row(ALPHA, nap), reader.fetch_row(BETA, nap))
    ]

    seen = [await pid(reader, group) for group in (BETA, ALPHA, ALPHA, BETA, BETA, ALPHA)]
    await reader.close()

    assert alpha != beta
    assert seen == [beta, alpha, alpha, beta, beta, alpha]


async def test_statements_are_bounded_and_closed_when_dropped(reader):
    for number in range(KEPT + 20):
        await reader.fetch_row(ALPHA, f"select {number} as number")

    held = await reader.fetch_row(ALPHA, "select count(*) as count from pg_prepared_statements")

    assert len(reader._idle[0].statements) == KEPT
    assert held["count"] in {KEPT, KEPT + 1}
    assert "select 0 as number" not in reader._idle[0].statements


async def test_a_statement_that_a_migration_made_stale_is_prepared_anew(empty_world, reader):
    sql = "select * from country"
    async with connected(empty_world.owner) as owner:
        await owner.execute("insert into country values ('CN')")
        await reader.fetch_row(ALPHA, sql)
        await owner.execute("alter table country add column name text default '中国'")
        try:
            assert dict(await reader.fetch_row(ALPHA, sql)) == {"code": "CN", "name": "中国"}
            by_name = "select name from country"
            await reader.fetch_row(ALPHA, by_name)
        finally:
            await owner.execute("alter table country drop column name")

    with pytest.raises(asyncpg.UndefinedColumnError):
        await reader.fetch_row(ALPHA, by_name)
    assert by_name not in reader._idle[0].statements
    assert dict(await reader.fetch_row(ALPHA, sql)) == {"code": "CN"}


async def test_behind_a_pooler_nothing_stays_on_the_connection(empty_world, notes):
    reader = await Reader.open(empty_world.reader, connections=1, pooler=Pooler.TRANSACTION)
    assert [await counted(reader, group) for group in (ALPHA, BETA, ALPHA)] == [1, 2, 1]
    with pytest.raises(asyncpg.DivisionByZeroError):
        await reader.fetch_row(BETA, "select 1/0")

    connection = reader._idle[0]
    left = await connection.fetchrow(BOUND)
    held = await connection.fetch("select name from pg_prepared_statements where name <> ''")
    await reader.close()

    assert not connection.group
    assert left["group"] == ""
    assert held == []


async def test_only_uuids_become_literals(reader):
    with pytest.raises(TypeError):
        await reader.fetch_row("x'; drop table note; --", PID)
