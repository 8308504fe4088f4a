"""Server processes that share a database: `python -m tests.freshness.serving`.

It reads where everything is from its input. Each process takes a port of its own and says which.
Told to be `blind`, they compare nothing with today: the mutant by which the test is known to see.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
import uvicorn
import uvloop

from api.graphql import reading
from api.http.app import make_app
from runtime.addresses import Addresses
from runtime.settings import Settings
from tests.conftest import standing_on


@dataclass(frozen=True)
class Shifted:
    """The time as it runs, so far from the machine's own: every process of a test has the same."""

    by: timedelta

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


async def serve(told: dict[str, Any]) -> None:
    """Serve until somebody says stop."""
    folder = Path(told["folder"])
    settings = Settings(data_dir=folder / "keys", key_file=folder / "root.key")
    clock = Shifted(timedelta(seconds=told["shift"]))
    if told["blind"]:
        reading._of_today = lambda _, row, now: row
    async with standing_on(Addresses(**told["addresses"]), settings, clock) as installation:
        config = uvicorn.Config(
            make_app(installation), port=0, loop="none", log_config=None, lifespan="off"
        )
        await Announcing(config).serve()


class Announcing(uvicorn.Server):
    """A server that says where it answers."""

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()


def main() -> None:
    """Fork the processes, which saves each of them the imports, and end when they are told to."""
    told = orjson.loads(sys.stdin.buffer.readline())
    context = get_context("fork")
    ours = [
        context.Process(target=lambda: uvloop.run(serve(told))) for _ in range(told["processes"])
    ]
    for one in ours:
        one.start()
    signal.signal(signal.SIGTERM, lambda *_: [one.terminate() for one in ours])
    for one in ours:
        one.join()


if __name__ == "__main__":
    main()
