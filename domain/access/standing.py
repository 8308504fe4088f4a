"""Principals as they stand at an instant: where they act, and which roles were given to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_

from authz.actor import Actor, DenialMode, Scope
from authz.lines import ancestry
from domain.organisation.models import Tenant, TenantKind

from .models import Principal, RoleAssignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from authz.shelf import Judged
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant with those above and below it, as conditions ask of them."""

    tenant: Tenant
    above: tuple[UUID, ...]
    below: tuple[UUID, ...]

    @property
    def whole(self) -> bool:
        """Whether it is the whole group."""
        return self.tenant.kind is TenantKind.GROUP

    @property
    def scope(self) -> Scope:
        """How much of the group it is."""
        if self.whole:
            return Scope.WHOLE
        return Scope.SUBTREE if self.below else Scope.ONE


@dataclass(frozen=True, slots=True)
class Standing:
    """A principal at a place, with the roles that were given to them there or above."""

    principal: Principal
    place: Place
    assignments: tuple[RoleAssignment, ...]

    @property
    def assigned(self) -> frozenset[str]:
        """The roles that were given, without what they contain."""
        return frozenset(one.role for one in self.assignments)

    def actor(self, policy: Judged) -> Actor:
        """Make the actor that the principal is under a policy, without any token."""
        path, place = self.place.tenant.path, self.place
        own = (place.tenant.id, *place.below)
        return Actor(
            principal_id=self.principal.id,
            kind=self.principal.kind,
            name="",
            person_id=self.principal.person_id,
            group_id=self.principal.group_id,
            tenant_id=place.tenant.id,
            tenant_path=path,
            roles=policy.closure(self.assigned, path),
            scope=place.scope,
            tenants=() if place.whole else own,
            reach=() if place.whole else (*place.above, *own),
            mask=policy.mask(self.assigned, path),
            denials=DenialMode.PARTIAL,
            token_id=None,
            policy_version=policy.version,
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
    given = defaultdict(list)
    for assignment in await _assignments(work, principals, at):
        given[assignment.principal_id].append(assignment)
    tenants = {tenant.id: tenant for tenant in await work.rows(Tenant)}
    places = _places(tenants.values(), {one.tenant_id for one in principals})
    return [
        Standing(one, place, tuple(held for held in given[one.id] if _reaches(held, place)))
        for one in principals
        for place in [places[one.tenant_id]]
    ]


async def _assignments(
    work: Work, principals: Sequence[Principal], at: datetime
) -> list[RoleAssignment]:
    alone = [RoleAssignment.principal_id == principals[0].id] if len(principals) == 1 else []
    return await work.rows(
        RoleAssignment,
        *alone,
        RoleAssignment.valid_from <= at,
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > at),
    )


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
