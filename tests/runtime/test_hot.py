"""What was asked for last before a process ended is planned before the next one answers."""

import pytest

from runtime.hot import FILE, KEPT, remember, remembered
from runtime.reader import Reader
from tests.runtime.tables import ALPHA

COUNT = "select count(*) as count from note where note = $1"
TWO = "select 2 as two"
GONE = "select gone from note"
PLANNED = "select statement, generic_plans from pg_prepared_statements where name like 'read_%'"


async def test_every_connection_has_planned_them_before_anybody_asks(empty_world):
    reader = await Reader.open(empty_world.reader, connections=3)
    try:
        await reader.plan([COUNT, GONE, TWO])

        assert len(reader._idle) == 3
        for connection in reader._idle:
            planned = {
                row["statement"]: row["generic_plans"] for row in await connection.fetch(PLANNED)
            }
            assert planned == {COUNT: 1, TWO: 1}
            assert connection.group is None
        assert reader.asked == []
    finally:
        await reader.close()


async def test_a_statement_that_ends_its_connection_costs_only_that(empty_world):
    reader = await Reader.open(empty_world.reader, connections=2)
    try:
        await reader.plan(["select pg_terminate_backend(pg_backend_pid())", TWO])

        assert (await reader.fetch_row(ALPHA, TWO))["two"] == 2
    finally:
        await reader.close()


async def test_a_planned_statement_waits_longer_than_a_statement_may_run(empty_world):
    """The driver prepares without a Sync: unless something follows, the time-out would run on."""
    reader = await Reader.open(empty_world.reader, connections=1)
    try:
        await reader.plan([COUNT])
        state = await reader._idle[0].fetchval("select pg_backend_pid()")
        other = await Reader.open(empty_world.reader, connections=1)
        row = await other.fetch_row(
            ALPHA, "select state from pg_stat_activity where pid = $1", [state]
        )
        await other.close()
    finally:
        await reader.close()

    assert row["state"] == "idle"


async def test_what_was_asked_of_late_is_told_the_last_first(reader):
    for number in (1, 2, 3, 2):
        await reader.fetch_row(ALPHA, f"select {number} as number")

    assert reader.asked == [f"select {number} as number" for number in (2, 3, 1)]


def test_statements_outlive_the_process_in_a_file_of_its_owner(tmp_path):
    remember(tmp_path, [COUNT] * 100)
    assert remembered(tmp_path) == [COUNT] * KEPT

    remember(tmp_path, [COUNT, TWO])
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [FILE]

    assert remembered(tmp_path) == [COUNT, TWO]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[1, null]", b'"select 1"'])
def test_a_file_that_cannot_be_read_costs_nothing_but_the_start(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)

    assert remembered(tmp_path) == []
    assert remembered(tmp_path / "nowhere") == []


def test_where_nothing_can_be_written_nothing_fails(tmp_path):
    remember(tmp_path / "nowhere", [COUNT])

    assert remembered(tmp_path / "nowhere") == []
