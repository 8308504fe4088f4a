"""The policies in force in this process, one for each group."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from .judge import Judge
from .masks import Mask
from .snapshot import Policy

MOST: Final = 256
"""Policies kept; the one that was asked for longest ago makes room."""

WITHHELD: Final = frozenset({"decrypt", "export", "grant"})
"""What nobody may do while a later policy cannot be read: it may have taken just that away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A group's policy with the Casbin that decides by it, as of a version, up to an instant.

    `version` is that of the stored policy for which this one answers. It is later than the policy's
    own where the stored one is malformed and the last good one stands in for it.
    """

    policy: Policy
    judge: Judge
    version: int
    as_of: datetime | None = None
    until: datetime | None = None

    @property
    def stands_in(self) -> bool:
        """Whether this is the last good policy, in the place of one that cannot be read."""
        return self.version != self.policy.version

    def withholds(self, action: str) -> bool:
        """Whether nobody may do this now, whatever the lines say."""
        return self.stands_in and action in WITHHELD

    def covers(self, now: datetime) -> bool:
        """Whether no line has begun or ended since it was read."""
        return self.until is None or now < self.until

    @property
    def conditions(self) -> frozenset[str]:
        """Every condition that a line of it mentions, by name."""
        return self.policy.conditions

    def closure(self, roles: Iterable[str], path: str) -> frozenset[str]:
        """List the roles together with all that they inherit at a tenant."""
        return self.policy.closure(roles, path)

    def mask(self, roles: Iterable[str], path: str) -> Mask:
        """Compile what holders of these roles may do at a tenant; standing in, less."""
        mask = self.policy.mask(roles, path)
        return mask.without(WITHHELD) if self.stands_in else mask


class Shelf:
    """The policy in force for each group, in this process. A newer one is never lost to an older.

    Two loads may finish in the wrong order; whichever read the higher version stays, so a deny that
    was added during a reload cannot be forgotten.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[UUID, Judged] = OrderedDict()

    def current(self, group_id: UUID) -> Judged | None:
        """Give the policy of a group; None when it was never loaded."""
        return self._held.get(group_id)

    def swap(self, group_id: UUID, judged: Judged) -> Judged:
        """Put a policy in force, unless a newer one is, and give the one that is now."""
        held = self._held.get(group_id)
        if held is None or held.version <= judged.version:
            self._held[group_id] = judged
        self._held.move_to_end(group_id)
        if len(self._held) > MOST:
            self._held.popitem(last=False)
        return self._held[group_id]
