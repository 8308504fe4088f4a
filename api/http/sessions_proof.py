"""Whether somebody is who they say: found, counted, hashed, and in vain answered as one and all."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from domain.access.begin_attempt import (
    Attempt,
    BeginAttempt,
    SignInRefused,
    begin_attempt,
    note_failure,
)
from domain.access.login_names import find
from domain.access.one_time_codes import confirmed_factor
from domain.access.passwords import nobodys_verifier, renewed, verifies
from runtime.hashing import Hashing
from runtime.sessions import BEFORE_ANY_GROUP, DoorKeys, at_the_door, door_keys
from runtime.unit import perform

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from domain.access.login_models import LoginDigest
    from domain.kernel.work import Work
    from runtime.installation import Installation

SLOWEST: Final = 0.15  # seconds; no failure is answered sooner, so that none tells which it was


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody whose password or code is to be tried."""

    group_id: UUID
    principal_id: UUID


@dataclass(frozen=True, slots=True)
class Proven:
    """A password that fits: which verifier, and one of today's parameters if that is not."""

    verifier: str = field(repr=False)
    better: str | None = field(repr=False)


@dataclass(slots=True)
class Proof:
    """Tries passwords and codes."""

    installation: Installation
    hashing: Hashing = field(default_factory=Hashing)
    nobodys: str = field(default_factory=nobodys_verifier, repr=False)
    kept: DoorKeys | None = field(default=None, repr=False)

    async def keys(self) -> DoorKeys:
        """Take the keys of the door, once."""
        if self.kept is None:
            self.kept = await door_keys(self.installation)
        return self.kept

    async def found(self, digest: bytes) -> LoginDigest | None:
        """Look up where a digest leads, before any group is known."""
        writer = self.installation.writer
        async with writer.transaction(BEFORE_ANY_GROUP, (), read_only=True) as session:
            return await find(session, digest)

    def door(self, group_id: UUID, request_id: str) -> AbstractAsyncContextManager[Work]:
        """Open a unit of work at the door of a group."""
        actor = at_the_door(self.installation, group_id)
        return perform(self.installation, actor, request_id=request_id)

    async def begin(self, who: Who, request_id: str, *, by_code: bool = False) -> Attempt:
        """Count an attempt; a login that is locked is refused without being tried."""
        async with self.door(who.group_id, request_id) as work:
            command = BeginAttempt(principal_id=who.principal_id, by_code=by_code)
            return await begin_attempt(work, command)

    async def password(self, who: Who | None, password: str, request_id: str) -> Proven:
        """Try a password. Nobody, and whoever is locked out, costs as much as anyone else.

        The hash is made between two transactions: none waits for it with a lock in its hand.
        """
        self.hashing.check()
        attempt = None if who is None else await self.begin(who, request_id)
        verifier = attempt.verifier if attempt else None
        pepper = (await self.keys()).passwords
        fits = await self.hashing.run(verifies, pepper, password, verifier or self.nobodys)
        if who is None or attempt is None:
            raise SignInRefused
        if verifier is None or not fits:
            await self.note(who, request_id, "LOCKED" if attempt.locked else "WRONG_PASSWORD")
            raise SignInRefused
        better = await self.hashing.run(renewed, pepper, password, verifier)
        return Proven(verifier, better)

    async def with_code(self, who: Who, request_id: str) -> bool:
        """Say whether somebody has a second factor."""
        async with self.door(who.group_id, request_id) as work:
            return await confirmed_factor(work, who.principal_id) is not None

    async def note(self, who: Who, request_id: str, code: str) -> None:
        """Write a failure into the trail."""
        async with self.door(who.group_id, request_id) as work:
            await note_failure(work, who.principal_id, verb="signIn", code=code)


@asynccontextmanager
async def unhurried() -> AsyncIterator[None]:
    """Answer no failure sooner than another, wherever in the block it was found."""
    began = monotonic()
    try:
        yield
    except SignInRefused:
        await sleep(max(0.0, began + SLOWEST - monotonic()))
        raise
