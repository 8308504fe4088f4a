"""One round of load on one candidate, and what it cost: server and database apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

from .load import press

if TYPE_CHECKING:
    from .rig import Rig

CONNECTIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Round:
    """What one round cost: CPU in µs a request, latencies in ms."""

    server: float
    database: float
    per_second: float
    p50: float
    p99: float
    resident: float


@dataclass(slots=True)
class Measured:
    """The rounds of one candidate on one question; a figure is their median."""

    rounds: list[Round] = field(default_factory=list)

    def of(self, figure: str) -> float:
        """The median of a figure."""
        return median(getattr(one, figure) for one in self.rounds)

    def told(self) -> dict[str, float]:
        """All figures."""
        return {name: round(self.of(name), 2) for name in Round.__slots__}


async def one_round(stand: Rig, name: str, requests: Sequence[bytes], *, seconds: float) -> Round:
    """Press a candidate for so many seconds, at most 200,000 requests."""
    candidate = stand.candidates[name]
    server, database = candidate.cpu, stand.database_cpu
    load = await press(
        candidate.port, requests, connections=CONNECTIONS, seconds=seconds, at_most=200_000
    )
    answered = len(load.latencies)
    assert answered, f"{name} answered nothing"
    assert not load.failures, f"{name} failed {load.failures} of {answered} requests"
    return Round(
        server=(candidate.cpu - server) / answered * 1e6,
        database=(stand.database_cpu - database) / answered * 1e6,
        per_second=answered / load.seconds,
        p50=load.percentile(0.50) * 1e3,
        p99=load.percentile(0.99) * 1e3,
        resident=candidate.resident,
    )
