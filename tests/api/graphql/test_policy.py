"""The policy over GraphQL: previewed, edited, approved, read; and closed to whoever may not."""

import pytest

from domain.kernel.ids import external_id
from tests.domain.access.editing import admitted, draft, edited, lines_of, version

PREVIEW = """
query($add: [PolicyLineDraftInput!], $end: [ID!]) {
  previewPolicy(add: $add, end: $end) {
    version begins ends widens narrows people needsApproval
    cells { role tenantPath object action change before after }
  }
}
"""
EDIT = """
mutation($input: EditPolicyInput!) {
  editPolicy(input: $input) {
    policyChange {
      id kind state baseVersion appliedVersion reason proposedBy { id } widens narrows people
      lines { nodes { role object condition change { reason } } }
    }
    userErrors { code message path }
  }
}
"""
APPROVE = """
mutation($input: ApprovePolicyChangeInput!) {
  approvePolicyChange(input: $input) {
    policyChange {
      state
      decidedBy { id person { displayName } }
      assignments { nodes { principal { id } role tenant { code } } }
    }
    userErrors { code path }
  }
}
"""
ASSIGN = """
mutation($input: AssignRoleInput!) {
  assignRole(input: $input) { policyChange { id kind state } userErrors { code path } }
}
"""
REVOKE = """
mutation($input: RevokeRoleInput!) {
  revokeRole(input: $input) { policyChange { kind state } userErrors { code path } }
}
"""
PLAIN = {"role": "learner", "object": "Cohort", "action": "read", "condition": "subtree"}
SEALED = {"role": "onboarding", "object": "@pi.identity", "action": "read", "condition": "subtree"}


def principal(group, name):
    return external_id("prc", group.principals[name])


async def made(group, who, mutation, **given):
    """A change that is made; the only thing asked of its document, without errors."""
    (answer,) = (await group.read(who, mutation, input=given)).values()
    return answer


async def test_what_was_previewed_is_what_is_done(group):
    preview = (await group.read("sage", PREVIEW, add=[PLAIN]))["previewPolicy"]
    assert preview == {
        "version": await version(group),
        "begins": ["p, learner, /, Cohort, read, subtree, allow"],
        "ends": [],
        "widens": 2,
        "narrows": 0,
        "people": 3,
        "needsApproval": False,
        "cells": [
            {
                "role": role,
                "tenantPath": "/",
                "object": "Cohort",
                "action": "read",
                "change": "WIDENS",
                "before": "never",
                "after": "subtree",
            }
            for role in ("learner", "mentor")
        ],
    }

    answer = await made(
        group,
        "sage",
        EDIT,
        expectedVersion=preview["version"],
        reason="cohorts",
        add=[PLAIN],
        idempotencyKey="once",
    )

    change = answer["policyChange"]
    assert answer["userErrors"] == []
    assert (change["kind"], change["state"]) == ("LINES", "APPLIED")
    assert change["appliedVersion"] == await version(group) == preview["version"] + 1
    assert change["proposedBy"] == {"id": principal(group, "sage")}
    assert [change[name] for name in ("widens", "narrows", "people")] == [2, 0, 3]
    [line] = change["lines"]["nodes"]
    assert line == {
        "role": "learner",
        "object": "Cohort",
        "condition": "subtree",
        "change": {"reason": "cohorts"},
    }
    [entry] = await group.rows(
        "SELECT verb, object_type, outcome FROM audit_entry WHERE group_id = :g"
    )
    assert tuple(entry) == ("editPolicy", "PolicyChange", "DONE")


async def test_sent_again_under_its_key_an_edit_is_not_made_again(group):
    given = {
        "expectedVersion": await version(group),
        "reason": "cohorts",
        "add": [PLAIN],
        "idempotencyKey": "once",
    }
    first = await made(group, "sage", EDIT, **given)

    async with group.unchanged():
        again = await made(group, "sage", EDIT, **given)

    assert again == first


async def test_tried_only_an_edit_leaves_nothing(group):
    async with group.unchanged():
        answer = await made(
            group,
            "sage",
            EDIT,
            expectedVersion=await version(group),
            reason="cohorts",
            add=[PLAIN],
            dryRun=True,
        )
    assert answer["policyChange"]["state"] == "APPLIED"
    assert (await group.actor("ada")).mask.cell("read", "Cohort").never


async def test_an_edit_of_nothing_previews_nothing_and_is_refused(group):
    preview = (await group.read("sage", PREVIEW))["previewPolicy"]
    assert (preview["cells"], preview["people"]) == ([], 0)

    async with group.unchanged():
        answer = await made(
            group, "sage", EDIT, expectedVersion=preview["version"], reason="nothing"
        )
    assert answer["userErrors"][0]["code"] == "NOTHING_EDITED"


async def test_a_preview_refuses_in_the_words_of_the_edit(group):
    wrong = {**PLAIN, "object": "Cohrt"}
    previewed = await group.ask("sage", PREVIEW, add=[wrong])
    async with group.unchanged():
        answer = await made(
            group,
            "sage",
            EDIT,
            expectedVersion=await version(group),
            reason="cohorts",
            add=[wrong],
        )

    [error] = answer["userErrors"]
    assert error["code"] == previewed["errors"][0]["extensions"]["reason"] == "POLICY_MALFORMED"
    assert error["message"] == previewed["errors"][0]["message"]


async def test_a_second_person_reads_what_is_proposed_and_approves_it(group):
    await admitted(group, "sven", "security_admin")
    proposed = await made(
        group, "sage", EDIT, expectedVersion=await version(group), reason="ids", add=[SEALED]
    )
    change = proposed["policyChange"]
    assert change["state"] == "PROPOSED"
    query = 'query { previewPolicyChange(policyChangeId: "%s") { version begins needsApproval } }'
    preview = (await group.read("sven", query % change["id"]))["previewPolicyChange"]
    assert preview["begins"] == ["p, onboarding, /, @pi.identity, read, subtree, allow"]
    assert preview["needsApproval"] is True

    answer = await made(
        group, "sven", APPROVE, policyChangeId=change["id"], expectedVersion=preview["version"]
    )

    assert answer["policyChange"]["state"] == "APPLIED"
    assert answer["policyChange"]["decidedBy"]["id"] == principal(group, "sven")
    assert len(await lines_of(group, "onboarding", "@pi.identity")) == 1


async def test_a_role_is_proposed_previewed_given_and_taken(group):
    await admitted(group, "sven", "security_admin")
    given = await made(
        group,
        "sage",
        ASSIGN,
        principalId=principal(group, "ada"),
        role="recruiter",
        tenantId=group.tnt("east"),
    )
    change = given["policyChange"]
    assert (change["kind"], change["state"]) == ("ASSIGNMENT", "PROPOSED")
    query = (
        'query { previewPolicyChange(policyChangeId: "%s")'
        " { version begins people cells { object action after } } }"
    )
    preview = (await group.read("sven", query % change["id"]))["previewPolicyChange"]
    assert preview["begins"] == [f"g, {principal(group, 'ada')}, recruiter, /head/north/east/"]
    assert preview["people"] == 1
    opened = [one for one in preview["cells"] if one["object"] == "Person.phone"]
    assert {"object": "Person.phone", "action": "decrypt", "after": "self or subtree"} in opened

    answer = await made(
        group, "sven", APPROVE, policyChangeId=change["id"], expectedVersion=preview["version"]
    )
    assert answer["policyChange"]["assignments"]["nodes"] == [
        {
            "principal": {"id": principal(group, "ada")},
            "role": "recruiter",
            "tenant": {"code": "east"},
        }
    ]

    listed = await group.read(
        "sage",
        "query($p: ID!) { roleAssignments(filter: {principal: {id: {eq: $p}}, role: {eq: "
        '"recruiter"}}) { nodes { id validTo } } }',
        p=principal(group, "ada"),
    )
    [held] = listed["roleAssignments"]["nodes"]
    taken = await made(group, "sage", REVOKE, roleAssignmentId=held["id"])
    assert taken["policyChange"] == {"kind": "REVOCATION", "state": "APPLIED"}
    assert "recruiter" not in (await group.actor("ada")).roles


LISTS = """{
  policyLines(filter: {role: {eq: "vendor"}}) { totalCount nodes { role object effect inherits } }
  policyChanges { totalCount }
  roleAssignments { totalCount }
}"""


@pytest.mark.parametrize("who", ["sage", "anna"])
async def test_lines_changes_and_assignments_are_read_by_those_who_grant_and_who_watch(group, who):
    data = await group.read(who, LISTS)

    lines = data["policyLines"]["nodes"]
    assert {"role": "vendor", "object": "@P4", "effect": "deny", "inherits": None} in lines
    assert {"role": "vendor", "object": "", "effect": "allow", "inherits": "reader"} in lines
    assert data["roleAssignments"]["totalCount"] == len(group.principals)
    assert data["policyChanges"]["totalCount"] == len(group.principals)


@pytest.mark.parametrize("who", ["ada", "grace", "hugo", "olga"])
async def test_nobody_else_reads_them_or_previews(group, who):
    data = await group.read(who, LISTS)
    assert [one["totalCount"] for one in data.values()] == [0, 0, 0]

    answer = await group.ask(who, PREVIEW, add=[PLAIN])
    assert answer["data"] == {"previewPolicy": None}


async def test_to_a_vendor_there_is_nothing_of_it(group):
    for document in ("{ policyLines { totalCount } }", "{ previewPolicy { version } }"):
        answer = await group.ask("vera", document)
        assert "Cannot query field" in answer["errors"][0]["message"]


async def test_another_groups_changes_and_lines_are_unknown(group, other_group):
    await admitted(other_group, "sven", "security_admin")
    change = await edited(group, "sage", draft("onboarding @pi.identity read subtree"))
    [line] = await lines_of(group, "onboarding", "@pi.contact")
    at = await version(other_group)

    async with group.unchanged(), other_group.unchanged():
        approve = await made(
            other_group,
            "sven",
            APPROVE,
            policyChangeId=external_id("pch", change.id),
            expectedVersion=at,
        )
        edit = await made(
            other_group,
            "sven",
            EDIT,
            expectedVersion=at,
            reason="theirs",
            end=[external_id("pln", line.id)],
        )

    assert approve["userErrors"] == [{"code": "NOT_FOUND", "path": ["policyChangeId"]}]
    assert edit["userErrors"][0]["code"] == "LINE_NOT_IN_FORCE"
