"""When and from where tokens are used: written beside the requests, and seldom."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from authz.actor import Scope
from domain.access.founder import founder
from domain.access.networks import neighbourhood
from domain.access.token_use import note_refused_use, note_use
from runtime.unit import perform

from .sparing import Sparing

if TYPE_CHECKING:
    from authz.actor import Actor
    from domain.access.identify import Found
    from domain.access.networks import Address
    from runtime.installation import Installation

EVERY: Final = 60.0  # seconds, for each token in each process
DIGITS: Final = 16
OPERATIONS: Final = "operations of tokens"  # the name of the key of their digests


@dataclass(slots=True)
class Uses:
    """Keeps the last use of each token, and each use that was refused for the token's sake."""

    installation: Installation
    noted: Sparing = field(default_factory=lambda: Sparing(EVERY))
    refused: Sparing = field(default_factory=lambda: Sparing(EVERY))

    def note(self, actor: Actor | None, where: Address | None, query: str) -> None:
        """Have the use of an actor's token written, if it is time."""
        if actor is None or actor.token_id is None or not self.noted.due(actor.token_id):
            return
        self.installation.beside.do(self._note(actor, neighbourhood(where), query))

    def note_refused(self, found: Found, where: Address | None, code: str | None = None) -> None:
        """Have it written that a token was used which was not good for it."""
        network = neighbourhood(where)
        if self.refused.due((found.token_id, code, network)):
            self.installation.beside.do(self._note_refused(found, network, code))

    async def _note(self, actor: Actor, network: str | None, query: str) -> None:
        tenants = None if actor.scope is Scope.WHOLE else actor.tenants
        async with self.installation.writer.transaction(actor.group_id, tenants) as session:
            at = self.installation.clock()
            key = await self.installation.keyring.of_system(session, OPERATIONS)
            operation = _digest(key, query)
            await note_use(session, actor, at=at, network=network, operation=operation)

    async def _note_refused(self, found: Found, network: str | None, code: str | None) -> None:
        by = founder(found.group_id, "/", self.installation.founding.policy)
        async with perform(self.installation, by) as work:
            await note_refused_use(work, found.token_id, network=network, code=code)


def _digest(key: bytes, query: str) -> str:
    """Tell operations apart; keyed, since one may hold a number that could be guessed."""
    return hmac.digest(key, query.encode("utf-8", "replace"), hashlib.sha256).hex()[:DIGITS]
