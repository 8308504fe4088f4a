"""The process after it has started: what will never be garbage is no longer looked at."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (70_000, 50, 100)


def settle_memory() -> None:
    """Collect once, then freeze what is left.

    Schema, policies, models and plans live as long as the process. Frozen, they are passed over by
    every later collection: pauses get short, and pages that a fork shares stay shared. What is left
    is young: collected seldom, it is mostly dead by then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
