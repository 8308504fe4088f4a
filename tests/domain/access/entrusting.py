"""A vendor with a contract, as several tests want it: lines of a role, a cohort, and tokens."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from authz.actor import PrincipalKind
from domain.access.assign_role import AssignRole, assign_role
from domain.access.contract_models import ProcessingContract
from domain.access.identify import Found
from domain.access.issue_token import IssueToken, issue_token
from domain.access.models import PolicyLine
from domain.access.open_processing_contract import (
    OpenProcessingContract,
    open_processing_contract,
)
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.tokens import PEPPER, TokenKind
from domain.learning.open_cohort import OpenCohort, open_cohort
from domain.privacy.purposes import Purpose
from tests.people import TODAY

Line = tuple[str, str, str, str]  # object, action, condition, effect


async def add_lines(group, role: str, *lines: Line) -> None:
    """Have a role of the group hold more lines."""
    async with group.work_as(group.founder) as work:
        for object_, actions, condition, effect in lines:
            for action in actions.split():
                await work.add(
                    PolicyLine(
                        tenant_id=group.id,
                        ptype="p",
                        role=role,
                        tenant_path="/",
                        object=object_,
                        action=action,
                        condition=condition,
                        effect=effect,
                        valid_from=work.now,
                    )
                )
        work.policy_changed()


async def admit(group, name: str, role: str, *, at="head") -> UUID:
    """Register a vendor with a role, and without a token."""
    async with group.work_as(group.founder) as work:
        registered = RegisterPrincipal(
            kind=PrincipalKind.VENDOR, name=name, tenant_id=group.tenants[at]
        )
        principal = await register_principal(work, registered)
        given = AssignRole(principal_id=principal.id, role=role, tenant_id=group.tenants[at])
        await assign_role(work, given)
    group.principals[name] = principal.id
    return principal.id


async def cohort_of(group, *names: str, code: str = "B1") -> UUID:
    """Open a cohort of these people."""
    command = OpenCohort(
        tenant_id=group.tenants["east"],
        code=code,
        name=code,
        started_on=TODAY,
        person_ids=tuple(group.people[name] for name in names),
    )
    return (await group.do(group.founder, open_cohort, command)).id


def contract(group, **changes) -> OpenProcessingContract:
    """The contract with vera, of a month and a half, unless told otherwise."""
    given = {
        "principal_id": group.principals["vera"],
        "code": "C1",
        "counterparty": "远山培训",
        "purposes": (Purpose.TRAINING_SUPPORT,),
        "fields": ("Person.displayName",),
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=45),
    }
    return OpenProcessingContract(**(given | changes))


async def entrust(group, *, limits=None, **changes) -> ProcessingContract:
    """Open that contract, and give its vendor a token of it, with these limits besides."""
    opened = await group.do(group.founder, open_processing_contract, contract(group, **changes))
    await give_token(group, "vera", contract_id=opened.id, **(limits or {}))
    return opened


async def give_token(group, name: str, *, days=30, kind=TokenKind.VENDOR, **limits) -> None:
    """Issue a token, with which the name asks from now on."""
    async with group.work_as(group.founder) as work:
        pepper = await group.installation.keyring.of_system(work.session, PEPPER)
        command = IssueToken(
            principal_id=group.principals[name],
            kind=kind,
            name="test",
            days=days,
            **limits,
        )
        token, secret = await issue_token(work, command, pepper=pepper)
    group.tokens[name], group.secrets[name] = Found(group.id, token.id), secret


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)
