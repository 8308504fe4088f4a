"""What has been taken away shows in no answer to a request that was sent after the commit.

Four processes answer all the time, each with its own memory of who asks and what they may.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

import orjson
import pytest

from tests.bench.load import request
from tests.freshness.conftest import PATIENCE, PROCESSES, servers
from tests.freshness.contests import CONTESTS, IN_THE_ROWS, PEOPLE, Given

AFTERWARDS = 3  # answers of each connection that are looked at after the commit


@dataclass
class Watched:
    """One connection that asks over and over, and when it sent what showed the right."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    port: int
    given: Given
    shown: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)

    @classmethod
    async def on(cls, port: int, given: Given) -> Watched:
        return cls(*await asyncio.open_connection("127.0.0.1", port), port, given)

    async def ask(self) -> None:
        begun = perf_counter()
        self.writer.write(request(self.port, self.given.secret, PEOPLE, {}))
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        data = orjson.loads(await self.reader.readexactly(int(length))).get("data")
        self.sent.append(begun)
        if data and self.given.shows(data):
            self.shown.append(begun)

    async def until_it_shows(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.shown:
                await self.ask()

    async def go_on(self, over: asyncio.Event) -> None:
        while not over.is_set():
            await self.ask()

    def after(self, instant: float) -> int:
        return sum(sent > instant for sent in self.sent)

    def stale(self, instant: float) -> int:
        return sum(sent > instant for sent in self.shown)


async def one_round(ports: list[int], given: Given) -> int:
    """Have everybody read, take the right away, and count who still showed it after that."""
    watched = [await Watched.on(port, given) for port in ports]
    await asyncio.gather(*(one.until_it_shows() for one in watched))
    over = asyncio.Event()
    reading = [asyncio.ensure_future(one.go_on(over)) for one in watched]
    await given.take()
    committed = perf_counter()
    while any(one.after(committed) < AFTERWARDS for one in watched):
        await asyncio.sleep(0.005)
        assert not any(one.done() for one in reading), "a reader has stopped"
    over.set()
    await asyncio.gather(*reading)
    for one in watched:
        one.writer.close()
    return sum(one.stale(committed) for one in watched)


async def stale_grants(
    running, *, rounds: int, blind: bool = False, contests=CONTESTS
) -> Counter[str]:
    """Count the stale grants of each kind of right, in so many rounds of each."""
    group, told = running
    stale: Counter[str] = Counter()
    async with servers(told, blind=blind) as ports:
        assert len(ports) == PROCESSES
        for number in range(rounds):
            for contest in Random(number).sample(contests, len(contests)):
                stale[contest.__name__] += await one_round(ports, await contest(group))
    return stale


async def test_nothing_that_was_taken_away_shows_in_any_process(running):
    stale = await stale_grants(running, rounds=3)

    assert stale == Counter({contest.__name__: 0 for contest in CONTESTS})


async def test_what_rests_on_a_withdrawn_consent_shows_in_no_process(running):
    stale = await stale_grants(running, rounds=3, contests=IN_THE_ROWS)

    assert stale == Counter({"a_consent": 0})


@pytest.mark.slow
async def test_nothing_that_was_taken_away_shows_in_hundreds_of_rounds(running):
    stale = await stale_grants(running, rounds=60)

    assert stale == Counter({contest.__name__: 0 for contest in CONTESTS})


async def test_processes_that_compare_nothing_with_today_are_found_out(running):
    stale = await stale_grants(running, rounds=1, blind=True)

    assert all(stale[contest.__name__] > 0 for contest in CONTESTS), stale
