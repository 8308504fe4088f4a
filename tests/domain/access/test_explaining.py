"""Explanation, list and mask say one thing, of every principal, row and act; and Casbin decides."""

import pytest

from authz.actor import PrincipalKind
from authz.enforcer import EnforcementFailed
from authz.judge import Decision, Judge
from domain.access import who_can as who_can_module
from domain.access.asked_row import AskedRow
from domain.access.assign_role import AssignRole, assign_role
from domain.access.explain_access import ExplainAccess, explain_access
from domain.access.models import Principal
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.standing import everyone, standing_of
from domain.access.who_can import WhoCan, who_can
from domain.organisation.models import Tenant
from domain.people.models import Person
from tests.people import ACCOUNTS, PEOPLE

EVERYBODY = (*PEOPLE, *ACCOUNTS)
ACTS = (
    ("Person", "read"), ("Person", "write"), ("Person.phone", "read"), ("Person.phone", "decrypt"),
    ("Person.nationalId", "read"), ("Person.mentor", "write"), ("Person.displayName", "filter"),
    ("Tenant", "write"), ("Tenant.name", "read"),
)  # fmt: skip


def row_of(group, name, named):
    people = named.startswith("Person")
    return AskedRow(
        entity=Person if people else Tenant,
        id=group.people[name] if people else group.tenants[name],
        type=named.partition(".")[0],
        object=named,
    )


async def test_a_principal_stands_as_the_actor_whom_their_token_makes(group):
    policy = await group.installation.policy_of(group.id)
    for name in EVERYBODY:
        actor = await group.actor(name)
        async with group.work_as("sage") as work:
            principal = await work.row(Principal, Principal.id == actor.principal_id)
            [standing] = (await standing_of(work, principal, work.now)).actors(policy)

        assert standing.variables.tenants == actor.variables.tenants
        assert standing.variables.reach == actor.variables.reach
        for one in (
            "kind", "person_id", "tenant_id", "tenant_path", "roles", "scope", "mask",
            "policy_version", "group_id", "principal_id",
        ):  # fmt: skip
            assert getattr(standing, one) == getattr(actor, one), (name, one)


async def test_everyone_who_holds_a_role_is_looked_at_once(group):
    async with group.work_as("sage") as work:
        found = [one.principal.id for one in await everyone(work, work.now)]

    assert sorted(found) == sorted(group.principals.values()) == found


async def test_explanation_list_and_mask_agree_on_everybody(group):
    catalogue = group.installation.catalogue
    actors = {name: await group.actor(name) for name in EVERYBODY}
    outcomes = []
    async with group.work_as("sage") as work:
        for named, action in ACTS:
            rows = ("ada", "eve") if named.startswith("Person") else ("east", "head")
            for row in (row_of(group, one, named) for one in rows):
                facts = await row.facts(work)
                listed, more = await who_can(work, WhoCan(row=row, action=action, first=100))
                can = {one.principal.id: one for one in listed}
                assert not more
                for name, actor in actors.items():
                    command = ExplainAccess(
                        principal_id=group.principals[name], row=row, action=action
                    )
                    found = await explain_access(work, command)
                    number = catalogue.locate(named)
                    opened = actor.mask.cell(action, *number).opens(facts, actor.variables)
                    assert found.allowed == opened == (actor.principal_id in can), (name, row)
                    if opened:
                        decided = tuple(one.weighed for one in found.decided_by)
                        assert can[actor.principal_id].lines == decided
                    outcomes.append(found.allowed)

    assert 40 < sum(outcomes) < len(outcomes) - 40


async def test_an_explanation_of_something_else_than_casbin_decided_is_none(group, monkeypatch):
    real = Judge.decide

    def another(judge, actor, named, action, facts):
        found = real(judge, actor, named, action, facts)
        if named != "Person.phone":
            return found
        return Decision(allowed=not found.allowed, line=found.line)

    monkeypatch.setattr(Judge, "decide", another)
    row = row_of(group, "ada", "Person.phone")
    for name in ("grace", "eve"):
        command = ExplainAccess(principal_id=group.principals[name], row=row, action="read")
        with pytest.raises(EnforcementFailed):
            async with group.work_as("sage") as work:
                await explain_access(work, command)


async def test_the_lines_are_looked_up_once_for_all_who_hold_the_same_roles_there(
    group, monkeypatch
):
    async with group.work_as(group.founder) as work:
        for name in ("one", "another"):
            registered = RegisterPrincipal(
                kind=PrincipalKind.SERVICE,
                name=name,
                tenant_id=group.tenants["east"],
                owner_id=group.principals["bea"],
            )
            twin = await register_principal(work, registered)
            given = AssignRole(
                principal_id=twin.id, role="overseer", tenant_id=registered.tenant_id
            )
            await assign_role(work, given)
    asked, real = [], who_can_module.speaking
    monkeypatch.setattr(
        who_can_module, "speaking", lambda *given: asked.append(given[1]) or real(*given)
    )
    command = WhoCan(row=row_of(group, "ada", "Person.displayName"), action="read", first=100)
    async with group.work_as("sage") as work:
        found, _ = await who_can(work, command)

    kinds = {(one.principal.tenant_id, one.roles) for one in found}
    assert len(asked) == len(kinds) == len(found) - 1
