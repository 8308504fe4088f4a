"""The embedded server: shared by processes, stopped by the last, found again after a crash."""

import asyncio
import os
import signal

import asyncpg
import pytest

from runtime.postgres import Cluster
from runtime.postgres.processes import inside
from runtime.settings import Settings


@pytest.fixture
def settings(scratch, request):
    folder = scratch / f"cluster-{os.getpid()}-{abs(hash(request.node.name)) % 10_000}"
    folder.mkdir()
    folder.chmod(0o711)
    return Settings(data_dir=folder / "data")


def asked(cluster, query):
    async def ask():
        connection = await asyncpg.connect(cluster.dsn("postgres"))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_the_second_user_joins_and_the_last_one_stops_it(settings):
    first, second = Cluster.start(settings), Cluster.start(settings)
    assert first.pid == second.pid

    first.stop()
    assert asked(second, "SELECT 1") == 1
    second.stop()

    assert inside(settings.data_dir / "postgres" / "cluster") == frozenset()


def test_data_stay_and_a_crashed_server_recovers(settings):
    cluster = Cluster.start(settings)
    asked(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(cluster.pid, signal.SIGKILL)
    cluster.stop()

    again = Cluster.start(settings)
    try:
        assert asked(again, "SELECT n FROM kept") == 7
    finally:
        again.stop()


def test_the_server_is_safe_and_listens_on_no_network(settings):
    cluster = Cluster.start(settings)
    try:
        assert asked(cluster, "SELECT current_setting('fsync')") == "on"
        assert asked(cluster, "SELECT current_setting('listen_addresses')") == ""
        assert asked(cluster, "SELECT current_setting('password_encryption')") == "scram-sha-256"
        assert asked(cluster, "SELECT current_setting('data_checksums')") == "on"
    finally:
        cluster.stop()
