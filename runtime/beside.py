"""What is written beside the requests: bounded, in nobody's way, and finished before the end."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Coroutine

AT_ONCE: Final = 2  # connections of the writer that may be taken by this
MOST_WAITING: Final = 256
LOG: Final = logging.getLogger("peiyuan.beside")


@dataclass(slots=True)
class Beside:
    """Writes down what can be done without: what goes wrong is logged and costs no answer."""

    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def do(self, what: Coroutine[None, None, None]) -> None:
        """Have something written; where too much is waiting already, it is not."""
        if len(self.under_way) >= MOST_WAITING:
            what.close()
            return
        task = asyncio.create_task(self._guarded(what))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def finished(self) -> None:
        """Wait until all that was to be written has been."""
        while self.under_way:
            await asyncio.wait(set(self.under_way))

    async def _guarded(self, what: Coroutine[None, None, None]) -> None:
        async with self.room:
            try:
                await what
            except Exception:
                LOG.exception("something was not written beside a request")
