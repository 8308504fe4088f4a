"""Principals as they stand at an instant: where they act, and which roles were given to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_

from authz.actor import PrincipalKind
from authz.lines import ancestry
from domain.organisation.models import Tenant

from .acting import Place, acting
from .certificates import CERTIFIED, certified_until
from .contract_models import ProcessingContract
from .contracts import Bound
from .models import Principal, RoleAssignment
from .owners import outlived_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from authz.actor import Actor
    from authz.shelf import Judged
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Standing:
    """A principal at a place, with the roles that were given to them there or above.

    A vendor may act under any of `bounds`, the contracts in force; without one, under none.
    """

    principal: Principal
    place: Place
    assignments: tuple[RoleAssignment, ...]
    certified_until: datetime | None
    bounds: tuple[Bound, ...]

    @property
    def assigned(self) -> frozenset[str]:
        """The roles that were given, without what they contain."""
        return frozenset(one.role for one in self.assignments)

    def actors(self, policy: Judged) -> tuple[Actor, ...]:
        """Make each actor that the principal can be under a policy, without any token."""
        return tuple(
            acting(
                self.principal,
                self.place,
                self.assigned,
                policy,
                certified_until=self.certified_until,
                bound=bound,
            )
            for bound in self.bounds or (None,)
        )


async def standing_of(work: Work, principal: Principal, at: datetime) -> Standing:
    """Look at one principal, whether or not they hold any role."""
    (found,) = await _standings(work, [principal], at)
    return found


async def everyone(work: Work, at: datetime) -> list[Standing]:
    """Look at every principal of the group who holds a role where they act, by their ids."""
    found = await _standings(work, await work.rows(Principal), at)
    return [one for one in found if one.assignments]


async def _standings(work: Work, principals: Sequence[Principal], at: datetime) -> list[Standing]:
    given = await _assignments(work, principals, at)
    tenants = {tenant.id: tenant for tenant in await work.rows(Tenant)}
    places = _places(tenants.values(), {one.tenant_id for one in principals})
    bounds = await _bounds(work, principals, at, tenants[work.actor.group_id].time_zone)
    zones = {one.person_id: tenants[one.tenant_id].time_zone for one in principals if one.person_id}
    certified = await _certified(work, zones)
    return [
        Standing(
            one,
            place,
            tuple(held for held in given[one.id] if _reaches(held, place)),
            certified.get(one.person_id) if one.person_id else None,
            tuple(bounds[one.id]),
        )
        for one in principals
        for place in [places[one.tenant_id]]
    ]


async def _bounds(
    work: Work, principals: Sequence[Principal], at: datetime, time_zone: str
) -> Mapping[UUID, list[Bound]]:
    found: dict[UUID, list[Bound]] = defaultdict(list)
    vendors = [one.id for one in principals if one.kind is PrincipalKind.VENDOR]
    if vendors:
        for one in await work.rows(
            ProcessingContract, ProcessingContract.principal_id.in_(vendors)
        ):
            if bound := Bound.by(one, at, time_zone):
                found[one.principal_id].append(bound)
    return found


async def _certified(work: Work, zones: Mapping[UUID, str]) -> Mapping[UUID, datetime]:
    if CERTIFIED not in work.judge.policy.conditions:
        return {}
    return await certified_until(work.session, work.actor.group_id, zones)


async def _assignments(
    work: Work, principals: Sequence[Principal], at: datetime
) -> Mapping[UUID, list[RoleAssignment]]:
    """Find what was given to whom; who has left, or whose owner has, acts no more."""
    gone = await outlived_among(work.session, principals, work.person)
    alone = [RoleAssignment.principal_id == principals[0].id] if len(principals) == 1 else []
    given: dict[UUID, list[RoleAssignment]] = defaultdict(list)
    for one in await work.rows(
        RoleAssignment,
        *alone,
        RoleAssignment.valid_from <= at,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > at),
    ):
        if one.principal_id not in gone:
            given[one.principal_id].append(one)
    return given


def _places(tenants: Iterable[Tenant], wanted: set[UUID]) -> dict[UUID, Place]:
    by_path = {tenant.path: tenant for tenant in tenants}
    paths = sorted(by_path)
    return {
        tenant.id: Place(
            tenant,
            tuple(by_path[path].id for path in ancestry(tenant.path)[:-1] if path in by_path),
            tuple(
                by_path[path].id
                for path in paths
                if path.startswith(tenant.path) and path != tenant.path
            ),
        )
        for tenant in by_path.values()
        if tenant.id in wanted
    }


def _reaches(assignment: RoleAssignment, place: Place) -> bool:
    return assignment.tenant_id in {place.tenant.id, *place.above}
