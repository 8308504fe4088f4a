"""Where passwords are hashed: few at a time, because each takes nineteen megabytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, ParamSpec, TypeVar

AT_ONCE: Final = 2
MOST_WAITING: Final = 32  # about a second's worth

P = ParamSpec("P")
R = TypeVar("R")


class TooManyAtOnce(Exception):
    """So many wait that one more would only wait longer: try again in a moment."""


@dataclass(slots=True)
class Hashing:
    """A pool of threads; the hash lets go of the interpreter while it works."""

    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hashing")
    )
    there: int = 0

    def check(self) -> None:
        """Refuse at once where the queue is full."""
        if self.there >= AT_ONCE + MOST_WAITING:
            raise TooManyAtOnce

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a function in the pool, or refuse at once where the queue is full."""
        self.check()
        self.there += 1
        try:
            return await asyncio.wrap_future(self.threads.submit(function, *args, **kwargs))
        finally:
            self.there -= 1
