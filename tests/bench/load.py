"""Load: a fixed number of connections that each send the next request when the last is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import orjson


@dataclass(slots=True)
class Load:
    """What came of a round of load: latencies in seconds, and what was not as it should be.

    Failures were not 200; wrong is what was not the answer that had been expected, byte for byte.
    """

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    wrong: int = 0
    seconds: float = 0.0

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests kept, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Client(asyncio.Protocol):
    """One connection. It reads as much of HTTP as our own answers need."""

    def __init__(
        self,
        requests: Sequence[bytes],
        first: int,
        load: Load,
        answers: Sequence[bytes] | None = None,
    ) -> None:
        self.requests, self.at, self.load, self.answers = requests, first, load, answers
        self.done = asyncio.get_running_loop().create_future()
        self.until, self.limit = 0.0, 0
        self.buffer, self.needed, self.begun = bytearray(), 0, 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def run(self, *, until: float, limit: int) -> asyncio.Future[None]:
        """Go on until an instant, or for so many requests."""
        self.until, self.limit = until, limit
        self._send()
        return self.done

    def _send(self) -> None:
        self.begun = perf_counter()
        if self.begun >= self.until or self.limit == 0:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.limit -= 1
        self.transport.write(self.requests[self.at % len(self.requests)])
        self.at += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.needed:
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            length = self.buffer.lower().find(b"content-length:", 0, head)
            end = self.buffer.find(b"\r\n", length)
            self.needed = head + 4 + int(self.buffer[length + 15 : end])
        if len(self.buffer) >= self.needed:
            self.load.latencies.append(perf_counter() - self.begun)
            self.load.failures += not self.buffer.startswith(b"HTTP/1.1 200")
            if self.answers is not None:
                expected = self.answers[(self.at - 1) % len(self.answers)]
                self.load.wrong += not self.buffer.endswith(b"\r\n\r\n" + expected)
            self.buffer, self.needed = bytearray(), 0
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(f"the server went away: {error}"))


def request(port: int, token: str, document: str, variables: dict[str, Any]) -> bytes:
    """Write one request."""
    body = orjson.dumps({"query": document, "variables": variables})
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def press(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    at_most: int = 1_000_000,
    answers: Sequence[bytes] | None = None,
) -> Load:
    """Press a server with so many connections, for so many seconds or requests.

    Where `answers` are given, each request must be answered by its own.
    """
    load, loop = Load(), asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(
            lambda n=n: Client(requests, n * len(requests) // connections, load, answers),
            "127.0.0.1", port,
        ))[1]
        for n in range(connections)
    ]  # fmt: skip
    begun = perf_counter()
    ends = [one.run(until=begun + seconds, limit=at_most // connections) for one in clients]
    await asyncio.gather(*ends)
    load.seconds = perf_counter() - begun
    return load


async def ask(port: int, sent: bytes) -> Any:
    """Send one request and give the answer's JSON."""
    return orjson.loads(await answer(port, sent))


async def answer(port: int, sent: bytes) -> bytes:
    """Send one request and give the answer's body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    [length] = [
        int(line[15:])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    body = await reader.readexactly(length)
    writer.close()
    return body
