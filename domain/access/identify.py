"""Find out who a token speaks for: from its digest to an actor with a mask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from authz.actor import SIGNING_IN, DenialMode, PrincipalKind
from authz.compiler import token_mask
from domain.organisation.models import Tenant, TenantKind

from .acting import Place, acting
from .certificates import CERTIFIED, certified_until
from .contracts import bound_by, purposes_left
from .login_models import LoginSession
from .models import Principal, RoleAssignment, Token, TokenDigest
from .policy import nearest
from .sessions import signed_in
from .tokens import TokenKind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.actor import Actor
    from authz.shelf import Judged

DENIALS = {
    TokenKind.PERSON: DenialMode.PARTIAL,
    TokenKind.SESSION: DenialMode.PARTIAL,
    TokenKind.SERVICE: DenialMode.STRICT,
    TokenKind.VENDOR: DenialMode.HIDDEN,
}
"""How a denied field looks follows from the class of the credential."""

SPEAKS_FOR = {
    TokenKind.PERSON: SIGNING_IN,
    TokenKind.SESSION: SIGNING_IN,
    TokenKind.SERVICE: {PrincipalKind.SERVICE},
    TokenKind.VENDOR: {PrincipalKind.VENDOR},
}
"""For what a token of each kind can speak: an account signs in nowhere."""

OF_A_PERSON = frozenset({TokenKind.PERSON, TokenKind.SESSION})


@dataclass(frozen=True, slots=True)
class Found:
    """A token that was looked up: whose group it is of, and its own id."""

    group_id: UUID
    token_id: UUID


async def find_token(session: AsyncSession, digest: bytes) -> Found | None:
    """Look a digest up in the directory, before any group is known."""
    row = await session.get(TokenDigest, digest)
    return Found(row.group_id, row.token_id) if row else None


async def actor_of(
    session: AsyncSession, found: Found, *, policy: Judged, now: datetime
) -> Actor | None:
    """Make the actor that a live token speaks for; nothing when it, or its contract, is over.

    The session is bound to the token's group. An actor works in the tenant of its principal; the
    roles assigned there or above hold.
    """
    token = await session.get(Token, (found.group_id, found.token_id))
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    opened = await session.get(LoginSession, (found.group_id, token.id))
    if (opened is None) == (token.kind is TokenKind.SESSION):
        return None  # a session stands on its row; nothing else has one
    principal = await session.get_one(Principal, (found.group_id, token.principal_id))
    if principal.kind not in SPEAKS_FOR[token.kind]:
        return None
    bound = await bound_by(session, token, now) if token.contract_id else None
    if token.contract_id and bound is None:
        return None
    place = await _place(session, principal)
    assigned, changing = await _assigned_roles(session, principal, place, now)
    certified = await _certified_until(session, principal, place, policy)
    actor = acting(principal, place, assigned, policy, certified_until=certified, bound=bound)
    return _shown(actor, token, opened, changing)


def _shown(
    actor: Actor, token: Token, opened: LoginSession | None, changing: datetime | None
) -> Actor:
    """Narrow an actor to the token that is shown for them, whichever way either changes."""
    scopes = token_mask(token.scopes, actor.mask.catalogue) if token.scopes else None
    ends = (at for at in (actor.policy_until, changing) if at is not None)
    return replace(
        actor,
        mask=actor.mask & scopes if scopes else actor.mask,
        denials=DENIALS[token.kind],
        token_id=token.id,
        until=min(ends, default=None),
        session=signed_in(token, opened) if opened else None,
        purposes=purposes_left(_purposes(token), actor.entrusted),
        networks=tuple(ip_network(text) for text in token.networks),
        scoped=bool(token.scopes),
    )


async def _place(session: AsyncSession, principal: Principal) -> Place:
    tenant = await session.get_one(Tenant, (principal.group_id, principal.tenant_id))
    above = await _above(session, tenant)
    whole = tenant.kind is TenantKind.GROUP
    return Place(tenant, above, () if whole else await _below(session, tenant))


async def _certified_until(
    session: AsyncSession, principal: Principal, place: Place, policy: Judged
) -> datetime | None:
    """Find out when the actor's certificate ends, if any line of the policy asks for one."""
    person = principal.person_id
    if person is None or CERTIFIED not in policy.conditions:
        return None
    zones = {person: place.tenant.time_zone}
    return (await certified_until(session, principal.group_id, zones)).get(person)


def _purposes(token: Token) -> frozenset[str] | None:
    """For what a token may open sealed values; that of a person, where it says nothing, for all."""
    if not token.purposes and token.kind in OF_A_PERSON:
        return None
    return frozenset(purpose.value for purpose in token.purposes)


async def _assigned_roles(
    session: AsyncSession, principal: Principal, place: Place, now: datetime
) -> tuple[frozenset[str], datetime | None]:
    """Find the roles that a principal holds now, and when the next one begins or ends."""
    rows = (
        await session.execute(
            select(RoleAssignment.role, RoleAssignment.valid_from, RoleAssignment.valid_to).where(
                RoleAssignment.group_id == principal.group_id,
                RoleAssignment.principal_id == principal.id,
                RoleAssignment.tenant_id.in_({place.tenant.id, *place.above}),
                or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > now),
            )
        )
    ).all()
    held = frozenset(row.role for row in rows if row.valid_from <= now)
    return held, nearest(now, ((row.valid_from, row.valid_to) for row in rows))


async def _above(session: AsyncSession, tenant: Tenant) -> tuple[UUID, ...]:
    parts = tenant.path.strip("/").split("/")
    paths = ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts))]
    rows = await session.scalars(
        select(Tenant.id).where(Tenant.group_id == tenant.group_id, Tenant.path.in_(paths))
    )
    return tuple(rows)


async def _below(session: AsyncSession, tenant: Tenant) -> tuple[UUID, ...]:
    rows = await session.scalars(
        select(Tenant.id)
        .where(
            Tenant.group_id == tenant.group_id,
            Tenant.path > tenant.path,
            Tenant.path < after_subtree(tenant.path),
        )
        .order_by(Tenant.path)
    )
    return tuple(rows)


def after_subtree(path: str) -> str:
    """The first path that no longer lies under `path`: `0` is the character after `/`."""
    return f"{path[:-1]}0"
