"""What every test stands on: a real PostgreSQL, migrated once, and settings of nobody's shell."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings as laws

from api.demo.load import load_demo
from api.graphql.schema import catalogue
from domain.privacy.keyring import Keyring
from runtime import migrate
from runtime.addresses import Addresses
from runtime.auditors import AuditorReader
from runtime.bring_up import connected, embedded_database
from runtime.database import Writer
from runtime.installation import Installation
from runtime.keys import FileKeys
from runtime.postgres import Cluster
from runtime.postgres.locks import alone
from runtime.reader import Reader
from runtime.settings import PREFIX, Settings
from tests.people import Clock, Group, found_group

SCRATCH = pytest.StashKey[Path]()
laws.register_profile("untimed", deadline=None)  # a law says nothing about a busy machine
laws.load_profile("untimed")
TEMPLATE, DEMO = "peiyuan_template", "peiyuan_demo"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the golden files")


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


@pytest.fixture
def clock() -> Clock:
    """An instant that a test may move."""
    return Clock()


@pytest.fixture
async def installation(addresses, scratch, clock) -> AsyncIterator[Installation]:
    """Everything that a process holds, on the worker's database."""
    settings = Settings(data_dir=scratch / "keys", key_file=scratch / "root.key", shadow_reads=1)
    async with standing_on(addresses, settings, clock) as installation:
        yield installation


@pytest.fixture
async def group(installation, clock) -> Group:
    """A group of its own, with grace, ada and the others in it."""
    return await found_group(installation, clock)


@pytest.fixture
async def other_group(installation, clock) -> Group:
    """Another group on the same database, with people of the same names."""
    return await found_group(installation, clock)


@pytest.fixture(scope="session")
def demo_name(cluster, template, scratch) -> str:
    """The name of a database with the made-up group, loaded once for all workers, only to read."""
    with alone(scratch / "demo.lock", waiting=lambda: None):
        if not (done := scratch / "demo.done").exists():
            asyncio.run(_load_demo(cluster, scratch))
            done.touch()
    return DEMO


@pytest.fixture
async def demo(demo_name, cluster, scratch) -> AsyncIterator[Installation]:
    """The made-up group as of a fixed instant."""
    addresses = await embedded_database(cluster, demo_name)
    async with standing_on(addresses, demo_settings(scratch), Clock()) as installation:
        yield installation


def demo_settings(scratch: Path) -> Settings:
    return Settings(data_dir=scratch / "demo", key_file=scratch / "root.key")


async def _load_demo(cluster: Cluster, scratch: Path) -> None:
    addresses = await _copy(cluster, TEMPLATE, DEMO)
    async with standing_on(addresses, demo_settings(scratch), Clock()) as installation:
        await load_demo(installation)


@asynccontextmanager
async def standing_on(
    addresses: Addresses, settings: Settings, clock: Clock
) -> AsyncIterator[Installation]:
    writer = Writer.open(addresses.app, connections=4)
    reader = await Reader.open(addresses.reader, connections=2)
    auditors = AuditorReader.open(addresses.auditor)
    installation = Installation(
        settings=settings,
        writer=writer,
        reader=reader,
        auditors=auditors,
        keyring=Keyring(FileKeys.open(settings)),
        catalogue=catalogue(),
        clock=clock,
    )
    try:
        yield installation
    finally:
        await installation.beside.finished()
        await auditors.close()
        await reader.close()
        await writer.close()


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
