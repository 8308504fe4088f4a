"""Everything that a process of Peiyuan holds: its database, keys, catalogue and policies."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from authz.actor import PrincipalKind
from authz.judge import Judge
from authz.shelf import Judged, Shelf
from authz.snapshot import MalformedPolicy
from domain.access.founder import founding_policy
from domain.access.policy import read_head, read_policy

from .beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.actor import Actor
    from authz.catalogue import Catalogue
    from domain.access.policy import Stored
    from domain.privacy.keyring import Keyring

    from .auditors import AuditorReader
    from .database import Writer
    from .reader import Reader
    from .sequencing import Sequencer
    from .settings import Settings

LOG: Final = logging.getLogger("peiyuan.policy")


class PolicyUnavailable(Exception):
    """The stored policy of a group is malformed, and no good one is held to stand in for it."""


@dataclass(slots=True, kw_only=True)
class Installation:
    """The parts that stand ready for every request, and the clock that they all go by.

    `refused` are the groups whose stored policy is malformed, with the version that is. `hearers`
    are told of a group whose policy has moved, if anybody hears of it.
    """

    settings: Settings
    writer: Writer
    reader: Reader
    auditors: AuditorReader
    keyring: Keyring
    catalogue: Catalogue
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    policies: Shelf = field(default_factory=Shelf)
    refused: dict[UUID, int] = field(default_factory=dict)
    hearers: list[Callable[[UUID], None]] = field(default_factory=list)
    beside: Beside = field(default_factory=Beside, repr=False)
    sequencer: Sequencer | None = field(default=None, repr=False)  # of a process that serves
    founding: Judged = field(init=False)
    _turns: WeakValueDictionary[UUID, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def __post_init__(self) -> None:
        policy = founding_policy(self.catalogue)
        judge = Judge(policy, self.catalogue)
        self.founding = Judged(policy=policy, judge=judge, version=policy.version)

    def reader_of(self, actor: Actor) -> Reader | AuditorReader:
        """Take the connections on which an actor reads."""
        return self.auditors if actor.kind is PrincipalKind.AUDITOR else self.reader

    async def policy_of(
        self, group_id: UUID, *, version: int | None = None, session: AsyncSession | None = None
    ) -> Judged:
        """Take a group's policy, read anew when it is of another version, or its time is over.

        It is read on the caller's session, where there is one: whoever holds a connection and waits
        for a second may wait for somebody who does the same.
        """
        held = self._serving(group_id, version)
        if held is not None:
            return held
        if session is not None:
            return await self._read(group_id, version, session)
        async with self.writer.transaction(group_id, (), read_only=True) as own:
            return await self._read(group_id, version, own)

    async def policy_moved(self, group_id: UUID) -> None:
        """Forget who is remembered of a group, and read its policy before anybody asks for it."""
        for hearer in self.hearers:
            hearer(group_id)
        if self.policies.current(group_id) is None:
            return  # nobody of the group asks here
        async with self.writer.transaction(group_id, (), read_only=True) as session:
            head = await read_head(session, group_id)
            with suppress(PolicyUnavailable):
                await self.policy_of(group_id, version=head, session=session)

    def _serving(self, group_id: UUID, version: int | None) -> Judged | None:
        held = self.policies.current(group_id)
        fits = held is not None and version in {None, held.version} and held.covers(self.clock())
        return held if fits else None

    async def _read(self, group_id: UUID, version: int | None, session: AsyncSession) -> Judged:
        """Read and compile aside, once for all who wait; whoever has a policy goes on with it."""
        async with self._turns.setdefault(group_id, asyncio.Lock()):
            held = self._serving(group_id, version)
            if held is not None:
                return held
            stored = await read_policy(session, group_id, self.clock())
            try:
                judged = await asyncio.to_thread(self._judged, stored)
            except MalformedPolicy as malformed:
                judged = self._standing_in(group_id, stored, malformed)
            else:
                self.refused.pop(group_id, None)
            return self.policies.swap(group_id, judged)

    def _judged(self, stored: Stored) -> Judged:
        policy = stored.policy(self.catalogue)
        return Judged(
            policy=policy,
            judge=Judge(policy, self.catalogue),
            version=stored.version,
            as_of=stored.as_of,
            until=stored.until,
        )

    def _standing_in(self, group_id: UUID, stored: Stored, malformed: MalformedPolicy) -> Judged:
        """Take the last good policy for one that cannot be read, as long as its own time lasts.

        It is asked for under the version of the other: actors are held against the stored head.
        """
        if self.refused.get(group_id) != stored.version:
            self.refused[group_id] = stored.version
            told = {"group": str(group_id), "version": stored.version, "findings": str(malformed)}
            LOG.error("policy.refused", extra=told)
        good = self.policies.current(group_id)
        if good is None or not good.covers(self.clock()):
            raise PolicyUnavailable from malformed
        until = min((at for at in (good.until, stored.until) if at is not None), default=None)
        return replace(good, version=stored.version, as_of=stored.as_of, until=until)
