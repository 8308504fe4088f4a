"""What a dead server, a dead user or a half-made folder leaves behind, and how a start takes it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread

import asyncpg
import pytest

from runtime.postgres import Cluster, locks
from runtime.postgres.postmaster import Postmaster, clear_remains, running
from runtime.postgres.processes import Life, inside, life
from runtime.refused import StartRefused
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = count(1)
USER = """
import sys
from pathlib import Path
from runtime.postgres import Cluster
from runtime.settings import Settings

print(Cluster.start(Settings(data_dir=Path(sys.argv[1]))).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data(scratch):
    """A data directory that nobody uses yet; a server that is left in it is killed."""
    outer = scratch / f"crash-{os.getpid()}-{next(NUMBERS)}"
    outer.mkdir()
    outer.chmod(0o711)
    yield outer / "data"
    for pid in inside(outer / "data" / "postgres" / "cluster"):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def gone():
    """The number of a process that has ended."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


@pytest.fixture
def zombie():
    """The number of a process that has ended without anybody looking."""
    ended = subprocess.Popen(["true"])
    while life(ended.pid) is not Life.ZOMBIE:
        time.sleep(0.01)
    yield ended.pid
    ended.wait()


@pytest.fixture
def impatient(monkeypatch):
    """Waits only shortly for remains that will not go by themselves."""
    monkeypatch.setattr("runtime.postgres.postmaster.PATIENCE", 0.3)


def another_user(data):
    return subprocess.Popen(
        [sys.executable, "-c", USER, data],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def free_port():
    """A number below those that the system gives to outgoing connections."""
    for port in range(20_000 + os.getpid() % 10_000, 32_768):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def asked(dsn, query):
    async def ask():
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_processes_share_one_server_and_one_that_is_killed_does_not_keep_it_running(data):
    cluster = Cluster.start(Settings(data_dir=data))
    with another_user(data) as other:
        assert int(other.stdout.readline()) == cluster.pid
        other.kill()
    assert asked(cluster.dsn("postgres"), "select 1") == 1

    cluster.stop()

    assert inside(data / "postgres" / "cluster") == frozenset()


def test_processes_that_start_at_once_make_one_server(data):
    with another_user(data) as one, another_user(data) as two:
        pids = {int(user.stdout.readline()) for user in (one, two)}
        assert len(pids) == 1
        one.stdin.close()
        two.stdin.close()
    Cluster.start(Settings(data_dir=data)).stop()

    assert inside(data / "postgres" / "cluster") == frozenset()


def test_whoever_waits_for_another_start_says_so(data):
    Cluster.start(Settings(data_dir=data)).stop()
    told = []
    with locks.alone(data / "postgres" / "starting.lock", waiting=lambda: None):
        waiting = Thread(
            target=lambda: Cluster.start(Settings(data_dir=data), tell=told.append).stop()
        )
        waiting.start()
        while not told:
            time.sleep(0.01)
        assert "another process is starting or stopping the database: waiting" in told[-1]
    waiting.join()

    assert told[-1] == "starting the database"


@pytest.mark.parametrize("number", ["gone", "zombie", "a stranger's"])
def test_the_lock_file_of_a_dead_server_does_not_stop_the_next(
    data, gone, zombie, impatient, number
):
    """A stranger may have got the dead server's number: a process that is at work elsewhere."""
    pid = {"gone": gone, "zombie": zombie, "a stranger's": os.getpid()}[number]
    Cluster.start(Settings(data_dir=data)).stop()
    cluster = data / "postgres" / "cluster"
    left = [cluster / "postmaster.pid", data / "postgres" / "sockets" / ".s.PGSQL.5432.lock"]
    for file in left:
        file.write_text(f"{pid}\n{cluster}\n1\n5432\n{left[1].parent}\n\n 1 1\nready\n")
    assert Postmaster.noted(cluster).pid == pid
    assert running(cluster) is None

    told = []
    again = Cluster.start(Settings(data_dir=data), tell=told.append)

    assert "recovering the database (it was not stopped in order)" in told
    assert asked(again.dsn("postgres"), "select 1") == 1
    again.stop()


def test_the_lock_file_of_a_living_server_is_left_alone(data, impatient):
    cluster = Cluster.start(Settings(data_dir=data))
    folder = data / "postgres" / "cluster"
    before = (folder / "postmaster.pid").read_bytes()
    clear_remains(folder, data / "postgres" / "sockets")

    assert (folder / "postmaster.pid").read_bytes() == before
    assert asked(cluster.dsn("postgres"), "select 1") == 1
    cluster.stop()


@pytest.mark.parametrize("text", ["", "\n", "half\n", "77"])
def test_a_lock_file_that_is_still_being_written_tells_nothing_wrong(tmp_path, text):
    (tmp_path / "postmaster.pid").write_text(text)

    noted = Postmaster.noted(tmp_path)

    assert noted is None or (noted.pid, noted.port, noted.status) == (77, 0, "")
    assert running(tmp_path) is None


def test_a_port_opens_tcp_to_the_machine_itself(data):
    port = free_port()
    cluster = Cluster.start(Settings(data_dir=data, pg_port=port))
    try:
        secret = cluster.password("postgres")
        dsn = f"postgresql://postgres:{secret}@127.0.0.1:{port}/postgres"
        assert asked(dsn, "select current_setting('listen_addresses')") == "127.0.0.1"
        with pytest.raises(asyncpg.InvalidPasswordError):
            asked(dsn.replace(secret, "guessed"), "select 1")
    finally:
        cluster.stop()


def test_a_port_that_is_taken_is_said_and_nothing_is_left_running(data):
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(StartRefused, match=f"port {port}|in use"):
            Cluster.start(Settings(data_dir=data, pg_port=port))
    assert inside(data / "postgres" / "cluster") == frozenset()

    Cluster.start(Settings(data_dir=data, pg_port=port)).stop()
    assert inside(data / "postgres" / "cluster") == frozenset()


def test_what_a_first_start_left_half_made_is_made_anew(data):
    unfinished = data / "postgres" / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    for folder in (data, unfinished.parent):
        folder.chmod(0o711)

    cluster = Cluster.start(Settings(data_dir=data))

    assert asked(cluster.dsn("postgres"), "select 1") == 1
    assert not unfinished.exists()
    cluster.stop()


def test_data_of_another_major_version_are_not_touched(data):
    Cluster.start(Settings(data_dir=data)).stop()
    version = data / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("12\n")

    with pytest.raises(StartRefused, match="made by PostgreSQL 12"):
        Cluster.start(Settings(data_dir=data))

    assert version.read_text() == "12\n"
    assert inside(data / "postgres" / "cluster") == frozenset()


def test_data_that_were_kept_elsewhere_and_are_gone_are_not_begun_anew(data):
    data.mkdir()
    (data / "postgres").symlink_to(data.parent / "gone")

    with pytest.raises(StartRefused, match="bring it back"):
        Cluster.start(Settings(data_dir=data))

    assert not (data.parent / "gone").exists()


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(data):
    deep = data.parent.joinpath("a" * 60, "b" * 60)
    cluster = Cluster.start(Settings(data_dir=deep))
    try:
        assert asked(cluster.dsn("postgres"), "select 1") == 1
    finally:
        cluster.stop()


def test_without_the_password_nobody_enters_by_the_socket(data):
    cluster = Cluster.start(Settings(data_dir=data))
    secret = cluster.password("postgres")
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            asked(cluster.dsn("postgres").replace(secret, "guessed"), "select 1")
        assert (data / "passwords" / "postgres").stat().st_mode & 0o077 == 0
        assert secret not in repr(cluster)
    finally:
        cluster.stop()
