"""The policy is edited while everybody works: checked whole, weighed, approved where it opens."""

import asyncio
from datetime import timedelta

import pytest

from domain.access.changes import ChangeDecided, ReasonMissing, SecondPersonNeeded
from domain.access.edit_policy import NothingEdited
from domain.access.models import ChangeState
from domain.access.reject_policy_change import RejectPolicyChange, reject_policy_change
from domain.access.weighing import (
    InvariantBroken,
    LineEndsByItself,
    LineNotInForce,
    PolicyMalformed,
)
from domain.access.withdraw_policy_change import (
    SomebodyElsesChange,
    WithdrawPolicyChange,
    withdraw_policy_change,
)
from domain.kernel.errors import Forbidden, NotFound, StaleVersion
from domain.kernel.ids import uuid7
from domain.organisation.move_tenant import MoveTenant, move_tenant
from runtime.unit import StaleActor
from tests.domain.access.editing import (
    admitted,
    approved,
    contains,
    draft,
    edited,
    lines_of,
    version,
)
from tests.people import refused

PEOPLE = "{ people { totalCount } }"
PHONE = '{ person(id: "%s") { phone { masked } } }'
PLAIN = draft("learner Cohort read subtree")
SEALED = draft("onboarding @pi.identity read subtree")


async def state_of(group, change):
    [row] = await group.rows("SELECT * FROM policy_change WHERE id = :id", id=change.id)
    return row


async def test_an_edit_that_opens_nothing_sealed_holds_at_once_and_says_what_it_did(group):
    before = await version(group)

    change = await edited(group, "sage", PLAIN)

    row = await state_of(group, change)
    assert (row.state, row.base_version, row.applied_version) == ("APPLIED", before, before + 1)
    assert await version(group) == before + 1
    [line] = await lines_of(group, "learner", "Cohort")
    assert line.change_id == change.id
    # A supervisor sees cohorts already, by another line.
    assert row.impact["cells"] == ["WIDENS learner / read Cohort", "WIDENS mentor / read Cohort"]
    assert (row.widens, row.narrows, row.people) == (2, 0, len(("ada", "walt", "mary")))
    assert not (await group.actor("ada")).mask.cell("read", "Cohort").never


async def test_a_line_that_ends_is_kept_and_holds_no_longer(group):
    [line] = [one for one in await lines_of(group, "learner", "Person") if one.action == "read"]
    assert (await group.read("ada", PEOPLE))["people"]["totalCount"] == 1

    change = await edited(group, "sage", end=[line.id])

    assert (await group.ask("ada", PEOPLE))["data"]["people"]["totalCount"] == 0
    [kept] = await group.rows("SELECT valid_to FROM policy_line WHERE id = :id", id=line.id)
    assert kept.valid_to == group.clock.now
    assert (await state_of(group, change)).narrows > 0


async def test_what_would_show_more_that_is_sealed_waits_for_a_second_person(group):
    await admitted(group, "sven", "security_admin")
    before = await version(group)

    change = await edited(group, "sage", SEALED)

    assert change.state is ChangeState.PROPOSED
    assert await version(group) == before
    assert await lines_of(group, "onboarding", "@pi.identity") == []
    async with group.unchanged():
        with refused(SecondPersonNeeded):
            await approved(group, "sage", change)

    await approved(group, "sven", change)

    row = await state_of(group, change)
    assert (row.state, row.applied_version) == ("APPLIED", before + 1)
    assert row.decided_by == group.principals["sven"]
    assert len(await lines_of(group, "onboarding", "@pi.identity")) == 1


@pytest.mark.parametrize(
    "line",
    [
        draft("mentor Person.email decrypt own_mentees"),
        draft("hq_manager @P4 read subtree"),
        draft("mentor Policy grant subtree"),
        draft("recruiter @pi.contact export subtree"),
        draft("newcomer * * -"),
    ],
    ids=["opens", "P4", "grants", "exports", "everything"],
)
async def test_every_way_of_opening_more_is_proposed_or_refused(group, line):
    before = await version(group)
    try:
        change = await edited(group, "sage", line)
    except InvariantBroken:
        assert line.object in {"Policy", "*"}
    else:
        assert change.state is ChangeState.PROPOSED
    assert await version(group) == before


async def test_a_deny_that_ends_opens_and_waits_too(group):
    deny = draft("recruiter @pi.contact decrypt own_line deny")
    await edited(group, "sage", deny)
    [line] = [one for one in await lines_of(group, "recruiter") if one.effect == "deny"]

    change = await edited(group, "sage", end=[line.id])

    assert change.state is ChangeState.PROPOSED


async def test_an_edit_in_between_has_the_proposal_looked_at_again(group):
    await admitted(group, "sven", "security_admin")
    change = await edited(group, "sage", SEALED)
    looked_at = await version(group)
    await edited(group, "sage", PLAIN)

    async with group.unchanged():
        with refused(StaleVersion, at=("expectedVersion",)):
            await approved(group, "sven", change, at=looked_at)
    await approved(group, "sven", change)

    assert (await state_of(group, change)).applied_version == await version(group)


async def test_a_proposal_to_end_what_has_ended_meanwhile_is_refused(group):
    await admitted(group, "sven", "security_admin")
    [line] = await lines_of(group, "onboarding", "@pi.contact")
    change = await edited(group, "sage", SEALED, end=[line.id])
    await edited(group, "sage", end=[line.id])

    async with group.unchanged():
        with refused(LineNotInForce, at=("end", "0")):
            await approved(group, "sven", change)


async def test_a_proposal_is_decided_once(group):
    await admitted(group, "sven", "security_admin")
    change = await edited(group, "sage", SEALED)
    reject = RejectPolicyChange(policy_change_id=change.id, reason="too wide")
    withdraw = WithdrawPolicyChange(policy_change_id=change.id)

    with refused(SomebodyElsesChange):
        await group.do("sven", withdraw_policy_change, withdraw)
    with refused(SecondPersonNeeded):
        await group.do("sage", reject_policy_change, reject)
    with refused(ReasonMissing):
        await group.do(
            "sven", reject_policy_change, RejectPolicyChange(policy_change_id=change.id, reason=" ")
        )
    await group.do("sven", reject_policy_change, reject)

    row = await state_of(group, change)
    assert (row.state, row.decision) == ("REJECTED", "too wide")
    for who, verb, command in (
        ("sven", reject_policy_change, reject),
        ("sage", withdraw_policy_change, withdraw),
    ):
        with refused(ChangeDecided):
            await group.do(who, verb, command)
    with refused(ChangeDecided):
        await approved(group, "sven", change)


async def test_whoever_proposed_a_change_may_withdraw_it(group):
    change = await edited(group, "sage", SEALED)

    await group.do("sage", withdraw_policy_change, WithdrawPolicyChange(policy_change_id=change.id))

    assert (await state_of(group, change)).state == "WITHDRAWN"
    assert await lines_of(group, "onboarding", "@pi.identity") == []


async def test_of_two_who_edit_the_same_version_one_is_stale(group):
    await admitted(group, "sven", "security_admin")
    at = await version(group)
    one, other = draft("learner Cohort read subtree"), draft("learner Rate read subtree")

    ended = await asyncio.gather(
        edited(group, "sage", one, at=at),
        edited(group, "sven", other, at=at),
        return_exceptions=True,
    )

    # The other may have waited for the first, or have been of the policy before it.
    assert sorted(isinstance(one, StaleVersion | StaleActor) for one in ended) == [False, True]
    assert await version(group) == at + 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (draft("learner Persn read self"), "UNKNOWN_OBJECT"),
        (draft("learner Person.pho* read self"), "FREE_PREFIX"),
        (draft("learner Person.staffNumber read self"), "ROW_CORE_FIELD"),
        (draft("learner Person peek self"), "UNKNOWN_ACTION"),
        (draft("learner Person read own_branch"), "UNKNOWN_CONDITION"),
        (draft("learner Person read self Deny"), "UNKNOWN_EFFECT"),
        (draft("Learner Person read self"), "BAD_ROLE"),
    ],
)
async def test_a_policy_that_would_not_be_sound_is_refused_with_every_finding(group, line, said):
    async with group.unchanged():
        with refused(PolicyMalformed) as caught:
            await edited(group, "sage", line, draft("learner Cohrt read self"))

    assert said in caught.value.message("en")
    assert "Cohrt" in caught.value.message("zh-CN")


async def test_a_risk_by_itself_is_refused_as_well(group):
    async with group.unchanged():
        with refused(PolicyMalformed) as caught:
            await edited(group, "sage", draft("auditor Token create subtree"))
        with refused(PolicyMalformed):
            await edited(group, "sage", inherit=[contains("learner", "mentor")])
        with refused(PolicyMalformed):
            await edited(group, "sage", inherit=[contains("learner", "chairman")])

    assert "READONLY_DOES_MORE" in caught.value.message("en")


async def test_an_edit_that_breaks_an_invariant_is_refused_by_its_name(group):
    [deny] = [
        one
        for one in await lines_of(group, "vendor", "@P4")
        if (one.action, one.effect) == ("*", "deny")
    ]
    async with group.unchanged():
        with refused(InvariantBroken) as caught:
            await edited(group, "sage", end=[deny.id])

    assert "vendor-sees-no-sealed-value" in caught.value.message("en")


async def test_an_allow_may_end_by_itself_and_then_the_next_request_obeys(group):
    ends = group.clock.now + timedelta(hours=1)
    line = draft("learner Cohort read subtree", valid_to=ends)

    await edited(group, "sage", line)
    assert not (await group.actor("ada")).mask.cell("read", "Cohort").never

    group.clock.now = ends
    assert (await group.actor("ada")).mask.cell("read", "Cohort").never


async def test_a_deny_does_not_end_by_itself(group):
    later = group.clock.now + timedelta(hours=1)
    async with group.unchanged():
        for line in (
            draft("learner Cohort read - deny", valid_to=later),
            draft("learner Cohort read subtree", valid_to=group.clock.now),
        ):
            with refused(LineEndsByItself, at=("add", "0", "validTo")):
                await edited(group, "sage", line)


async def test_what_is_sent_has_to_say_something_and_why(group):
    async with group.unchanged():
        with refused(NothingEdited):
            await edited(group, "sage")
        with refused(ReasonMissing, at=("reason",)):
            await edited(group, "sage", PLAIN, reason="  ")
        with refused(LineNotInForce, at=("end", "0")):
            await edited(group, "sage", end=[uuid7(group.clock.now)])
        with refused(StaleVersion):
            await edited(group, "sage", PLAIN, at=1)
        with refused(NotFound, at=("add", "0", "tenantId")):
            await edited(
                group, "sage", draft("learner Cohort read -", tenant_id=uuid7(group.clock.now))
            )


@pytest.mark.parametrize("who", ["ada", "grace", "bea", "hugo", "olga", "anna", "axel", "vera"])
async def test_whoever_may_not_grant_edits_nothing(group, who):
    async with group.unchanged():
        with refused(Forbidden):
            await edited(group, who, PLAIN)


async def test_an_administrator_of_a_branch_edits_there_and_not_above(group):
    await admitted(group, "sven", "security_admin", at="east")
    async with group.unchanged():
        with refused(Forbidden):
            await edited(group, "sven", PLAIN)
        with refused(Forbidden):
            here_and_beside = [
                draft("learner Cohort read subtree", tenant_id=group.tenants[name])
                for name in ("east", "north")
            ]
            await edited(group, "sven", *here_and_beside)

    await edited(
        group, "sven", draft("learner Cohort read subtree", tenant_id=group.tenants["east"])
    )

    assert not (await group.actor("ada")).mask.cell("read", "Cohort").never
    assert (await group.actor("walt")).mask.cell("read", "Cohort").never


async def test_lines_follow_the_tenant_that_moves(group):
    deny = draft("learner Person.displayName read - deny", tenant_id=group.tenants["west"])
    await edited(group, "sage", deny)
    assert (await group.actor("walt")).mask.cell("read", "Person", "displayName").never
    [tenant] = await group.rows(
        "SELECT row_version FROM tenant WHERE group_id = :g AND code = 'west'"
    )

    await group.do(
        "hugo",
        move_tenant,
        MoveTenant(
            tenant_id=group.tenants["west"],
            parent_id=group.tenants["head"],
            expected_version=tenant.row_version,
        ),
    )

    assert (await group.actor("walt")).tenant_path == "/head/west/"
    assert (await group.actor("walt")).mask.cell("read", "Person", "displayName").never
    held = [one.tenant_path for one in await lines_of(group, "learner", "Person.displayName")]
    assert held == ["/head/west/"]
