"""Why somebody may, by which lines, and who else can; and no value of any row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from api.graphql.request import Request
from authz.compiler import scope_mask
from domain.access.assign_role import AssignRole, assign_role
from domain.access.models import PolicyLine, RoleAssignment
from domain.kernel.ids import external_id
from domain.learning.open_cohort import OpenCohort, open_cohort
from tests.domain.access.editing import draft, edited
from tests.people import NOW, TODAY

EXPLAIN = """
query($about: ID!, $id: ID!, $field: String, $action: Action!, $at: DateTime) {
  explainAccess(principalId: $about, id: $id, field: $field, action: $action, at: $at) {
    allowed rowShown bounded scopeNarrows withheld stepUp object action principalId at
    roles { role via tenantId validFrom validTo }
    conditions { condition holds }
    lines {
      role tenantPath object action condition effect conditionHolds applies validFrom validTo
    }
    decidedBy { role object condition effect }
  }
}
"""
WHO = """
query($id: ID!, $field: String, $action: Action!, $first: Int) {
  whoCan(id: $id, field: $field, action: $action, first: $first) {
    more principals { principalId kind rowShown roles lines { role object condition effect } }
  }
}
"""


def prc(group, name):
    return external_id("prc", group.principals[name])


async def explained(group, who, about, row, action="READ", **given):
    answer = await group.ask(who, EXPLAIN, about=prc(group, about), id=row, action=action, **given)
    assert "errors" not in answer, answer
    return answer["data"]["explainAccess"]


async def able(group, who, row, action, **given):
    answer = await group.ask(who, WHO, id=row, action=action, **given)
    assert "errors" not in answer, answer
    return answer["data"]["whoCan"]


def told(lines):
    return {(one["role"], one["object"], one["condition"]) for one in lines}


async def test_the_lines_that_let_grace_see_adas_phone_are_named_with_what_came_of_each(group):
    found = await explained(group, "sage", "grace", group.psn("ada"), field="phone")

    assert (found["allowed"], found["rowShown"]) == (True, True)
    assert (found["object"], found["action"]) == ("Person.phone", "READ")
    assert found["principalId"] == prc(group, "grace")
    deciding = told(found["decidedBy"])
    assert {
        ("supervisor", "@pi.contact", "own_line"), ("supervisor", "@pi.contact", "subtree"),
    } == deciding  # fmt: skip
    others = {
        (one["object"], one["condition"]): (one["conditionHolds"], one["applies"])
        for one in found["lines"]
    }
    assert others["@P3", "self"] == (False, False)
    assert others["Person.phone", "own_mentees"] == (False, False)
    assert {one["condition"]: one["holds"] for one in found["conditions"]} == {
        "own_line": True, "own_mentees": False, "self": False, "subtree": True,
    }  # fmt: skip


async def test_roles_are_told_with_the_way_from_the_one_that_was_given(group):
    found = await explained(group, "sage", "grace", group.psn("ada"))

    ways = {one["role"]: one["via"] for one in found["roles"]}
    assert ways["supervisor"] == ["supervisor"]
    assert ways["reader"] == ["supervisor", "mentor", "learner", "member", "reader"] or ways[
        "reader"
    ] == ["supervisor", "overseer", "member", "reader"]
    assert {one["tenantId"] for one in found["roles"]} == {group.tnt("east")}
    assert {one["validFrom"] for one in found["roles"]} == {"2026-05-04T01:00:00.000Z"}


async def test_a_stranger_is_told_to_be_one_and_no_value_is_in_it(group):
    query = {"about": prc(group, "eve"), "id": group.psn("ada"), "action": "READ"}
    answer = await group.ask("sage", EXPLAIN, field="nationalId", **query)

    found = answer["data"]["explainAccess"]
    assert (found["allowed"], found["rowShown"], found["decidedBy"]) == (False, False, [])
    assert found["lines"]
    assert not any(one["applies"] for one in found["lines"])
    body = str(answer)
    hidden = ("欧阳艾达", "15400000004", "S0004", "990101", group.psn("grace"), group.psn("mary"))
    assert not any(value in body for value in hidden)


async def test_a_deny_decides_over_every_allow(group):
    found = await explained(group, "anna", "anna", group.psn("ada"), "WRITE")

    assert found["allowed"] is False
    assert told(found["decidedBy"]) == {("auditor", "*", "-")}
    assert {one["effect"] for one in found["decidedBy"]} == {"deny"}


@pytest.mark.parametrize("who", ["sage", "anna"])
async def test_whoever_may_read_the_policy_may_ask_about_anybody(group, who):
    assert (await explained(group, who, "hugo", group.psn("eve")))["allowed"] is True


async def test_ada_may_ask_about_herself_and_is_not_told_about_others(group):
    mine = await explained(group, "ada", "ada", group.psn("ada"), "DECRYPT", field="phone")
    assert mine["allowed"] is True
    assert told(mine["decidedBy"]) == {("learner", "@P3", "self")}
    assert mine["scopeNarrows"] is False

    there = {"about": prc(group, "grace"), "id": group.psn("ada"), "action": "READ"}
    nowhere = {**there, "about": "prc_" + "0" * 32, "id": "psn_" + "0" * 32}
    known, unknown = [await group.ask("ada", EXPLAIN, **one) for one in (there, nowhere)]
    assert known == unknown
    assert known["data"] == {"explainAccess": None}
    (denied,) = known["extensions"]["denied"]
    assert (denied["field"], denied["reason"]) == ("Query.explainAccess", "ROLE")


async def test_of_a_row_that_ada_does_not_see_she_is_told_as_little_as_of_none(group):
    known, unknown = [
        await group.ask("ada", EXPLAIN, about=prc(group, "ada"), id=one, action="READ")
        for one in (group.psn("walt"), "psn_" + "0" * 32)
    ]

    assert known == unknown == {"data": {"explainAccess": None}}


async def test_to_a_vendor_there_is_no_such_question_not_even_about_itself(group):
    query = (
        f'{{ explainAccess(principalId: "{prc(group, "vera")}", id: "x", action: READ) {{ at }} }}'
    )
    answer = await group.ask("vera", query)
    unknown = await group.ask("vera", query.replace("explainAccess", "explainAccesx"))

    said = answer["errors"][0]["message"]
    assert said == "Cannot query field 'explainAccess' on type 'Query'."
    assert unknown["errors"][0]["message"] == said.replace("Access", "Accesx")


async def test_automation_is_refused_before_anything_where_it_asks_about_another(group):
    query = {"about": prc(group, "ada"), "id": group.psn("ada"), "action": "READ"}
    answer = await group.ask("axel", EXPLAIN, **query)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    itself = await explained(group, "axel", "axel", group.psn("ada"))
    assert itself["allowed"] is True


async def test_what_cannot_be_asked_about_is_refused_with_what_to_do(group):
    for given, reason in (
        ({"id": group.psn("ada"), "field": "shoeSize"}, "UNKNOWN_FIELD"),
        ({"id": group.psn("ada"), "field": "staffNumber"}, "UNKNOWN_FIELD"),
        ({"id": "xyz_" + "0" * 32}, None),
        ({"id": "ada"}, None),
    ):
        answer = await group.ask("sage", EXPLAIN, about=prc(group, "ada"), action="READ", **given)
        extensions = answer["errors"][0]["extensions"]
        assert (extensions["code"], extensions.get("reason")) == ("BAD_USER_INPUT", reason)
        assert "data" not in answer


async def test_a_value_within_a_row_is_named_by_the_way_to_it(group):
    found = await explained(group, "sage", "grace", group.psn("ada"), field="leaveReason")
    assert found["object"] == "Person.leaveReason"

    answer = await group.ask(
        "sage", EXPLAIN, about=prc(group, "ada"), id="enr_" + "0" * 32, action="READ",
        field="progress.bestScore",
    )  # fmt: skip
    assert answer == {"data": {"explainAccess": None}}  # the field is known, the row is not


async def test_a_row_of_another_group_is_none(group, other_group):
    answers = [
        await group.ask("sage", query, about=prc(group, "grace"), id=one, action="READ")
        for one in (other_group.psn("ada"), "psn_" + "0" * 32)
        for query in (EXPLAIN,)
    ]
    assert answers[0] == answers[1] == {"data": {"explainAccess": None}}
    who = await group.ask("sage", WHO, id=other_group.psn("ada"), action="READ")
    assert who == {"data": {"whoCan": None}}
    stranger = external_id("prc", other_group.principals["grace"])
    mine = await group.ask("sage", EXPLAIN, about=stranger, id=group.psn("ada"), action="READ")
    assert mine == {"data": {"explainAccess": None}}


async def test_an_administrator_of_one_branch_asks_about_that_branch_alone(group):
    command = AssignRole(
        principal_id=group.principals["bea"], role="security_admin",
        tenant_id=group.tenants["east"],
    )  # fmt: skip
    await group.do(group.founder, assign_role, command)

    assert (await explained(group, "bea", "grace", group.psn("ada")))["allowed"] is True
    for about, row in (("grace", "walt"), ("eve", "ada"), ("hugo", "ada")):
        query = {"about": prc(group, about), "id": group.psn(row), "action": "READ"}
        answer = await group.ask("bea", EXPLAIN, **query)
        assert answer == {"data": {"explainAccess": None}}
    known = await able(group, "bea", group.psn("ada"), "READ")
    ids = {one["principalId"] for one in known["principals"]}
    assert ids == {prc(group, name) for name in ("grace", "mary", "bea", "rita", "ada")}


TIMES = {-0.5: False, 0.5: False, 1: True, 1.5: True, 2: False, 3: False, 4: False}
"""Whether Ada sees Walt, by the hours since the policy was edited."""


async def lent(group):
    """Show Walt to librarians for two hours; Ada is one from the first hour to the fourth."""
    group.clock.on(hours=1)
    begin = group.clock.now
    line = draft("librarian Person read -", valid_to=begin + timedelta(hours=2))
    await edited(group, "sage", line)
    command = AssignRole(
        principal_id=group.principals["ada"], role="librarian", tenant_id=group.tenants["head"],
        valid_from=begin + timedelta(hours=1), valid_to=begin + timedelta(hours=4),
    )  # fmt: skip
    await group.do("sage", assign_role, command)
    return begin


async def test_lines_and_assignments_are_those_of_the_asked_time(group):
    begin = await lent(group)

    async def at(hours):
        when = (begin + timedelta(hours=hours)).isoformat()
        return await explained(group, "sage", "ada", group.psn("walt"), at=when)

    found = {hours: await at(hours) for hours in TIMES}

    assert {hours: one["allowed"] for hours, one in found.items()} == TIMES
    held = {hours for hours, one in found.items() if "librarian" in told_roles(one)}
    assert held == {1, 1.5, 2, 3}
    assert told(found[1.5]["decidedBy"]) == {("librarian", "Person", "-")}
    (shown,) = [one for one in found[1.5]["lines"] if one["applies"]]
    assert shown["validFrom"] == "2026-05-04T02:00:00.000Z"
    assert shown["validTo"] == "2026-05-04T04:00:00.000Z"
    (role,) = [one for one in found[1.5]["roles"] if one["role"] == "librarian"]
    assert role["validFrom"] == "2026-05-04T03:00:00.000Z"
    assert role["validTo"] == "2026-05-04T06:00:00.000Z"


def told_roles(found):
    return {one["role"] for one in found["roles"]}


async def test_what_was_foretold_is_explained_when_it_comes_and_remembered_afterwards(group):
    begin = await lent(group)
    hours = [one for one in TIMES if one > 0]
    query = "query($id: ID!) { person(id: $id) { id } }"

    async def at(hour):
        when = (begin + timedelta(hours=hour)).isoformat()
        return await explained(group, "sage", "ada", group.psn("walt"), at=when)

    foretold = [await at(one) for one in hours]
    for hour, expected in zip(hours, foretold, strict=True):
        group.clock.now = begin + timedelta(hours=hour)

        assert await explained(group, "sage", "ada", group.psn("walt")) == expected
        assert (
            (await group.read("ada", query, id=group.psn("walt")))["person"] is not None
        ) == expected["allowed"]
        whoever = await able(group, "sage", group.psn("walt"), "READ")
        ids = {one["principalId"] for one in whoever["principals"]}
        assert (prc(group, "ada") in ids) == expected["allowed"]

    group.clock.on(days=1)
    assert [await at(one) for one in hours] == foretold


async def test_a_line_that_stands_there_twice_ends_with_the_later(group):
    line = "learner Cohort read subtree"
    begin = group.clock.on(hours=1)
    await edited(group, "sage", draft(line, valid_to=begin + timedelta(hours=1)))
    group.clock.on(minutes=10)
    await edited(group, "sage", draft(line))
    command = OpenCohort(tenant_id=group.tenants["east"], code="k", name="一期", started_on=TODAY)
    cohort = external_id("coh", (await group.do("grace", open_cohort, command)).id)

    for after in (0, 1):
        group.clock.on(hours=after)
        found = await explained(group, "sage", "ada", cohort)
        (shown,) = [one for one in found["lines"] if one["object"] == "Cohort"]
        first = ("2026-05-04T02:00:00.000Z", "2026-05-04T02:10:00.000Z")[after]
        assert (shown["validFrom"], shown["validTo"]) == (first, None)


async def malformed(group):
    """Have a line in the rows that nobody can judge by, since somebody wrote it by hand."""
    async with group.work_as(group.founder) as work:
        await work.add(gone(group, NOW - timedelta(days=3)))
        work.policy_changed()


async def test_while_the_stored_policy_cannot_be_read_the_one_that_is_judged_by_is_explained(group):
    phone = {"field": "phone"}
    before = await explained(group, "sage", "bea", group.psn("ada"), "DECRYPT", **phone)
    read = await explained(group, "sage", "bea", group.psn("ada"), **phone)
    await malformed(group)

    found = await explained(group, "sage", "bea", group.psn("ada"), "DECRYPT", **phone)

    assert (before["allowed"], before["withheld"]) == (True, False)
    assert found == {**before, "allowed": False, "withheld": True}
    assert await explained(group, "sage", "bea", group.psn("ada"), **phone) == read
    mine = await explained(group, "bea", "bea", group.psn("ada"), "DECRYPT", **phone)
    assert (mine["withheld"], mine["scopeNarrows"]) == (True, False)
    nobody = await able(group, "sage", group.psn("ada"), "DECRYPT", **phone)
    assert nobody == {"principals": [], "more": False}
    assert (await able(group, "sage", group.psn("ada"), "READ", **phone))["principals"]


async def test_a_line_whose_row_was_altered_by_hand_is_explained_without_its_time(group):
    await explained(group, "sage", "grace", group.psn("ada"), field="phone")
    async with group.work_as(group.founder) as work:
        [line] = await work.rows(
            PolicyLine, PolicyLine.role == "supervisor", PolicyLine.object == "@pi.contact",
            PolicyLine.condition == "own_line",
        )  # fmt: skip
        line.object = "Gone.field"
        work.policy_changed()

    found = await explained(group, "sage", "grace", group.psn("ada"), field="phone")

    times = {one["condition"]: one["validFrom"] for one in found["lines"] if one["applies"]}
    assert times == {"own_line": None, "subtree": "2026-05-04T01:00:00.000Z"}


async def test_what_takes_a_second_factor_of_a_session_is_told(group):
    for action, field, needed in (("READ", "phone", False), ("DECRYPT", "phone", True)):
        found = await explained(group, "sage", "bea", group.psn("ada"), action, field=field)
        assert (found["allowed"], found["stepUp"]) == (True, needed)


def gone(group, begins, ends=None):
    return PolicyLine(
        tenant_id=group.id, ptype="p", role="learner", tenant_path="/", object="Gone.field",
        action="read", condition="-", effect="allow", valid_from=begins, valid_to=ends,
    )  # fmt: skip


async def test_a_policy_of_a_time_that_nobody_can_judge_by_is_refused(group):
    async with group.work_as(group.founder) as work:
        await work.add(gone(group, NOW - timedelta(days=3), NOW - timedelta(days=2)))
    when = (NOW - timedelta(days=2, hours=5)).isoformat()

    query = {"about": prc(group, "ada"), "id": group.psn("ada"), "action": "READ", "at": when}
    answer = await group.ask("sage", EXPLAIN, **query)

    assert answer["errors"][0]["extensions"]["reason"] == "POLICY_UNREADABLE"


async def test_whoever_asks_with_a_narrow_token_is_told_that_it_is_the_token(group):
    ada = await group.actor("ada")
    narrow = replace(ada, mask=ada.mask & scope_mask(["read:Person"], ada.mask.catalogue))
    given = {"about": prc(group, "ada"), "id": group.psn("ada"), "action": "DECRYPT"}
    request = Request(query=EXPLAIN, variables={**given, "field": "phone"}, request_id="test")

    found = orjson.loads((await group.gateway.answer(narrow, request)).body)

    explained = found["data"]["explainAccess"]
    assert (explained["allowed"], explained["scopeNarrows"]) == (True, True)


async def test_who_can_names_everybody_with_the_lines_that_let_them(group):
    found = await able(group, "sage", group.psn("ada"), "DECRYPT", field="phone")

    by_id = {one["principalId"]: one for one in found["principals"]}
    assert set(by_id) == {prc(group, name) for name in ("ada", "bea", "rita")}
    assert by_id[prc(group, "bea")]["roles"] == ["branch_hr"]
    assert told(by_id[prc(group, "bea")]["lines"]) == {("branch_hr", "@pi.contact", "subtree")}
    assert by_id[prc(group, "ada")]["kind"] == "PERSON"
    assert all(one["rowShown"] for one in found["principals"])
    assert found["more"] is False


async def test_who_can_says_of_whom_a_line_lets_that_the_row_is_not_shown_to_them(group):
    await edited(group, "sage", draft("librarian Person.displayName read -"))
    command = AssignRole(
        principal_id=group.principals["eve"], role="librarian", tenant_id=group.tenants["head"]
    )
    await group.do("sage", assign_role, command)

    found = await able(group, "sage", group.psn("ada"), "READ", field="displayName")

    shown = {one["principalId"]: one["rowShown"] for one in found["principals"]}
    assert [one for one, told in shown.items() if not told] == [prc(group, "eve")]
    answer = await group.ask(
        "eve", "query($id: ID!) { person(id: $id) { displayName } }", id=group.psn("ada")
    )
    assert answer["data"] == {"person": None}


async def test_who_can_gives_as_many_as_were_asked_for_and_says_that_there_are_more(group):
    whole = await able(group, "sage", group.psn("ada"), "READ")
    some = await able(group, "sage", group.psn("ada"), "READ", first=2)

    assert some == {"principals": whole["principals"][:2], "more": True}
    assert len(whole["principals"]) > 2
    exactly = await able(group, "sage", group.psn("ada"), "READ", first=len(whole["principals"]))
    assert exactly == whole
    answer = await group.ask("sage", WHO, id=group.psn("ada"), action="READ", first=101)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_an_assignment_that_is_over_makes_nobody_able(group):
    async with group.work_as(group.founder) as work:
        [held] = await work.rows(
            RoleAssignment, RoleAssignment.principal_id == group.principals["bea"]
        )
        held.valid_to = group.clock.now
        work.policy_changed()

    found = await able(group, "sage", group.psn("ada"), "DECRYPT", field="phone")

    names = {one["principalId"] for one in found["principals"]}
    assert prc(group, "bea") not in names
    assert prc(group, "rita") in names
