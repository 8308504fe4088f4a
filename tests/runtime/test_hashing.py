"""The pool that passwords are hashed in: two at a time, and no endless queue."""

import asyncio
import threading

import pytest

from runtime.hashing import AT_ONCE, MOST_WAITING, Hashing, TooManyAtOnce


async def test_two_are_hashed_at_a_time_and_whoever_finds_the_queue_full_is_told_at_once():
    hashing, held, most, now = Hashing(), threading.Event(), [], []

    def hash_(number):
        now.append(number)
        most.append(len(now))
        held.wait(20)
        now.remove(number)
        return number

    places = AT_ONCE + MOST_WAITING
    waiting = [asyncio.ensure_future(hashing.run(hash_, number)) for number in range(places)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyAtOnce):
        await hashing.run(hash_, -1)
    with pytest.raises(TooManyAtOnce):
        hashing.check()
    held.set()

    assert await asyncio.gather(*waiting) == list(range(places))
    assert max(most) <= AT_ONCE
    assert hashing.there == 0
    assert await hashing.run(hash_, 7) == 7


async def test_a_hash_that_fails_or_is_not_waited_for_leaves_its_place():
    hashing = Hashing()

    with pytest.raises(ZeroDivisionError):
        await hashing.run(lambda: 1 // 0)
    held = threading.Event()
    waiting = asyncio.ensure_future(hashing.run(held.wait, 20))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    held.set()

    assert hashing.there == 0
