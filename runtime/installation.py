"""Everything that a process of Peiyuan holds: its database, keys, catalogue and policies."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from authz.judge import Judge
from domain.access.founder import founding_policy
from domain.access.policy import read_policy

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from authz.catalogue import Catalogue
    from authz.snapshot import Policy
    from domain.privacy.keyring import Keyring

    from .database import Writer
    from .reader import Reader
    from .settings import Settings

MOST_POLICIES = 256


@dataclass(frozen=True, slots=True)
class Judged:
    """One version of a group's policy with the Casbin that decides by it."""

    policy: Policy
    judge: Judge


@dataclass(slots=True, kw_only=True)
class Installation:
    """The parts that stand ready for every request, and the clock that they all go by."""

    settings: Settings
    writer: Writer
    reader: Reader
    keyring: Keyring
    catalogue: Catalogue
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    policies: OrderedDict[UUID, Judged] = field(default_factory=OrderedDict)
    founding: Judged = field(init=False)

    def __post_init__(self) -> None:
        policy = founding_policy(self.catalogue)
        self.founding = Judged(policy, Judge(policy, self.catalogue))

    async def policy_of(self, group_id: UUID, *, version: int | None = None) -> Judged:
        """Take a group's policy, read anew when it is not of the version that was asked for.

        A policy that cannot be read raises and is not kept; whoever still holds the last good one
        finds it stale and answers that the service is unavailable: it fails closed.
        """
        held = self.policies.get(group_id)
        if held is None or (version is not None and held.policy.version != version):
            async with self.writer.transaction(group_id, (), read_only=True) as session:
                policy = await read_policy(session, group_id, self.clock(), self.catalogue)
            held = self._keep(group_id, Judged(policy, Judge(policy, self.catalogue)))
        return held

    def _keep(self, group_id: UUID, judged: Judged) -> Judged:
        self.policies[group_id] = judged
        self.policies.move_to_end(group_id)
        if len(self.policies) > MOST_POLICIES:
            self.policies.popitem(last=False)
        return judged
