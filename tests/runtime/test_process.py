"""What a started process no longer looks through."""

import gc

from runtime.process import settle_memory


def test_what_is_there_after_the_start_is_passed_over_from_then_on():
    kept = [[] for _ in range(1000)]
    try:
        settle_memory()
        assert gc.get_freeze_count() > len(kept)
        assert not any(one is kept for one in gc.get_objects())
    finally:
        gc.unfreeze()
