"""From a bearer token to whoever it speaks for; remembered for a few seconds at most."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.access.identify import Found, find_token
from domain.access.networks import lies_in
from domain.access.token_use import ELSEWHERE
from domain.access.tokens import PEPPER, digest, well_formed
from runtime.identify import identified
from runtime.installation import PolicyUnavailable
from runtime.sessions import keep_alive

from .answers import Failure
from .uses import Uses

if TYPE_CHECKING:
    from datetime import datetime

    from authz.actor import Actor
    from domain.access.networks import Address
    from runtime.installation import Installation

REMEMBERED: Final = 5.0  # seconds; policy and token are confirmed in the row of each answer anyway
MOST: Final = 4096
BEFORE_ANY_GROUP: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An actor with the moment up to which it need not be made again."""

    actor: Actor
    until: float

    def good(self, now: datetime) -> bool:
        """Whether they need not be made again; a request under way finds it out by itself."""
        return self.until > monotonic() and self.actor.of_today(now)


@dataclass(slots=True)
class Authentication:
    """Finds out who asks."""

    installation: Installation
    pepper: bytes | None = field(default=None, repr=False)
    known: OrderedDict[bytes, Remembered] = field(default_factory=OrderedDict, repr=False)
    uses: Uses = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.uses = Uses(self.installation)
        self.installation.hearers.append(self.forget)

    def forget(self, group_id: UUID) -> None:
        """Drop whoever is remembered of a group whose policy has moved."""
        for kept in [one for one, held in self.known.items() if held.actor.group_id == group_id]:
            del self.known[kept]

    async def actor(
        self, authorization: str | None, *, where: Address | None = None, anew: bool = False
    ) -> Actor | None:
        """Take the actor of an Authorization header; None where there is no such header.

        A malformed, an unknown, a revoked and an expired token, and one that is used from where it
        may not be, get one and the same answer.
        """
        if authorization is None:
            return None
        kind, _, token = authorization.strip().partition(" ")
        if kind.lower() != "bearer" or not token.isascii():
            raise unauthenticated()
        kept = digest(self.pepper or await self._pepper(), token.strip())
        remembered = None if anew else self.known.get(kept)
        if remembered and remembered.good(self.installation.clock()):
            return self._from_there(remembered.actor, where)
        if not well_formed(token.strip()):
            raise unauthenticated()  # the database is not asked about what cannot be a token
        return self._from_there(await self._identified(kept, where), where)

    def _from_there(self, actor: Actor, where: Address | None) -> Actor:
        """Hold the networks of a token against where it is used, at each use."""
        if actor.networks and not lies_in(where, actor.networks):
            assert actor.token_id is not None, "only tokens have networks"
            self.uses.note_refused(Found(actor.group_id, actor.token_id), where, ELSEWHERE)
            raise unauthenticated()
        return actor

    async def _identified(self, kept: bytes, where: Address | None) -> Actor:
        self.known.pop(kept, None)
        found = await self._found(kept)
        try:
            actor = await identified(self.installation, found) if found else None
        except PolicyUnavailable as unreadable:
            raise without_policy() from unreadable
        if actor is None:
            if found is not None:
                self.uses.note_refused(found, where)
            raise unauthenticated()
        await keep_alive(self.installation, actor)
        self.known[kept] = Remembered(actor, monotonic() + REMEMBERED)
        if len(self.known) > MOST:
            self.known.popitem(last=False)
        return actor

    async def found(self, token: str) -> Found | None:
        """Find a token that somebody holds, whether or not it still lives."""
        if not well_formed(token):
            return None
        return await self._found(digest(self.pepper or await self._pepper(), token))

    async def _found(self, kept: bytes) -> Found | None:
        writer = self.installation.writer
        async with writer.transaction(BEFORE_ANY_GROUP, (), read_only=True) as session:
            return await find_token(session, kept)

    async def _pepper(self) -> bytes:
        async with self.installation.writer.transaction(BEFORE_ANY_GROUP, ()) as session:
            self.pepper = await self.installation.keyring.of_system(session, PEPPER)
        return self.pepper


def unauthenticated() -> Failure:
    """The one answer to every token that is not good."""
    return Failure(
        401,
        "UNAUTHENTICATED",
        "The token is not valid. Get a new one.",
        "令牌无效,请重新获取。",
        {"www-authenticate": 'Bearer error="invalid_token"'},
    )


def without_policy() -> Failure:
    """The answer to everybody of a group whose policy cannot be read."""
    return Failure(
        503,
        "SERVICE_UNAVAILABLE",
        "The policy of your group cannot be read, so nothing is shown. Tell its operator.",
        "无法读取本集团的权限策略,暂不提供任何内容,请联系运维人员。",
        {"retry-after": "30"},
    )
