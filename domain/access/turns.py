"""What somebody comes to see as a role of theirs begins or ends, beside the others they hold.

Roles carry denies, and one gives rows to the fields of another: so it is never one role alone that
is weighed, but the whole mask of whoever holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_

from authz.exposure import exposes, of_others
from authz.lines import under
from domain.organisation.models import Tenant

from .models import Principal, RoleAssignment

if TYPE_CHECKING:
    from datetime import datetime

    from authz.masks import Mask
    from authz.snapshot import Policy
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Held:
    """A role, where it holds with all below, and from when to when."""

    role: str
    path: str
    begins: datetime
    ends: datetime | None

    def holds(self, path: str, at: datetime) -> bool:
        """Whether it holds at a place at an instant."""
        lasts = self.begins <= at and (self.ends is None or at < self.ends)
        return lasts and under(path, self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One role that begins, or `ends`, for somebody who acts at `home` and holds `others`."""

    policy: Policy
    home: str
    others: tuple[Held, ...]
    one: Held
    ends: bool

    def masks(self, path: str, at: datetime) -> tuple[Mask, Mask]:
        """What they may at a place at an instant: as it would have been, and as it is to be."""
        held = {other.role for other in self.others if other.holds(path, at)}
        more = held | {self.one.role} if self.one.holds(path, at) else held
        without, with_it = self.policy.mask(held, path), self.policy.mask(more, path)
        return (with_it, without) if self.ends else (without, with_it)

    @property
    def exposes(self) -> bool:
        """Whether more of what is sealed of others is shown, or granting allowed, ever, anywhere.

        They act at home, and may come to act at whatever other place the role reaches.
        """
        compared = (self.masks(path, at) for path in self._places() for at in self._instants())
        return any(exposes(of_others(before), of_others(after)) for before, after in compared)

    def _places(self) -> set[str]:
        told = {self.home, self.one.path, *(other.path for other in self.others)}
        return {path for path in told | self.policy.paths if under(path, self.one.path)}

    def _instants(self) -> set[datetime]:
        """When it begins, and whenever another role begins or ends while it holds."""
        one = self.one
        turns = {at for other in self.others for at in (other.begins, other.ends) if at is not None}
        return {one.begins} | {
            at for at in turns if one.begins < at and (one.ends is None or at < one.ends)
        }


async def turn(work: Work, about: RoleAssignment, *, ends: bool = False) -> Turn:
    """Weigh that an assignment begins as it says, or ends now."""
    principal = await work.row(Principal, Principal.id == about.principal_id)
    assert principal is not None, "a foreign key leads there"
    others = await work.rows(
        RoleAssignment,
        RoleAssignment.principal_id == principal.id,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > work.now),
    )
    others = [one for one in others if one.id != about.id]
    wanted = {principal.tenant_id, about.tenant_id, *(one.tenant_id for one in others)}
    paths = {one.id: one.path for one in await work.rows(Tenant, Tenant.id.in_(wanted))}

    def held(one: RoleAssignment) -> Held:
        begins = max(one.valid_from, work.now)
        return Held(one.role, paths[one.tenant_id], begins, one.valid_to)

    return Turn(
        policy=work.judge.policy,
        home=paths[principal.tenant_id],
        others=tuple(held(one) for one in others),
        one=held(about),
        ends=ends,
    )
