"""A role is weighed beside all others that its holder has, as it begins and as it ends."""

from datetime import timedelta

import pytest

from domain.access.assign_role import AssignRole, assign_role
from domain.access.ending import RoleEnded
from domain.access.models import ChangeState
from domain.access.preview_policy import preview_policy_change
from domain.access.revoke_role import RevokeRole, revoke_role
from tests.domain.access.editing import admitted, approved, version
from tests.domain.access.entrusting import add_lines
from tests.people import refused

PHONES = "{ people { nodes { phone { value(purpose: EMERGENCY_CONTACT) } } } }"


async def given(group, who, to, role, *, at, **more):
    command = AssignRole(
        principal_id=group.principals[to], role=role, tenant_id=group.tenants[at], **more
    )
    return await group.do(who, assign_role, command)


async def taken(group, who, of, role):
    [row] = await group.rows(
        "SELECT id FROM role_assignment WHERE group_id = :g AND principal_id = :p AND role = :r",
        p=group.principals[of],
        r=role,
    )
    return await group.do(who, revoke_role, RevokeRole(role_assignment_id=row.id, reason="tested"))


async def phones(group, who):
    """How many phones somebody can open, their own among them."""
    answer = await group.ask(who, PHONES)
    nodes = ((answer["data"] or {}).get("people") or {"nodes": []})["nodes"]
    return sum(1 for one in nodes if one["phone"] and one["phone"]["value"])


@pytest.fixture
async def watched(group):
    """Bea opens phones by one role, and watches by another one, which keeps them closed."""
    await admitted(group, "sven", "security_admin")
    await given(group, group.founder, "bea", "auditor", at="east")
    assert await phones(group, "bea") == 0
    return group


async def test_to_take_a_role_that_closes_waits_for_a_second_person(watched):
    before = await version(watched)

    change = await taken(watched, "sage", "bea", "auditor")

    assert change.state is ChangeState.PROPOSED
    assert await version(watched) == before
    assert await phones(watched, "bea") == 0
    async with watched.work_as("sven") as work:
        preview = await preview_policy_change(work, change.id)
    assert preview.exposes
    assert (len(preview.ends), preview.begins, preview.people) == (1, (), 1)
    assert preview.impact.widens > 0

    await approved(watched, "sven", change)

    assert await version(watched) == before + 1
    assert await phones(watched, "bea") > 0


async def test_a_role_that_has_ended_before_its_end_is_approved_ends_once(watched):
    change = await taken(watched, "sage", "bea", "auditor")
    await watched.do(
        watched.founder,
        revoke_role,
        RevokeRole(role_assignment_id=change.diff["assignment"]),
    )

    async with watched.unchanged():
        with refused(RoleEnded):
            await approved(watched, "sven", change)


async def test_the_role_that_opens_is_taken_at_once(watched):
    change = await taken(watched, "sage", "bea", "branch_hr")

    assert change.state is ChangeState.APPLIED
    assert "branch_hr" not in (await watched.actor("bea")).roles


@pytest.fixture
async def paid(group):
    """Walt may open what is sealed, of nobody: the role has the fields and no rows."""
    await add_lines(
        group,
        "payroll",
        ("Person", "read", "own_line", "allow"),
        ("@P3", "read decrypt", "-", "allow"),
    )
    await given(group, group.founder, "walt", "payroll", at="head")
    return group


async def test_a_role_that_gives_rows_to_the_fields_of_another_waits(paid):
    change = await given(paid, "sage", "walt", "overseer", at="head")

    assert change.state is ChangeState.PROPOSED
    assert await phones(paid, "walt") == 1


async def test_rows_that_are_to_meet_the_fields_later_wait_too(paid):
    """Not now, while another role closes; nor where walt acts, but where he may come to."""
    ends = paid.clock.now + timedelta(hours=2)
    await given(paid, paid.founder, "walt", "auditor", at="head", valid_to=ends)

    during = await given(paid, "sage", "walt", "overseer", at="head", valid_to=ends)
    beyond = await given(paid, "sage", "walt", "overseer", at="head",
                         valid_from=ends)  # fmt: skip
    elsewhere = await given(paid, "sage", "walt", "overseer", at="east")

    assert during.state is ChangeState.APPLIED
    assert beyond.state is elsewhere.state is ChangeState.PROPOSED


async def test_a_role_whose_rows_show_nothing_sealed_is_given_at_once(paid):
    change = await given(paid, "sage", "eve", "overseer", at="west")

    assert change.state is ChangeState.APPLIED
