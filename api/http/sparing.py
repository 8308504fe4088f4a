"""What is to be done seldom: at most once in a while for each of a bounded number of keys."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


@dataclass(slots=True)
class Sparing:
    """Says when something is due again; of many keys the oldest is forgotten."""

    every: float  # seconds
    most: int = 4096
    clock: Callable[[], float] = monotonic
    done: OrderedDict[Hashable, float] = field(default_factory=OrderedDict, repr=False)

    def due(self, key: Hashable) -> bool:
        """Whether it is time; asking is taken for doing."""
        now = self.clock()
        last = self.done.get(key)
        if last is not None and now - last < self.every:
            return False
        self.done[key] = now
        self.done.move_to_end(key)
        if len(self.done) > self.most:
            self.done.popitem(last=False)
        return True
