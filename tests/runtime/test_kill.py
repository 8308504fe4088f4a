"""Whatever dies at whatever moment: what was acknowledged is there after the next start."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from runtime.postgres.processes import inside

ROOT = Path(__file__).resolve().parents[2]
PROCESS = """
import asyncio, json, sys
from pathlib import Path
from uuid import UUID
from sqlalchemy import text
from runtime.database import Writer
from runtime.postgres import Cluster
from runtime.settings import Settings

async def main(folder, rounds):
    cluster = Cluster.start(Settings(data_dir=Path(folder)))
    writer = Writer.open(cluster.dsn("postgres"), connections=1)
    group = UUID(int=1)
    async with writer.transaction(group, None) as session:
        await session.execute(text("CREATE TABLE IF NOT EXISTS kept (number int PRIMARY KEY)"))
        kept = list(await session.scalars(text("SELECT number FROM kept")))
    print(json.dumps(kept), flush=True)
    number = max(kept, default=0)
    while rounds != "0":
        number += 1
        async with writer.transaction(group, None) as session:
            await session.execute(text("INSERT INTO kept VALUES (:n)"), {"n": number})
        print(number, flush=True)
    await writer.close()
    cluster.stop()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def folder(scratch):
    """The data directory of a server that nobody else uses."""
    outer = scratch / f"kill-{os.getpid()}"
    outer.mkdir()
    outer.chmod(0o711)
    yield outer / "data"
    kill(inside(outer / "data" / "postgres" / "cluster"))


def process(folder: Path, rounds: str) -> subprocess.Popen:
    """A process that starts the database, says what it finds, and writes without end."""
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, folder, rounds],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def kill(processes) -> None:
    for one in processes:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


@pytest.mark.parametrize("times", [5, pytest.param(20, marks=pytest.mark.slow)])
def test_what_was_acknowledged_survives_kills(folder, times):
    chance = random.Random(7)
    acknowledged: set[int] = set()
    for number in range(times):
        with process(folder, "endless") as running:
            kept = set(json.loads(running.stdout.readline()))
            assert acknowledged <= kept, f"something was lost before start {number}"
            acknowledged |= {int(running.stdout.readline())}
            time.sleep(chance.uniform(0, 0.1))
            victims = [running.pid, *inside(folder.parent / "data" / "postgres" / "cluster")]
            assert len(victims) > 2, "the server and its parts are found"
            chance.shuffle(victims)
            kill(victims)
            heard = running.stdout.read().split("\n")
            acknowledged |= {int(line) for line in heard[:-1] if line}

    with process(folder, "0") as last:
        kept = set(json.loads(last.stdout.readline()))
    assert acknowledged <= kept
    assert len(acknowledged) > times
