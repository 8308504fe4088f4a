"""System, security and audit administrators are different people: the database sees to it."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from authz.lint import ADMINISTRATORS
from domain.access.models import APART, PolicyLine, RoleAssignment
from domain.kernel.ids import uuid7

PAIRS = list(permutations(sorted(ADMINISTRATORS), 2))


def kept_apart(clash):
    """Whether it was the database that kept two administrators apart."""
    violated = clash.orig.__cause__
    return clash.orig.sqlstate == "23P01" and violated.constraint_name == APART


def assignment(group, role, who="ada", *, begins=0, ends=None):
    """An assignment that begins and ends so many days from now."""
    now = group.clock.now
    given = RoleAssignment(
        id=uuid7(now),
        tenant_id=group.tenants["head"],
        principal_id=group.principals[who],
        role=role,
        valid_from=now + timedelta(days=begins),
        valid_to=None if ends is None else now + timedelta(days=ends),
    )
    given.group_id, given.created_at = group.id, now
    return given


async def give(group, *assignments):
    async with group.installation.writer.transaction(group.id, None) as session:
        session.add_all(assignments)


async def held(group, who="ada"):
    rows = await group.rows(
        "SELECT role FROM role_assignment WHERE group_id = :g AND principal_id = :p",
        p=group.principals[who],
    )
    return sorted(row.role for row in rows if row.role in ADMINISTRATORS)


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_one_who_holds_the_one_role_is_not_given_the_other(group, first, second):
    await give(group, assignment(group, first))

    with pytest.raises(IntegrityError) as clash:
        await give(group, assignment(group, second))

    assert kept_apart(clash.value)
    assert await held(group) == [first]


async def test_one_after_the_other_and_the_same_twice_and_different_people_are_let_be(group):
    await give(group, assignment(group, "system_admin", ends=10))
    await give(group, assignment(group, "system_admin", begins=5, ends=10))
    await give(group, assignment(group, "security_admin", begins=10, ends=20))
    await give(group, assignment(group, "security_admin", "grace"))
    await give(group, assignment(group, "supervisor"), assignment(group, "mentor"))

    assert await held(group) == ["security_admin", "system_admin", "system_admin"]


@pytest.mark.parametrize(("begins", "ends"), [(-1, None), (9, None), (-5, 1), (3, 4)])
async def test_times_that_overlap_by_an_instant_are_too_much(group, begins, ends):
    await give(group, assignment(group, "audit_admin", ends=10))

    with pytest.raises(IntegrityError) as clash:
        await give(group, assignment(group, "security_admin", begins=begins, ends=ends))

    assert kept_apart(clash.value)


async def test_an_assignment_cannot_be_drawn_out_over_another(group):
    await give(group, assignment(group, "audit_admin", begins=10))
    await give(group, assignment(group, "system_admin", ends=10))

    with pytest.raises(IntegrityError) as clash:
        await draw_out(group)

    assert kept_apart(clash.value)


async def draw_out(group):
    async with group.installation.writer.transaction(group.id, None) as session:
        row = await session.scalar(
            select(RoleAssignment).where(
                RoleAssignment.group_id == group.id,
                RoleAssignment.principal_id == group.principals["ada"],
                RoleAssignment.role == "system_admin",
            )
        )
        row.valid_to += timedelta(days=1)


async def test_another_group_is_another_world(group, other_group):
    await give(group, assignment(group, "audit_admin"))
    await give(other_group, assignment(other_group, "security_admin"))

    assert await held(group) == ["audit_admin"]
    assert await held(other_group) == ["security_admin"]


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("ending", ["commits", "gives up"])
async def test_of_two_at_once_one_wins_and_the_other_waits_for_it(group, first, second, ending):
    """Neither sees the other; the constraint does."""
    writing, ended = asyncio.Event(), asyncio.Event()

    async def begin():
        async with group.installation.writer.transaction(group.id, None) as session:
            session.add(assignment(group, first))
            await session.flush()
            writing.set()
            await blocked(group)
            if ending == "gives up":
                raise LookupError
        ended.set()

    async def follow():
        await writing.wait()
        await give(group, assignment(group, second))

    outcomes = await asyncio.gather(begin(), follow(), return_exceptions=True)

    if ending == "commits":
        assert ended.is_set()
        assert isinstance(outcomes[1], IntegrityError)
        assert kept_apart(outcomes[1])
        assert await held(group) == [first]
    else:
        assert isinstance(outcomes[0], LookupError)
        assert outcomes[1] is None
        assert await held(group) == [second]


async def blocked(group):
    """Wait until somebody of this database waits for a transaction of another one to end."""
    async with asyncio.timeout(10):
        while not (  # noqa: ASYNC110 - the server tells nobody
            await group.rows(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO role_assignment%'"
            )
        ):
            await asyncio.sleep(0.01)


async def test_other_clashes_are_not_taken_for_it(group):
    given = assignment(group, "audit_admin")
    await give(group, given)
    twin = assignment(group, "audit_admin")
    twin.id = given.id

    with pytest.raises(IntegrityError) as clash:
        await give(group, twin)

    assert not kept_apart(clash.value)


LINES = (
    ("auditor", "write", "allow", False),
    ("auditor", "decrypt", "allow", False),
    ("auditor", "*", "allow", False),
    ("audit_admin", "grant", "allow", False),
    ("auditor", "write", "deny", True),
    ("auditor", "*", "deny", True),
    ("auditor", "read", "allow", True),
    ("audit_admin", "aggregate", "allow", True),
    ("branch_hr", "write", "allow", True),
)


@pytest.mark.parametrize(("role", "action", "effect", "fits"), LINES)
async def test_no_line_lets_a_role_for_reading_do_more(group, role, action, effect, fits):
    line = PolicyLine(
        id=uuid7(group.clock.now),
        tenant_id=group.id,
        ptype="p",
        role=role,
        tenant_path="/",
        object="Course",
        action=action,
        effect=effect,
        valid_from=group.clock.now,
    )
    line.group_id, line.created_at = group.id, group.clock.now
    before = await group.everything()
    if fits:
        await give(group, line)
    else:
        with pytest.raises(IntegrityError, match="ck_policy_line_readonly"):
            await give(group, line)
    assert (await group.everything() == before) is not fits


async def test_a_role_for_reading_may_contain_others_which_the_lint_looks_into(group):
    line = PolicyLine(
        id=uuid7(group.clock.now),
        tenant_id=group.id,
        ptype="g",
        role="auditor",
        tenant_path="/",
        inherits="reader",
        valid_from=group.clock.now,
    )
    line.group_id, line.created_at = group.id, group.clock.now

    await give(group, line)
