"""An explanation says of each kind of principal what its requests do: of no other actor."""

import pytest

from authz.actor import PrincipalKind
from domain.access.asked_row import AskedRow
from domain.access.assign_role import AssignRole, assign_role
from domain.access.explain_access import ExplainAccess, explain_access
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.tokens import TokenKind
from domain.access.who_can import WhoCan, who_can
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode, Person
from runtime.identify import identified
from tests.api.graphql.test_conditions import passes
from tests.domain.access.entrusting import add_lines, admit, cohort_of, entrust, give_token
from tests.people import TODAY

ACTS = (
    ("Person", "read"), ("Person", "write"), ("Person.displayName", "read"),
    ("Person.displayName", "write"), ("Person.phone", "read"), ("Person.phone", "decrypt"),
    ("Person.email", "read"), ("Person.bankAccount", "read"),
)  # fmt: skip
NAMES = "{ people(first: 100) { nodes { id displayName } } }"


def row_of(group, name, named):
    return AskedRow(entity=Person, id=group.people[name], type="Person", object=named)


async def admitted(group, name, role, kind, **more):
    """Somebody of a kind with a role and a token of theirs."""
    registered = RegisterPrincipal(kind=kind, name=name, tenant_id=group.tenants["head"], **more)
    async with group.work_as(group.founder) as work:
        principal = await register_principal(work, registered)
        given = AssignRole(principal_id=principal.id, role=role, tenant_id=group.tenants["head"])
        await assign_role(work, given)
    group.principals[name] = principal.id
    kind = TokenKind.SERVICE if kind is PrincipalKind.SERVICE else TokenKind.PERSON
    await give_token(group, name, kind=kind)


async def person(group):
    return "grace"


async def service(group):
    await admitted(
        group, "bot", "branch_hr", PrincipalKind.SERVICE, owner_id=group.principals["olga"]
    )
    return "bot"


async def auditor_who_would_write(group):
    await admitted(group, "amy", "branch_hr", PrincipalKind.AUDITOR)
    return "amy"


async def vendor(group, when):
    await add_lines(
        group,
        "trainer",
        ("Person", "read", when, "allow"),
        ("Person.*", "read write", when, "allow"),
    )
    await admit(group, "vera", "trainer")
    await entrust(group, cohort_id=await cohort_of(group, "ada"))
    return "vera"


async def vendor_whose_lines_ask_for_the_contract(group):
    return await vendor(group, "contract_covers")


async def vendor_whose_lines_open_everything(group):
    return await vendor(group, "-")


async def vendor_without_a_contract(group):
    await add_lines(
        group, "trainer", ("Person", "read", "-", "allow"), ("Person.*", "read", "-", "allow")
    )
    await admit(group, "vera", "trainer")
    await give_token(group, "vera")
    return "vera"


async def who_is_not_certified(group):
    await add_lines(
        group, "learner", ("Person", "read", "certified", "allow"),
        ("Person.email", "read", "certified", "allow"),
    )  # fmt: skip
    return "ada"


async def who_is_certified(group):
    name = await who_is_not_certified(group)
    await passes(group, name, days=30)
    return name


KINDS = (
    person, service, auditor_who_would_write, vendor_whose_lines_ask_for_the_contract,
    vendor_whose_lines_open_everything, vendor_without_a_contract, who_is_not_certified,
    who_is_certified,
)  # fmt: skip


async def explained(group, name, row, action):
    async with group.work_as("sage") as work:
        principal = group.principals[name]
        told = await explain_access(
            work, ExplainAccess(principal_id=principal, row=row, action=action)
        )
        listed, _ = await who_can(work, WhoCan(row=row, action=action, first=100))
        capable = {one.principal.id: one for one in listed}.get(principal)
        assert told.allowed is (capable is not None), (row, action)
        assert capable is None or capable.shown is told.shown
        return told, await row.facts(work)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.__name__)
async def test_an_explanation_says_what_the_requests_of_a_principal_do(group, kind):
    name = await kind(group)
    actor = await group.actor(name)
    shown = await group.ask(name, NAMES)
    seen = shown["data"]["people"]["nodes"] if "errors" not in shown else []
    names = {one["id"]: one["displayName"] for one in seen}

    for whose in ("ada", "eve", "walt"):
        for named, action in ACTS:
            row = row_of(group, whose, named)
            told, facts = await explained(group, name, row, action)
            cell = actor.mask.cell(action, *actor.mask.catalogue.locate(named))
            assert told.allowed is cell.opens(facts, actor.variables), (whose, named, action)
            assert told.shown is (group.psn(whose) in names)
            if (named, action) == ("Person.displayName", "read") and told.shown:
                assert told.allowed is (names[group.psn(whose)] is not None)


async def test_what_somebody_is_and_not_their_roles_is_told_to_forbid_it(group):
    told, _ = await explained(
        group, await auditor_who_would_write(group), row_of(group, "ada", "Person"), "write"
    )
    assert (told.allowed, told.bounded, bool(told.decided_by)) == (False, True, True)

    name = await vendor_whose_lines_open_everything(group)
    for whose, allowed in (("ada", True), ("eve", False)):
        row = row_of(group, whose, "Person.displayName")
        told, _ = await explained(group, name, row, "read")
        assert (told.allowed, told.bounded) == (allowed, not allowed)


async def test_an_account_whose_owner_has_left_can_nothing(group):
    name, row = await service(group), row_of(group, "ada", "Person.displayName")
    assert (await explained(group, name, row, "read"))[0].allowed

    command = Leave(
        person_id=group.people["olga"],
        expected_version=(await group.person("olga")).row_version,
        left_on=TODAY,
        leave_code=LeaveCode.PAY,
    )
    await group.do(group.founder, leave, command)

    assert await identified(group.installation, group.tokens[name]) is None
    assert not (await explained(group, name, row, "read"))[0].allowed
