"""The policies in force in this process, one for each group."""

from __future__ import annotations

from uuid import UUID

from .snapshot import Policy


class Shelf:
    """The policy in force for each group, in this process. A newer one is never lost to an older.

    Two loads may finish in the wrong order; whichever read the higher version stays, so a deny that
    was added during a reload cannot be forgotten.
    """

    def __init__(self) -> None:
        self._policies: dict[UUID, Policy] = {}

    def current(self, group_id: UUID) -> Policy | None:
        """Give the policy of a group; None when it was never loaded."""
        return self._policies.get(group_id)

    def swap(self, group_id: UUID, policy: Policy) -> Policy:
        """Put a policy in force, unless a newer one is, and give the one that is now."""
        held = self._policies.get(group_id)
        if held is None or held.version <= policy.version:
            self._policies[group_id] = policy
        return self._policies[group_id]
