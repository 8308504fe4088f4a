"""Who asks: a principal in a tenant, with roles, a scope and the mask that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import Final
from uuid import UUID

from .conditions import Variables
from .masks import Mask


class PrincipalKind(Enum):
    """What a principal is."""

    PERSON = "PERSON"
    SERVICE = "SERVICE"
    VENDOR = "VENDOR"
    AUDITOR = "AUDITOR"


SIGNING_IN: Final = frozenset({PrincipalKind.PERSON, PrincipalKind.AUDITOR})
"""Behind these kinds somebody stands who signs in; the others are accounts, and act by tokens."""


class Scope(Enum):
    """How much of the group an actor's own tenants are: one, a subtree, or all of it."""

    ONE = "ONE"
    SUBTREE = "SUBTREE"
    WHOLE = "WHOLE"


class DenialMode(Enum):
    """What a denied field looks like: null with a note, a refusal, or a field that is not there."""

    PARTIAL = "PARTIAL"
    STRICT = "STRICT"
    HIDDEN = "HIDDEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What somebody brings along who signed in, beside whoever shows a token of their own.

    `stepped_up_until` is when their second factor is no longer young enough for what needs one;
    from `renew_from` on, using the session makes it last longer.
    """

    stepped_up_until: datetime | None
    renew_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrusted:
    """What a processing contract entrusts to whoever shows a token of it, and up to when.

    The fields are in the mask of the actor already, and the purposes in those of the token.
    """

    contract_id: UUID
    cohort_id: UUID | None
    purposes: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever acts, as of one version of the group's policy.

    `tenants` are the own tenant and all below it, `reach` these and all above; both are empty where
    the scope is the whole group. `roles` are closed over inheritance. `mask` is already narrowed to
    the scopes of the token, where there is one (`scoped`), and to the processing contract that it
    is bound to (`entrusted`). The token opens sealed values for its `purposes` (None: for any), and
    is used from its `networks` (none: from anywhere). `until` is when the next line of the policy,
    or role of this actor, begins or ends: from then on they are somebody else. `policy_until` is
    when the policy itself does, which tells it from the same version before or after. `session` is
    there for whoever signed in, `certified_until` is when the certificate of the person ends.
    """

    principal_id: UUID
    kind: PrincipalKind
    name: str
    person_id: UUID | None
    group_id: UUID
    tenant_id: UUID
    tenant_path: str
    roles: frozenset[str]
    scope: Scope
    tenants: tuple[UUID, ...]
    reach: tuple[UUID, ...]
    mask: Mask
    denials: DenialMode
    token_id: UUID | None
    policy_version: int
    policy_until: datetime | None = None
    until: datetime | None = None
    session: SignedIn | None = None
    purposes: frozenset[str] | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    scoped: bool = False
    certified_until: datetime | None = None
    entrusted: Entrusted | None = None

    def of_today(self, now: datetime) -> bool:
        """Whether nothing of what made this actor has begun or ended by itself."""
        return self.until is None or now < self.until

    def stepped_up(self, now: datetime) -> bool:
        """Whether nothing more needs to be shown: a token of their own is proof enough."""
        if self.session is None:
            return True
        until = self.session.stepped_up_until
        return until is not None and now < until

    @property
    def limited(self) -> bool:
        """Whether the token may less than whoever holds it."""
        return self.scoped or self.purposes is not None or bool(self.networks)

    @property
    def cohort_id(self) -> UUID | None:
        """Whom the processing contract covers."""
        return self.entrusted.cohort_id if self.entrusted else None

    @property
    def contracted_until(self) -> datetime | None:
        """When the processing contract ends."""
        return self.entrusted.until if self.entrusted else None

    @property
    def variables(self) -> Variables:
        """What the row conditions ask of the actor."""
        whole = self.scope is Scope.WHOLE
        return Variables(
            person=self.person_id,
            tenant=self.tenant_id,
            tenants=None if whole else frozenset(self.tenants),
            reach=None if whole else frozenset(self.reach),
            cohort=self.cohort_id,
            certified_until=self.certified_until,
            contracted_until=self.contracted_until,
        )
