"""Principals are registered by whoever grants, and a service account answers to a person."""

import pytest

from domain.access.assign_role import AssignRole, assign_role
from domain.kernel.ids import external_id
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode
from runtime.identify import identified
from tests.domain.access.tokens import codes, prc
from tests.people import TODAY

REGISTER = """
mutation($input: RegisterPrincipalInput!) {
  registerPrincipal(input: $input) {
    principal { id kind name owner { id } } userErrors { code path }
  }
}
"""
REOWN = """
mutation($input: ReownPrincipalInput!) {
  reownPrincipal(input: $input) { principal { id owner { id } } userErrors { code path } }
}
"""


@pytest.fixture
async def granting(group):
    """Hugo grants, besides what he does."""
    role = AssignRole(
        principal_id=group.principals["hugo"],
        role="security_admin",
        tenant_id=group.tenants["head"],
    )
    await group.do(group.founder, assign_role, role)
    return group


async def registered(group, who="hugo", **given):
    told = await group.read(who, REGISTER, input={"tenantId": group.tnt("head"), **given})
    return told["registerPrincipal"]


async def test_a_service_account_is_registered_with_its_owner(granting):
    told = await registered(
        granting, kind="SERVICE", name=" 考试系统 ", ownerId=prc(granting, "olga")
    )

    assert told["userErrors"] == []
    assert told["principal"]["name"] == "考试系统"
    assert told["principal"]["owner"] == {"id": prc(granting, "olga")}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"kind": "SERVICE", "name": "x"}, "OWNER_NEEDED", ["ownerId"]),
        ({"kind": "SERVICE", "name": "x", "owner": "vera"}, "OWNER_UNFIT", ["ownerId"]),
        ({"kind": "VENDOR", "name": "x", "owner": "olga"}, "OWNER_NEEDED", ["ownerId"]),
        ({"kind": "VENDOR"}, "ACCOUNT_NAME_NEEDED", ["name"]),
        ({"kind": "VENDOR", "name": "x", "person": "hugo"}, "PERSON_NEEDED", ["personId"]),
        ({"kind": "PERSON"}, "PERSON_NEEDED", ["personId"]),
        ({"kind": "PERSON", "person": "hugo", "name": "x"}, "ACCOUNT_NAME_NEEDED", ["name"]),
        ({"kind": "PERSON", "person": "hugo"}, "PRINCIPAL_EXISTS", ["personId"]),
        ({"kind": "PERSON", "person": "ada"}, "NOT_FOUND", ["personId"]),
    ],
)
async def test_what_does_not_fit_is_refused_and_writes_nothing(granting, given, code, path):
    meant = dict(given)
    if "owner" in meant:
        meant["ownerId"] = prc(granting, meant.pop("owner"))
    if "person" in meant:
        meant["personId"] = granting.psn(meant.pop("person"))
    async with granting.unchanged():
        told = await registered(granting, **meant)

    assert (codes(told), told["userErrors"][0]["path"]) == ([code], path)


async def test_whoever_does_not_grant_registers_nobody(group):
    async with group.unchanged():
        by_grace = await registered(group, "grace", kind="VENDOR", name="x")
        by_olga = await registered(group, "olga", kind="VENDOR", name="x")

    assert codes(by_grace) == codes(by_olga) == ["FORBIDDEN"]


async def test_an_account_outlives_its_owner_under_another(granting):
    group = granting
    await leave_as_founder(group, "olga")
    assert await identified(group.installation, group.tokens["axel"]) is None

    gone = await group.read(
        "hugo", REOWN, input={"principalId": prc(group, "axel"), "ownerId": prc(group, "olga")}
    )
    told = await group.read(
        "hugo", REOWN, input={"principalId": prc(group, "axel"), "ownerId": prc(group, "cora")}
    )

    assert codes(gone["reownPrincipal"]) == ["OWNER_UNFIT"]
    assert told["reownPrincipal"]["userErrors"] == []
    assert told["reownPrincipal"]["principal"]["owner"] == {"id": prc(group, "cora")}
    assert await identified(group.installation, group.tokens["axel"]) is not None


async def test_a_token_of_an_account_stops_with_the_leaving_itself(group):
    """An actor who was made before finds the policy moved, and is made again in vain."""
    before = await group.actor("axel")

    await leave_as_founder(group, "olga")

    [head] = await group.rows("SELECT version FROM policy_head WHERE group_id = :g")
    assert head.version > before.policy_version
    assert await identified(group.installation, group.tokens["axel"]) is None


async def test_strangers_see_no_principal_but_their_own(group):
    every = await group.read("grace", "{ principals { nodes { id } } }")
    other = await group.read(
        "grace", "query($id: ID!) { principal(id: $id) { id } }", id=prc(group, "ada")
    )
    made_up = await group.read(
        "grace",
        "query($id: ID!) { principal(id: $id) { id } }",
        id=external_id("prc", group.people["ada"]),
    )

    assert every["principals"]["nodes"] == [{"id": prc(group, "grace")}]
    assert other == made_up == {"principal": None}


async def leave_as_founder(group, name):
    command = Leave(
        person_id=group.people[name],
        expected_version=(await group.person(name)).row_version,
        left_on=TODAY,
        leave_code=LeaveCode.PAY,
    )
    await group.do(group.founder, leave, command)
