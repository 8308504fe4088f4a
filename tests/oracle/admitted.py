"""Principals of every kind with tokens in every state: new, used, limited, superseded and ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from api.demo.peopling import lay
from authz.actor import PrincipalKind
from domain.access.models import Principal, Token, TokenUse
from domain.access.tokens import TokenKind
from domain.kernel.work import Work
from domain.people.models import Person
from domain.privacy.purposes import Purpose
from tests.oracle.chance import Chance

SCOPES = ("read:Course", "read:Person.*", "create:Progress")
NETWORKS = ("10.1.0.0/16", "2001:db8::/32")
KINDS = {
    PrincipalKind.PERSON: TokenKind.PERSON,
    PrincipalKind.SERVICE: TokenKind.SERVICE,
    PrincipalKind.VENDOR: TokenKind.VENDOR,
    PrincipalKind.AUDITOR: TokenKind.PERSON,
}


async def furnish_access(work: Work, chance: Chance, tenants: dict[str, UUID]) -> list[UUID]:
    """Admit some people and some accounts: their principals."""
    people = [one for one in await work.rows(Person) if chance.likely(0.6)]
    principals = [_principal(work, PrincipalKind.PERSON, one.tenant_id, one.id) for one in people]
    owner = principals[0].id
    for kind in (PrincipalKind.SERVICE, PrincipalKind.VENDOR, PrincipalKind.AUDITOR):
        for at in ("head", "east", "west"):
            one = _principal(work, kind, tenants[at], None)
            one.name = f"{at} {kind.value}"
            one.owner_id = owner if kind is PrincipalKind.SERVICE else None
            principals.append(one)
    await work.flush()
    for one in principals:
        await _tokens(work, chance, one)
    return [one.id for one in principals]


def _principal(work: Work, kind: PrincipalKind, tenant: UUID, person: UUID | None) -> Principal:
    made = Principal(tenant_id=tenant, kind=kind, person_id=person)
    lay(work, made)
    return made


async def _tokens(work: Work, chance: Chance, principal: Principal) -> None:
    tokens = [_token(work, chance, principal) for _ in range(chance.randint(0, 3))]
    await work.flush()
    if tokens[1:]:
        tokens[0].superseded_by_id = tokens[1].id
    for one in tokens:
        if chance.likely(0.6):
            lay(work, _use(work, chance, one))
    await work.flush()


def _token(work: Work, chance: Chance, principal: Principal) -> Token:
    ended = work.now if chance.likely(0.3) else None
    made = Token(
        tenant_id=principal.tenant_id,
        principal_id=principal.id,
        person_id=principal.person_id,
        kind=KINDS[principal.kind],
        name=chance.choice(("alpha", "beta", 'ünïcode "quoted"')),
        scopes=_some(chance, SCOPES),
        purposes=_some(chance, tuple(Purpose)),
        networks=_some(chance, NETWORKS),
        expires_at=work.now + timedelta(days=chance.randint(1, 3)),
        revoked_at=ended,
        reported_at=ended if chance.likely(0.5) else None,
    )
    lay(work, made)
    return made


def _some(chance: Chance, among: Sequence) -> list:
    return chance.sample(list(among), chance.randint(0, len(among)))


def _use(work: Work, chance: Chance, token: Token) -> TokenUse:
    return TokenUse(
        id=token.id,
        tenant_id=token.tenant_id,
        person_id=token.person_id,
        at=work.now,
        network=chance.some("10.1.2.0/24", none=0.2),
        operation=chance.some("0123456789abcdef", none=0.2),
    )
