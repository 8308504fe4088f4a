"""The sequencer beside the requests: it gives entries of the trail their places, again and again.

Any number of processes may run one: of two that come to a group at once, one passes it by.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from domain.audit.models import AuditDirectory
from domain.audit.notes import SIGNING, Signer
from domain.audit.sequencing import sequence
from domain.kernel.ids import uuid7

from .sessions import BEFORE_ANY_GROUP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from uuid import UUID

    from .installation import Installation

PAUSE: Final = 5.0  # seconds between two passes
OF_LATE: Final = timedelta(hours=1)
ALL: Final = 120
"""Of so many passes one looks through all entries, and not only through those of late."""
LOG: Final = logging.getLogger("peiyuan.audit")


@dataclass(slots=True)
class Sequencer:
    """Goes through the groups of an installation, and knows since when none was left behind."""

    installation: Installation
    ticks: Callable[[], float] = monotonic
    passes: int = 0
    caught_up: float = field(init=False)
    seed: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Nothing is known yet, so nothing is late yet."""
        self.caught_up = self.ticks()

    @property
    def lag(self) -> float:
        """For how many seconds entries may have been waiting."""
        return self.ticks() - self.caught_up

    async def run(self) -> None:
        """Pass after pass; one that fails is logged, and the next tries again."""
        while True:
            try:
                await self.go_through()
            except Exception:
                LOG.exception("the trail could not be sequenced")
            await asyncio.sleep(PAUSE)

    async def go_through(self) -> int:
        """Sequence every group, and say how many entries were placed."""
        begun, whole = self.ticks(), self.passes % ALL == 0
        placed, behind = 0, False
        for group_id in await self._groups():
            done, left = await self.catch_up(group_id, whole=whole)
            placed, behind = placed + done, behind or left
        self.passes += 1
        if not behind:
            self.caught_up = begun
        return placed

    async def catch_up(self, group_id: UUID, *, whole: bool = True) -> tuple[int, bool]:
        """Sequence a group in batches; the rest is left where another sequencer is at it."""
        now = self.installation.clock()
        since = None if whole else uuid7(now - OF_LATE, entropy=bytes(8))
        signer, placed = Signer.of(group_id, await self._seed()), 0
        while True:
            async with self.installation.writer.transaction(group_id, None) as session:
                done = await sequence(session, group_id, signer, now=now, since=since)
            placed += done.placed
            if not done.left or not done.placed:
                return placed, done.left

    async def _seed(self) -> bytes:
        """Take the key that signs, once a process."""
        if self.seed is None:
            self.seed = await signing_seed(self.installation)
        return self.seed

    async def _groups(self) -> Sequence[UUID]:
        writer = self.installation.writer
        async with writer.transaction(BEFORE_ANY_GROUP, (), read_only=True) as session:
            return (await session.scalars(select(AuditDirectory.group_id))).all()


async def signing_seed(installation: Installation) -> bytes:
    """Take the key that signs checkpoints, making it if nobody has asked for it yet."""
    async with installation.writer.transaction(BEFORE_ANY_GROUP, ()) as session:
        return await installation.keyring.of_system(session, SIGNING)


@asynccontextmanager
async def sequencing(installation: Installation) -> AsyncIterator[None]:
    """Sequence for as long as this is entered."""
    sequencer = Sequencer(installation)
    installation.sequencer = sequencer
    task = asyncio.create_task(sequencer.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
