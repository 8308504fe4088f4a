"""What every test stands on: a real PostgreSQL, migrated once, and settings of nobody's shell."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from runtime import migrate
from runtime.addresses import Addresses
from runtime.bring_up import connected, embedded_database
from runtime.postgres import Cluster
from runtime.postgres.locks import alone
from runtime.settings import PREFIX, Settings

SCRATCH = pytest.StashKey[Path]()
TEMPLATE = "peiyuan_template"


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of this run; the workers of xdist are told the one of their controller."""
    if (given := getattr(config, "workerinput", None)) is not None:
        config.stash[SCRATCH] = Path(given["scratch"])
        return
    folder = Path(tempfile.mkdtemp(prefix="peiyuan-tests-")).resolve()
    folder.chmod(0o711)  # run by root, the server is somebody else, who must get in
    config.stash[SCRATCH] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["scratch"] = str(node.config.stash[SCRATCH])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[SCRATCH])


@pytest.fixture(autouse=True)
def no_settings_from_the_shell(monkeypatch):
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def scratch(request) -> Path:
    """A folder of this run, shared by all workers; it is removed at the end."""
    return request.config.stash[SCRATCH]


@pytest.fixture(scope="session")
def cluster(scratch) -> Iterator[Cluster]:
    """A server for this run, shared by all workers; the last one to leave stops it."""
    cluster = Cluster.start(Settings(data_dir=scratch / "data"))
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def template(cluster, scratch) -> str:
    """The name of a migrated database that nobody uses, so that it can be copied."""
    with alone(scratch / "template.lock", waiting=lambda: None):
        if not (done := scratch / "template.done").exists():
            asyncio.run(_migrated(cluster))
            done.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def addresses(cluster, template, worker_id) -> Addresses:
    """The worker's own copy of the migrated database. Tests share it: each brings its own group."""
    return asyncio.run(_copy(cluster, template, f"peiyuan_{worker_id}"))


@pytest.fixture
def another_database(cluster, template, worker_id) -> Callable[[], Awaitable[Addresses]]:
    """Copies of the migrated database for tests that need one for themselves."""
    return lambda: _copy(cluster, template, f"peiyuan_{worker_id}_{next(_numbers)}")


_numbers = count(1)


async def _migrated(cluster: Cluster) -> None:
    addresses = await embedded_database(cluster, TEMPLATE)
    await migrate.upgrade(addresses.owner)


async def _copy(cluster: Cluster, template: str, name: str) -> Addresses:
    """Copy a database; commits do not wait for the disk there, though the server keeps fsync."""
    async with connected(cluster.dsn("postgres")) as connection:
        await connection.execute(f'create database "{name}" template "{template}" strategy wal_log')
        await connection.execute(f'alter database "{name}" set synchronous_commit = off')
    return await embedded_database(cluster, name)
