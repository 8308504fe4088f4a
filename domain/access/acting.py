"""What an actor is: a principal at a place, with the roles given to them there, and their bounds.

There is no other way to make one of a principal. A token only narrows it, and an explanation is
about just this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from authz.actor import Actor, DenialMode, PrincipalKind, Scope
from authz.lint import READING
from domain.organisation.models import TenantKind

from .contracts import contract_mask

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from authz.masks import Mask
    from authz.shelf import Judged
    from domain.organisation.models import Tenant

    from .contracts import Bound
    from .models import Principal

GRANTING: Final = frozenset({"grant"})


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

    @property
    def own(self) -> tuple[UUID, ...]:
        """The tenant and all below it; nothing has to be named where it is the whole group."""
        return () if self.whole else (self.tenant.id, *self.below)


def acting(
    principal: Principal,
    place: Place,
    assigned: Collection[str],
    policy: Judged,
    *,
    certified_until: datetime | None,
    bound: Bound | None,
) -> Actor:
    """Make the actor that a principal is under a policy, without any token."""
    path = place.tenant.path
    return Actor(
        principal_id=principal.id,
        kind=principal.kind,
        name=principal.name or "",
        person_id=principal.person_id,
        group_id=principal.group_id,
        tenant_id=place.tenant.id,
        tenant_path=path,
        roles=policy.closure(assigned, path),
        scope=place.scope,
        tenants=place.own,
        reach=() if place.whole else (*place.above, *place.own),
        mask=_bounded(policy.mask(assigned, path), principal.kind, bound),
        denials=DenialMode.PARTIAL,
        token_id=None,
        policy_version=policy.version,
        policy_until=policy.until,
        certified_until=certified_until,
        entrusted=bound.entrusted if bound else None,
    )


def _bounded(mask: Mask, kind: PrincipalKind, bound: Bound | None) -> Mask:
    """Keep of a mask what somebody may whatever their roles say.

    An auditor only reads. An account grants nothing: nobody stands behind its token who could show
    a second factor. A vendor's contract is met with all the rest.
    """
    match kind:
        case PrincipalKind.AUDITOR:
            return mask.only(READING)
        case PrincipalKind.SERVICE:
            return mask.without(GRANTING)
        case PrincipalKind.VENDOR:
            fields = bound.fields if bound else ()
            return mask.without(GRANTING) & contract_mask(fields, mask.catalogue)
        case PrincipalKind.PERSON:
            return mask
