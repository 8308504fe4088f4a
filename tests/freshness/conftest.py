"""Four server processes on one database, and a group that all of them serve."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from runtime.settings import Settings
from tests.conftest import standing_on
from tests.freshness.serving import Shifted
from tests.people import NOW, found_group

PROCESSES = 4
PATIENCE = 120.0  # seconds until all of them answer
SOURCE = Path(__file__).parents[2]


@pytest.fixture
async def running(another_database, tmp_path):
    """A group on a database of its own, at a time that runs; and how to start servers on it."""
    addresses, clock = await another_database(), Shifted(NOW - datetime.now(UTC))
    settings = Settings(data_dir=tmp_path / "keys", key_file=tmp_path / "root.key")
    async with standing_on(addresses, settings, clock) as installation:
        group = await found_group(installation, clock)
        told = {
            "addresses": asdict(addresses),
            "folder": str(tmp_path),
            "shift": clock.by.total_seconds(),
        }
        yield group, told


@asynccontextmanager
async def servers(told, *, blind: bool = False) -> AsyncIterator[list[int]]:
    """Start the processes; the ports on which they answer."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.freshness.serving", cwd=SOURCE,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        whole = {**told, "processes": PROCESSES, "blind": blind}
        process.stdin.write(orjson.dumps(whole) + b"\n")
        await process.stdin.drain()
        async with asyncio.timeout(PATIENCE):
            ports = [int(await process.stdout.readline()) for _ in range(PROCESSES)]
        yield ports
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
