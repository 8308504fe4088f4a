"""People who edit the policy, and what they send."""

from __future__ import annotations

from authz.actor import PrincipalKind
from domain.access.approve_policy_change import ApprovePolicyChange, approve_policy_change
from domain.access.drafts import InheritanceDraft, PolicyLineDraft
from domain.access.edit_policy import EditPolicy, edit_policy
from domain.access.register_principal import RegisterPrincipal
from domain.access.tokens import PEPPER, TokenKind
from domain.people.register_candidate import RegisterCandidate, register_candidate
from tests.people import _admit_one


async def admitted(group, name, role, *, at="head", of=None):
    """Another principal with a role and a token: a new person's, or an account of somebody."""
    async with group.work_as(group.founder) as work:
        pepper = await group.installation.keyring.of_system(work.session, PEPPER)
        if of is not None:
            owned = RegisterPrincipal(
                kind=PrincipalKind.SERVICE,
                name=name,
                tenant_id=group.tenants[at],
                owner_id=group.principals[of],
            )
            await _admit_one(group, work, name, owned, role, TokenKind.SERVICE, pepper)
            return
        candidate = RegisterCandidate(
            tenant_id=group.tenants[at], staff_number=name, display_name=name
        )
        person = await register_candidate(work, candidate)
        registered = RegisterPrincipal(
            kind=PrincipalKind.PERSON, tenant_id=group.tenants[at], person_id=person.id
        )
        await _admit_one(group, work, name, registered, role, TokenKind.PERSON, pepper)


async def version(group):
    [row] = await group.rows("SELECT version FROM policy_head WHERE group_id = :g")
    return row.version


async def edited(group, who, *lines, inherit=(), end=(), at=None, reason="tested"):
    """Edit the policy as somebody."""
    command = EditPolicy(
        expected_version=at or await version(group),
        reason=reason,
        add=tuple(lines),
        inherit=tuple(inherit),
        end=tuple(end),
    )
    return await group.do(who, edit_policy, command)


async def approved(group, who, change, *, at=None):
    """Approve a change as somebody."""
    command = ApprovePolicyChange(
        policy_change_id=change.id, expected_version=at or await version(group)
    )
    return await group.do(who, approve_policy_change, command)


def draft(row, **more):
    """A line as the table of roles writes it: role, object, action, condition, effect."""
    names = ("role", "object", "action", "condition", "effect")
    return PolicyLineDraft(**dict(zip(names, row.split(), strict=False)), **more)


def contains(role, inherits, **more):
    return InheritanceDraft(role=role, inherits=inherits, **more)


async def lines_of(group, role, object=None):
    """The lines of a role that nobody has ended, as id and row."""
    return [
        row
        for row in await group.rows(
            "SELECT id, object, action, condition, effect, tenant_path, inherits, change_id "
            "FROM policy_line WHERE group_id = :g AND role = :role AND valid_to IS NULL "
            "ORDER BY id",
            role=role,
        )
        if object in {None, row.object}
    ]
