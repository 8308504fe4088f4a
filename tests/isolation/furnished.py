"""Groups in which everything occurs, with somebody in each role: alone, or beside a twin.

The same seed makes the same group, ids included; of the secrets of tokens only digests differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from api.planner.cursors import Cursors
from authz.actor import Actor, PrincipalKind
from domain.access.assign_role import AssignRole, assign_role
from domain.access.identify import Found
from domain.access.issue_token import IssueToken, issue_token
from domain.access.models import Principal, RoleAssignment
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.tokens import PEPPER, TokenKind
from domain.kernel.work import Work
from domain.people.models import Person, Stage
from domain.people.register_candidate import RegisterCandidate, register_candidate
from runtime.installation import Installation
from runtime.unit import perform
from tests.oracle.chance import Chance
from tests.oracle.founded import found
from tests.people import Clock, Group

PERSON, SERVICE = (
    (PrincipalKind.PERSON, TokenKind.PERSON),
    (PrincipalKind.SERVICE, TokenKind.SERVICE),
)


UNQUOTED = str.maketrans({'"': "'", "\\": "/"})


@dataclass(frozen=True, slots=True)
class Told(Cursors):
    """Cursors that say what they hold, so that two of one place are equal.

    Of the list they name type and order, not the digest of what narrows it: that is what was asked.
    """

    def seal(self, values: bytes, *, of: str, actor: Actor) -> str:
        return f"{of.partition('|')[0]}:{values.decode().translate(UNQUOTED)}"


@dataclass(frozen=True)
class Part:
    """Where somebody in a role stands, and as what; a person of the group, in which stage."""

    at: str
    kind: tuple[PrincipalKind, TokenKind] = PERSON
    person: Stage | None = None


LEADING = """
SELECT p.id FROM person p WHERE p.group_id = :g AND p.tenant_id = :t AND p.left_on IS NULL
ORDER BY p.stage <> 'CANDIDATE',
  (SELECT count(*) FROM person l WHERE l.group_id = p.group_id AND p.id = l.supervisor_id),
  p.staff_number
"""
"""Who has not left a branch; whoever leads the most comes last, after the candidates."""
ROLES = {
    "supervisor": Part("east", person=Stage.INDEPENDENT),
    "mentor": Part("east", person=Stage.INDEPENDENT),
    "learner": Part("east", person=Stage.IN_TRAINING),
    "onboarding": Part("east"),
    "recruiter": Part("east"),
    "branch_hr": Part("east"),
    "hq_manager": Part("head"),
    "compliance": Part("head"),
    "auditor": Part("head", (PrincipalKind.AUDITOR, TokenKind.PERSON)),
    "vendor": Part("head", (PrincipalKind.VENDOR, TokenKind.VENDOR)),
    "automation": Part("head", SERVICE),
    "system_admin": Part("head"),
    "security_admin": Part("head"),
    "audit_admin": Part("head"),
}
"""Every built-in role that is given to somebody; the others are only contained in these."""


async def furnished(
    installation: Installation, clock: Clock, group_id: UUID, *, seed: int
) -> Group:
    """Found a group, furnish it with everything, and let somebody into each role."""
    await found(installation, group_id, seed=seed)
    group = Group(installation, clock, id=group_id)
    for row in await group.rows("SELECT id, code FROM tenant WHERE group_id = :g"):
        group.tenants[row.code] = row.id
    people = await group.rows(LEADING, t=group.tenants["east"])
    await _admit(group, [row.id for row in people], Chance(seed + 1000))
    group.gateway.cursors = Told.under(bytes(32))
    return group


async def _admit(group: Group, people: list[UUID], chance: Chance) -> None:
    installation = group.installation
    async with perform(installation, group.founder, entropy=lambda: chance.randbytes(8)) as work:
        pepper = await installation.keyring.of_system(work.session, PEPPER)
        for role, part in ROLES.items():
            person = people.pop() if people and part.person else None
            tenant = group.tenants[part.at]
            principal = await _principal(work, group, role, part, person)
            assigned = AssignRole(principal_id=principal.id, role=role, tenant_id=tenant)
            await assign_role(work, assigned)
            command = IssueToken(principal_id=principal.id, kind=part.kind[1], name=role, days=30)
            token, secret = await issue_token(work, command, pepper=pepper)
            group.principals[role], group.secrets[role] = principal.id, secret
            group.tokens[role] = Found(group.id, token.id)
            if part.person:
                await _at_work(work, principal.person_id, part.person)
            if principal.person_id is not None:
                group.people[role] = principal.person_id


async def _at_work(work: Work, person_id: UUID, stage: Stage) -> None:
    """Have a person be at work, whatever chance had made of them."""
    person = await work.get(Person, person_id)
    person.stage, person.left_on, person.leave_reason = stage, None, None
    person.hired_on = person.hired_on or work.today


async def _principal(
    work: Work, group: Group, role: str, part: Part, person: UUID | None
) -> Principal:
    """Whoever stands for a person already, with no role as yet; somebody new; or an account."""
    if person is not None:
        known = await work.row(Principal, Principal.person_id == person)
        if known is not None:
            drawn = await work.rows(RoleAssignment, RoleAssignment.principal_id == known.id)
            await work.remove(*drawn)
            return known
    kind, tenant = part.kind[0], group.tenants[part.at]
    if kind is not PrincipalKind.PERSON:
        owner = group.principals["hq_manager"] if kind is PrincipalKind.SERVICE else None
        account = RegisterPrincipal(kind=kind, name=role, tenant_id=tenant, owner_id=owner)
        return await register_principal(work, account)
    if person is None:
        number = role.replace("_", "-")
        new = RegisterCandidate(tenant_id=tenant, staff_number=number, display_name=role)
        person = (await register_candidate(work, new)).id
    return await register_principal(
        work, RegisterPrincipal(kind=kind, tenant_id=tenant, person_id=person)
    )
