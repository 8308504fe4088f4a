"""Unwrapped keys of groups: young enough, or not at all.

A key is taken as it is up to a soft limit, is unwrapped anew beside the requests after that, and is
not used beyond a hard limit, whatever the provider says: who withdraws a root key is obeyed within
the hour, and who loses sight of the provider for some minutes does not notice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from .container import Key, Place, Tampered, seal, unseal
from .providing import KeyProvider, KmsUnavailable, NotUnwrapped, OutOfReach

if TYPE_CHECKING:
    from .ciphers import Algorithm
    from .models import GroupKey

SOFT, HARD, PAUSE = 15 * 60.0, 60 * 60.0, 5.0  # seconds
MOST: Final = 1024
PROOF: Final = "PROOF"
LOG: Final = logging.getLogger("peiyuan.keys")


class Wrapped(NamedTuple):
    """A key of a group as it lies in its row."""

    group_id: UUID
    kid: bytes
    algorithm: Algorithm
    blob: bytes
    proof: bytes | None

    @classmethod
    def of(cls, row: GroupKey) -> Wrapped:
        """Take from the row what outlives its session."""
        return cls(row.group_id, row.kid, row.algorithm, row.wrapped, row.proof)

    def opened(self, secret: bytes) -> Key:
        """Take what the provider gave for the key, if it opens what the key once sealed."""
        key = Key(self.kid, secret)
        if key.algorithm is not self.algorithm:
            message = "the provider gave a key for another cipher"
            raise NotUnwrapped(message)
        if self.proof is not None:
            unseal(key, self.proof, place=_place(self.group_id), label=PROOF)
        return key


def context_of(group_id: UUID, kid: bytes) -> bytes:
    """What the provider binds the key of a group to."""
    return b"group_key|" + group_id.bytes + kid


def proof_of(key: Key, group_id: UUID) -> bytes:
    """Seal nothing: whatever opens it later is this key."""
    return seal(key, b"", place=_place(group_id), label=PROOF)


def _place(group: UUID) -> Place:
    return Place(group=group, table="group_key", column="proof", row=group, subject=group)


@dataclass(slots=True)
class Held:
    """A key, and since when it may be relied upon."""

    key: Key
    wrapped: Wrapped
    since: float


@dataclass(slots=True)
class HeldKeys:
    """The keys of the groups that this process serves, and what the provider last failed at."""

    provider: KeyProvider
    wait: float
    clock: Callable[[], float] = time.monotonic
    kept: OrderedDict[UUID, Held] = field(default_factory=OrderedDict, repr=False)
    failed: dict[UUID, float] = field(default_factory=dict)  # when, by group
    asking: dict[UUID, asyncio.Task[None]] = field(default_factory=dict, repr=False)

    def young(self, group_id: UUID) -> Key | None:
        """Take a key that is held and not too old; nothing where its row is to be looked at."""
        held = self.kept.get(group_id)
        if held is None:
            return None
        age = self.clock() - held.since
        if age >= HARD:
            self.forget(group_id)
            return None
        return None if age >= SOFT and self._due(group_id) else held.key

    async def take(self, wrapped: Wrapped) -> Key:
        """Have a key unwrapped; nobody waits for that who could go on with the one that is held.

        While the provider fails at a key, it is asked beside the requests, and they are refused.
        """
        group_id = wrapped.group_id
        held = self.kept.get(group_id)
        same = held is not None and held.wrapped.kid == wrapped.kid
        if not same and group_id not in self.failed:
            await asyncio.shield(self._asked(wrapped))
        elif self._due(group_id):
            self._asked(wrapped)
        held = self.kept.get(group_id)
        if held is None or held.wrapped.kid != wrapped.kid:
            raise KmsUnavailable
        return held.key

    def keep(self, key: Key, wrapped: Wrapped) -> None:
        """Hold a key from now on."""
        self.kept[wrapped.group_id] = Held(key, wrapped, self.clock())
        self.kept.move_to_end(wrapped.group_id)
        self.failed.pop(wrapped.group_id, None)
        if len(self.kept) > MOST:
            self.kept.popitem(last=False)

    def forget(self, group_id: UUID) -> None:
        """Let go of a key: its bytes are overwritten once nobody works with it any more."""
        self.kept.pop(group_id, None)

    @property
    def troubled(self) -> int:
        """For how many groups the provider failed when it was last asked."""
        return len(self.failed)

    async def finished(self) -> None:
        """Wait for what the provider has been asked."""
        while self.asking:
            await asyncio.wait(set(self.asking.values()))

    def _due(self, group_id: UUID) -> bool:
        """Whether the provider is to be asked: it is not at it, and has not failed just now."""
        paused = self.clock() - self.failed.get(group_id, -PAUSE) < PAUSE
        return group_id not in self.asking and not paused

    def _asked(self, wrapped: Wrapped) -> asyncio.Task[None]:
        """Ask the provider once for all who want the same."""
        task = self.asking.get(wrapped.group_id)
        if task is None:
            task = self.asking[wrapped.group_id] = asyncio.create_task(self._ask(wrapped))
            task.add_done_callback(lambda _: self.asking.pop(wrapped.group_id, None))
        return task

    async def _ask(self, wrapped: Wrapped) -> None:
        try:
            async with asyncio.timeout(self.wait):
                secret = await self.provider.unwrap(
                    wrapped.blob, context_of(wrapped.group_id, wrapped.kid)
                )
            self.keep(wrapped.opened(secret), wrapped)
        except (NotUnwrapped, OutOfReach, Tampered, TimeoutError, ValueError) as failure:
            self.failed[wrapped.group_id] = self.clock()
            told = {"group": str(wrapped.group_id), "why": type(failure).__name__}
            LOG.error("keys.out_of_reach", extra=told)  # noqa: TRY400 - a trace would tell no more
