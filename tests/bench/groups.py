"""Many groups on one server: whether an answer is ever another group's, and what rebinding costs.

Each group has people of the same names. Ids differ, so no group's answer is another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Final

import orjson

from api.graphql.schema import catalogue
from domain.privacy.keyring import Keyring
from runtime.auditors import AuditorReader
from runtime.database import Writer
from runtime.installation import Installation
from runtime.keys import FileKeys
from runtime.reader import Reader
from runtime.settings import Settings
from tests.people import Clock, found_group

from .load import Load, answer, press, request
from .rig import OURS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .rig import Rig

GROUPS: Final = 50
REQUESTS: Final = 100_000
CONNECTIONS: Final = 8
FILE: Final = "bench-groups.json"
SMALL: Final = """{ viewer { tenant { id code } person { id displayName } } }"""
WIDE: Final = """{ people(first: 20) { totalCount nodes { id displayName tenant { id name } } } }"""


async def told(stand: Rig) -> str:
    """Ask in the name of many groups at random, and of one; say what it cost and what was wrong."""
    tokens = await _tokens(stand)
    lines = [
        "| groups | document | requests | server µs | PostgreSQL µs | another group's answer |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    for name, document in (("small", SMALL), ("wide", WIDE)):
        for count in (1, len(tokens)):
            asking = Random(GROUPS).choices(tokens[:count], k=1000)
            at_most = REQUESTS // 2 if count > 1 else REQUESTS // 20
            before = stand.candidates[OURS].cpu, stand.database_cpu
            load = await _pressed(stand, asking, document, at_most)
            answered = len(load.latencies)
            assert not load.failures, f"{load.failures} requests failed"
            server = (stand.candidates[OURS].cpu - before[0]) / answered * 1e6
            database = (stand.database_cpu - before[1]) / answered * 1e6
            lines.append(
                f"| {count} | {name} | {answered} | {server:.0f} | {database:.0f} | {load.wrong} |"
            )
    return "\n".join(lines)


async def _pressed(stand: Rig, tokens: Sequence[str], document: str, at_most: int) -> Load:
    port = stand.candidates[OURS].port
    requests = [request(port, token, document, {}) for token in tokens]
    expected = {one: await answer(port, one) for one in dict.fromkeys(requests)}
    assert len(set(expected.values())) == len(expected), "each group has an answer of its own"
    return await press(
        port,
        requests,
        connections=CONNECTIONS,
        seconds=600,
        at_most=at_most,
        answers=[expected[one] for one in requests],
    )


async def _tokens(stand: Rig) -> list[str]:
    """The token of one person in each group; the groups are founded the first time."""
    kept = Settings.read().data_dir / FILE
    if not kept.exists():
        async with installation(stand) as standing:
            clock = Clock(datetime.now(UTC))
            groups = [await found_group(standing, clock) for _ in range(GROUPS)]
        kept.write_bytes(orjson.dumps([one.secrets["hugo"] for one in groups]))
    tokens: list[str] = orjson.loads(kept.read_bytes())
    return tokens


@asynccontextmanager
async def installation(stand: Rig) -> AsyncIterator[Installation]:
    """What our server stands on, in this process: for what is done by use cases."""
    settings = Settings.read()
    writer = Writer.open(stand.addresses.app, connections=2)
    reader = await Reader.open(stand.addresses.reader, connections=1)
    auditors = AuditorReader.open(stand.addresses.auditor)
    yield Installation(
        settings=settings,
        writer=writer,
        reader=reader,
        auditors=auditors,
        keyring=Keyring(FileKeys.open(settings)),
        catalogue=catalogue(),
    )
    await auditors.close()
    await reader.close()
    await writer.close()
