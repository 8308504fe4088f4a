"""Find out who a token speaks for: from its digest to an actor with a mask."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from authz.actor import SIGNING_IN, Actor, DenialMode, PrincipalKind, Scope
from authz.compiler import token_mask
from authz.lint import READING
from domain.organisation.models import Tenant

from .certificates import certified_until
from .contracts import held_to_contract, purposes_left
from .login_models import LoginSession
from .models import Principal, RoleAssignment, Token, TokenDigest
from .policy import nearest
from .sessions import signed_in
from .tokens import TokenKind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.masks import Mask
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
    tenant = await session.get_one(Tenant, (found.group_id, principal.tenant_id))
    above = await _above(session, tenant)
    assigned, changing = await _assigned_roles(session, principal, {*above, tenant.id}, now)
    mask = _narrowed(policy.mask(assigned, tenant.path), principal, token)
    held = await held_to_contract(session, token, principal, mask=mask, now=now)
    if held is None:
        return None
    whole = tenant.kind.value == "GROUP"
    below = () if whole else await _below(session, tenant)
    return Actor(
        principal_id=principal.id,
        kind=principal.kind,
        name=principal.name or "",
        person_id=principal.person_id,
        group_id=found.group_id,
        tenant_id=tenant.id,
        tenant_path=tenant.path,
        roles=policy.closure(assigned, tenant.path),
        scope=_scope(whole=whole, below=below),
        tenants=() if whole else (tenant.id, *below),
        reach=() if whole else (*above, tenant.id, *below),
        mask=held[0],
        denials=DENIALS[token.kind],
        token_id=token.id,
        policy_version=policy.version,
        policy_until=policy.until,
        until=min((at for at in (policy.until, changing) if at is not None), default=None),
        session=signed_in(token, opened) if opened else None,
        purposes=purposes_left(_purposes(token), held[1]),
        networks=tuple(ip_network(text) for text in token.networks),
        scoped=bool(token.scopes),
        certified_until=await _certified_until(session, principal, tenant, policy),
        entrusted=held[1],
    )


async def _certified_until(
    session: AsyncSession, principal: Principal, tenant: Tenant, policy: Judged
) -> datetime | None:
    """Find out when the actor's certificate ends, if any line of the policy asks for one."""
    if "certified" not in policy.conditions:
        return None
    return await certified_until(
        session, principal.group_id, principal.person_id, time_zone=tenant.time_zone
    )


def _narrowed(mask: Mask, principal: Principal, token: Token) -> Mask:
    """What a token may: what its owner may, met with its scopes, whichever way either changes.

    Whatever roles an auditor has, one only reads; whatever roles an account has, it grants nothing,
    since nobody stands behind its token who could show a second factor.
    """
    if principal.kind is PrincipalKind.AUDITOR:
        mask = mask.only(READING)
    elif principal.kind not in SIGNING_IN:
        mask = mask.without({"grant"})
    return mask & token_mask(token.scopes, mask.catalogue) if token.scopes else mask


def _purposes(token: Token) -> frozenset[str] | None:
    """For what a token may open sealed values; that of a person, where it says nothing, for all."""
    if not token.purposes and token.kind in OF_A_PERSON:
        return None
    return frozenset(purpose.value for purpose in token.purposes)


def _scope(*, whole: bool, below: tuple[UUID, ...]) -> Scope:
    if whole:
        return Scope.WHOLE
    return Scope.SUBTREE if below else Scope.ONE


async def _assigned_roles(
    session: AsyncSession, principal: Principal, held_at: set[UUID], now: datetime
) -> tuple[frozenset[str], datetime | None]:
    """Find the roles that a principal holds now, and when the next one begins or ends."""
    rows = (
        await session.execute(
            select(RoleAssignment.role, RoleAssignment.valid_from, RoleAssignment.valid_to).where(
                RoleAssignment.group_id == principal.group_id,
                RoleAssignment.principal_id == principal.id,
                RoleAssignment.tenant_id.in_(held_at),
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
