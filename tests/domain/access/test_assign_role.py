"""Roles are given and taken: known ones, apart where they must be, approved where they open."""

import asyncio
from datetime import timedelta

import pytest

from authz.lint import ADMINISTRATORS
from domain.access.assign_role import AssignRole, assign_role
from domain.access.assigning import (
    OwnRole,
    RoleHeld,
    RoleNotForAccounts,
    RolesApart,
    RoleUnknown,
    ValidityEmpty,
)
from domain.access.changes import SecondPersonNeeded
from domain.access.ending import RoleEnded
from domain.access.models import ChangeState, RoleAssignment
from domain.access.revoke_role import RevokeRole, revoke_role
from domain.kernel.errors import Forbidden, NotFound, Refusal
from domain.kernel.ids import uuid7
from runtime.unit import StaleActor
from tests.domain.access.editing import admitted, approved, draft, edited, version
from tests.domain.access.entrusting import add_lines
from tests.people import refused

PEOPLE = "{ people { totalCount } }"


async def given(group, who, to, role, *, at="east", **more):
    command = AssignRole(
        principal_id=group.principals[to], role=role, tenant_id=group.tenants[at], **more
    )
    return await group.do(who, assign_role, command)


async def assignments(group, of):
    return await group.rows(
        "SELECT * FROM role_assignment WHERE group_id = :g AND principal_id = :p "
        "ORDER BY role = 'learner' DESC, id",
        p=group.principals[of],
    )


async def test_a_role_that_shows_nothing_sealed_of_others_is_given_at_once(group):
    change = await given(group, "sage", "walt", "overseer", at="west")

    assert change.state is ChangeState.APPLIED
    [_, row] = await assignments(group, "walt")
    assert (row.role, row.change_id) == ("overseer", change.id)
    assert "overseer" in (await group.actor("walt")).roles


async def test_a_role_that_shows_what_is_sealed_waits_for_a_second_person(group):
    await admitted(group, "sven", "security_admin")
    before = await version(group)

    change = await given(group, "sage", "ada", "recruiter")

    assert change.state is ChangeState.PROPOSED
    assert await version(group) == before
    assert "recruiter" not in (await group.actor("ada")).roles
    async with group.unchanged():
        with refused(SecondPersonNeeded):
            await approved(group, "sage", change)
    await approved(group, "sven", change)
    assert "recruiter" in (await group.actor("ada")).roles


async def test_a_role_that_may_grant_waits_too_and_is_not_approved_by_whoever_gets_it(group):
    await admitted(group, "sven", "security_admin")

    granting = await given(group, "sage", "hugo", "security_admin", at="head")
    change = await given(group, "sage", "sven", "recruiter", at="head")

    assert granting.state is change.state is ChangeState.PROPOSED
    async with group.unchanged():
        with refused(OwnRole):
            await approved(group, "sven", change)


async def test_a_role_begins_and_ends_when_it_is_said_to(group):
    begins = group.clock.now + timedelta(hours=1)
    ends = begins + timedelta(hours=1)
    await given(group, "sage", "walt", "overseer", at="west", valid_from=begins, valid_to=ends)
    remembered = await group.actor("walt")
    assert "overseer" not in remembered.roles
    assert remembered.until == begins

    group.clock.now = begins
    assert not remembered.of_today(begins)
    assert "overseer" in (await group.actor("walt")).roles

    group.clock.now = ends
    assert "overseer" not in (await group.actor("walt")).roles


@pytest.mark.parametrize("role", ["chairman", "", "Overseer"])
async def test_a_role_that_the_policy_does_not_know_is_not_given(group, role):
    async with group.unchanged():
        with refused(RoleUnknown, at=("role",)):
            await given(group, "sage", "ada", role)
        with refused(RoleUnknown, at=("role",)):
            await given(group, group.founder, "ada", role)


async def test_a_role_is_known_as_soon_as_a_line_speaks_of_it(group):
    await edited(group, "sage", draft("librarian Course read reach"))

    assert (await given(group, "sage", "ada", "librarian")).state is ChangeState.APPLIED


async def test_nobody_gives_a_role_to_themselves_under_any_account(group):
    await admitted(group, "sage2", "automation", of="sage")
    async with group.unchanged():
        for to in ("sage", "sage2"):
            with refused(OwnRole):
                await given(group, "sage", to, "overseer", at="head")


async def test_the_administrators_stay_apart_in_one_person(group):
    async with group.unchanged():
        for role in ("security_admin", "audit_admin"):
            with refused(RolesApart):
                await given(group, "sage", "olga", role, at="head")


@pytest.mark.parametrize("to", ["axel", "vera"])
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
async def test_no_account_is_made_an_administrator(group, to, role):
    """Nobody stands behind its token who could be asked, or could show a second factor."""
    async with group.unchanged():
        for by in ("sage", group.founder):
            with refused(RoleNotForAccounts, at=("role",)):
                await given(group, by, to, role, at="head")


async def test_an_account_grants_nothing_whatever_its_role_comes_to_say(group):
    await add_lines(group, "automation", ("Policy", "read grant", "reach", "allow"))
    row = RoleAssignment(tenant_id=group.tenants["head"], principal_id=group.principals["axel"],
                         role="security_admin", valid_from=group.clock.now)  # fmt: skip
    async with group.work_as(group.founder) as work:
        await work.add(row)
        work.policy_changed()

    actor = await group.actor("axel")

    assert actor.mask.cell("grant", "Policy").never
    assert not actor.mask.cell("read", "Policy").never
    async with group.unchanged():
        with refused(Forbidden):
            await given(group, "axel", "walt", "overseer", at="west")


async def test_a_role_that_is_held_there_is_not_given_again(group):
    async with group.unchanged():
        with refused(RoleHeld):
            await given(group, "sage", "ada", "learner")
    [held] = await assignments(group, "ada")
    await group.do("sage", revoke_role, RevokeRole(role_assignment_id=held.id))

    await given(group, "sage", "ada", "learner")

    assert (await group.actor("ada")).roles >= {"learner"}


async def test_times_that_make_no_sense_are_refused(group):
    now = group.clock.now
    async with group.unchanged():
        for times in (
            {"valid_to": now},
            {"valid_from": now + timedelta(hours=2), "valid_to": now + timedelta(hours=1)},
            {"valid_from": now - timedelta(seconds=1)},
        ):
            with refused(ValidityEmpty):
                await given(group, "sage", "walt", "overseer", at="west", **times)


async def test_a_proposal_whose_time_is_over_is_not_approved(group):
    await admitted(group, "sven", "security_admin")
    ends = group.clock.now + timedelta(hours=1)
    change = await given(group, "sage", "ada", "recruiter", valid_to=ends)

    group.clock.now = ends

    async with group.unchanged():
        with refused(ValidityEmpty):
            await approved(group, "sven", change)


async def test_nobody_grants_above_their_own_tenant(group):
    await admitted(group, "sven", "security_admin", at="east")
    async with group.unchanged():
        with refused(Forbidden):
            await given(group, "sven", "ada", "overseer", at="north")
        with refused(NotFound, at=("principalId",)):  # like one that is not there
            await given(group, "sven", "walt", "overseer", at="east")
        with refused(NotFound, at=("principalId",)):
            unknown = AssignRole(
                principal_id=uuid7(group.clock.now),
                role="overseer",
                tenant_id=group.tenants["east"],
            )
            await group.do("sven", assign_role, unknown)

    assert (await given(group, "sven", "ada", "overseer")).state is ChangeState.APPLIED


@pytest.mark.parametrize("who", ["ada", "grace", "bea", "hugo", "olga", "anna", "axel"])
async def test_whoever_may_not_grant_gives_and_takes_nothing(group, who):
    [held] = await assignments(group, "walt")
    async with group.unchanged():
        with pytest.raises((Forbidden, NotFound)):
            await given(group, who, "walt", "overseer", at="west")
        with pytest.raises((Forbidden, NotFound)):
            await group.do(who, revoke_role, RevokeRole(role_assignment_id=held.id))


async def test_to_take_a_role_needs_nobody_else_and_holds_from_the_next_request(group):
    assert (await group.read("grace", PEOPLE))["people"]["totalCount"] > 1
    [held] = await assignments(group, "grace")
    actor = await group.actor("grace")

    change = await group.do("sage", revoke_role, RevokeRole(role_assignment_id=held.id))

    assert change.state is ChangeState.APPLIED
    assert await version(group) == actor.policy_version + 1
    assert (await group.actor("grace")).roles == frozenset()
    async with group.unchanged():
        with refused(RoleEnded, at=("roleAssignmentId",)):
            await group.do("sage", revoke_role, RevokeRole(role_assignment_id=held.id))
        with refused(NotFound, at=("roleAssignmentId",)):
            await group.do(
                "sage", revoke_role, RevokeRole(role_assignment_id=uuid7(group.clock.now))
            )


async def test_a_role_that_was_to_begin_later_has_never_held_when_it_is_taken(group):
    begins = group.clock.now + timedelta(hours=1)
    await given(group, "sage", "walt", "overseer", at="west", valid_from=begins)
    [_, later] = await assignments(group, "walt")

    await group.do("sage", revoke_role, RevokeRole(role_assignment_id=later.id))

    [_, row] = await assignments(group, "walt")
    assert row.valid_to == row.valid_from == begins
    group.clock.now = begins
    assert "overseer" not in (await group.actor("walt")).roles


async def test_of_two_who_approve_at_once_one_is_told_that_it_is_done(group):
    await admitted(group, "sven", "security_admin")
    await admitted(group, "una", "security_admin")
    change = await given(group, "sage", "ada", "recruiter")

    ended = await asyncio.gather(
        approved(group, "sven", change), approved(group, "una", change), return_exceptions=True
    )

    # The other may have waited for the first, or have been of the policy before it.
    assert sorted(isinstance(one, Refusal | StaleActor) for one in ended) == [False, True]
    assert len(await assignments(group, "ada")) == 2
