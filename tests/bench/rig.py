"""The rig: one database at the large scale, and every candidate beside it as its own process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
import orjson

from api.cli.demo import load
from api.demo.load import GROUP
from api.demo.tokens import tokens_file
from domain.models import metadata
from runtime.addresses import Addresses
from runtime.bring_up import bring_up, connected
from runtime.settings import Settings

from .cpu import cpu_of, cpu_of_tree, resident

PATIENCE: Final = 60.0  # seconds for a server to answer
SERVER, REST = 0, 1  # processors
OURS: Final = "peiyuan"
UNGUARDED: Final = "unguarded"
NAMES: Final = (OURS, UNGUARDED, "text", "records", "strawberry")
COMMANDS: Final = {OURS: ["-m", "api", "serve"], UNGUARDED: ["-m", "tests.bench.unguarded"]}


@dataclass(slots=True)
class Candidate:
    """A server that is measured."""

    name: str
    port: int
    process: asyncio.subprocess.Process

    @property
    def cpu(self) -> float:
        """The CPU time that it has used, in seconds."""
        return cpu_of(self.process.pid)

    @property
    def resident(self) -> float:
        """Its resident memory, in MiB."""
        return resident(self.process.pid)


@dataclass(slots=True)
class Rig:
    """The database, the candidates, and the tokens with which they are asked."""

    addresses: Addresses
    postmaster: int
    tokens: dict[str, str] = field(repr=False)
    candidates: dict[str, Candidate]

    @property
    def database_cpu(self) -> float:
        """The CPU time that PostgreSQL has used, in seconds."""
        return cpu_of_tree(self.postmaster)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees the group."""
        async with connected(self.addresses.reader) as connection:
            await connection.execute(f"SET app.group_id = '{GROUP}'")
            yield connection


@asynccontextmanager
async def rig(data_dir: Path, names: tuple[str, ...]) -> AsyncIterator[Rig]:
    """Bring everything up; the data are loaded the first time, and kept."""
    os.environ["PEIYUAN_DATA_DIR"] = str(data_dir)
    os.environ["PEIYUAN_DEMO"] = "1"
    settings = Settings.read()
    _keep_to(REST)
    await load(settings, scale="large", tell=_tell)
    async with AsyncExitStack() as stack:
        addresses = await stack.enter_async_context(bring_up(settings, metadata))
        async with connected(addresses.owner) as connection:
            await connection.execute("VACUUM ANALYZE")
        candidates = {
            name: await stack.enter_async_context(_served(name, settings, addresses))
            for name in names
        }
        tokens = orjson.loads(tokens_file(settings.data_dir).read_bytes())
        yield Rig(addresses, await _postmaster(addresses), tokens, candidates)


@asynccontextmanager
async def _served(name: str, settings: Settings, addresses: Addresses) -> AsyncIterator[Candidate]:
    """Start a candidate and wait until it answers; in the end stop it."""
    port = _free_port()
    command = COMMANDS.get(name) or ["-m", "tests.bench.serving", name, str(port)]
    environment = os.environ | {
        "PEIYUAN_PORT": str(port),
        "BENCH_READER": addresses.reader,
        "BENCH_APP": addresses.app,
        "BENCH_GROUP": str(GROUP),
    }
    with (settings.data_dir / f"bench-{name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, env=environment, stdout=log, stderr=log
        )
    _keep_to(SERVER, process.pid)
    try:
        await asyncio.wait_for(_answering(port, process, name), PATIENCE)
        yield Candidate(name, port, process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _answering(port: int, process: asyncio.subprocess.Process, name: str) -> None:
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    sys.exit(f"{name} did not start: see bench-{name}.log in the data directory")


async def _postmaster(addresses: Addresses) -> int:
    """The process whose children all of PostgreSQL's processes are."""
    async with connected(addresses.owner) as connection:
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        return _parent(backend)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _keep_to(processor: int, pid: int = 0) -> None:
    """Keep a process to one processor: candidates to one, database and load to another.

    Servers would pay for each other's caches otherwise, and each round differently.
    """
    if (os.cpu_count() or 1) > REST:
        os.sched_setaffinity(pid, {processor})


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
