"""Whoever founds a group: the installation itself, before anyone in the group can act."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from authz.actor import Actor, DenialMode, PrincipalKind, Scope
from authz.lines import Line
from authz.snapshot import Policy

if TYPE_CHECKING:
    from authz.catalogue import Catalogue

FOUNDER = "founder"
INSTALLATION = UUID(int=0)


def founding_policy(catalogue: Catalogue) -> Policy:
    """The policy of a group that does not exist yet: one role that may do everything."""
    everything = Line(FOUNDER, "/", "*", "*", "-", "allow")
    return Policy(version=0, lines=(everything,), inherits=(), catalogue=catalogue)


def founder(group_id: UUID, tenant_path: str, policy: Policy) -> Actor:
    """Act as the installation in a group: for founding it, for demos and for imports."""
    return Actor(
        principal_id=INSTALLATION,
        kind=PrincipalKind.SERVICE,
        name="installation",
        person_id=None,
        group_id=group_id,
        tenant_id=group_id,
        tenant_path=tenant_path,
        roles=frozenset({FOUNDER}),
        scope=Scope.WHOLE,
        tenants=(),
        reach=(),
        mask=policy.mask({FOUNDER}, tenant_path),
        denials=DenialMode.STRICT,
        token_id=None,
        policy_version=policy.version,
    )
