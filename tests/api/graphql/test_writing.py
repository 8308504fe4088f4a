"""Mutations: one transaction each, judged by Casbin, once under a key, undone when only tried."""

import asyncio

import pytest

CREATE = """
mutation($input: CreateCourseInput!) {
  createCourse(input: $input) {
    course { id code title family }
    userErrors { code message path }
    query { courses { totalCount } }
  }
}
"""


def course(group, **more):
    return {
        "tenantId": group.tnt("head"),
        "code": "C1",
        "title": "合规入门",
        "family": "COMPLIANCE",
        **more,
    }


async def audited(group):
    return [
        tuple(row)
        for row in await group.rows(
            "SELECT verb, outcome, code FROM audit_entry WHERE group_id = :g "
            "AND verb <> 'decrypt' ORDER BY created_at, id"
        )
    ]


async def test_a_change_gives_back_what_was_changed_and_stands_in_the_trail(group):
    made = (await group.read("hugo", CREATE, input=course(group)))["createCourse"]

    assert made["course"] == {
        "id": made["course"]["id"],
        "code": "C1",
        "title": "合规入门",
        "family": "COMPLIANCE",
    }
    assert (made["userErrors"], made["query"]) == ([], {"courses": {"totalCount": 1}})
    assert await audited(group) == [("createCourse", "DONE", None)]


async def test_a_rule_that_says_no_writes_nothing_but_the_trail(group):
    await group.read("hugo", CREATE, input=course(group))
    group.clock.on(seconds=1)

    async with group.unchanged():
        answer = await group.ask("hugo", CREATE, locale="zh-CN", input=course(group))

    assert answer["data"]["createCourse"] == {
        "course": None,
        "userErrors": [
            {
                "code": "COURSE_CODE_TAKEN",
                "message": "课程编码 C1 已被使用,请更换编码。",
                "path": ["code"],
            }
        ],
        "query": {"courses": {"totalCount": 1}},
    }
    assert (await audited(group))[-1] == ("createCourse", "REFUSED", "COURSE_CODE_TAKEN")


@pytest.mark.parametrize("who", ["ada", "grace", "axel", "olga"])
async def test_whoever_may_not_changes_nothing_and_is_written_down(group, who):
    query = CREATE.replace("query { courses { totalCount } }", "")

    async with group.unchanged():
        answer = await group.ask(who, query, input=course(group))

    [error] = answer["data"]["createCourse"]["userErrors"]
    assert error["code"] == "FORBIDDEN"
    assert (await audited(group))[-1] == ("createCourse", "DENIED", "FORBIDDEN")


@pytest.mark.parametrize("who", ["vera", "anna"])
async def test_vendors_and_auditors_have_no_such_mutation(group, who):
    async with group.unchanged():
        answer = await group.ask(who, CREATE, input=course(group))

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_eve_cannot_change_ada_and_learns_nothing_of_her(group):
    query = """
    mutation($input: EnrolInput!) { enrol(input: $input) { userErrors { code message path } } }
    """
    there = {"personId": group.psn("ada"), "courseId": "crs_" + "0" * 32}
    nowhere = {"personId": "psn_" + "0" * 32, "courseId": "crs_" + "0" * 32}

    async with group.unchanged():
        known = await group.ask("eve", query, input=there)
        unknown = await group.ask("eve", query, input=nowhere)

    assert known == unknown
    assert known["data"]["enrol"]["userErrors"][0]["code"] == "NOT_FOUND"


async def test_a_change_that_is_sent_again_under_its_key_is_made_once(group):
    first = await group.read("hugo", CREATE, input=course(group, idempotencyKey="k"))

    async with group.unchanged():
        again = await group.read("hugo", CREATE, input=course(group, idempotencyKey="k"))

    assert again == first


async def test_a_key_with_another_input_is_refused(group):
    await group.read("hugo", CREATE, input=course(group, idempotencyKey="k"))

    async with group.unchanged():
        other = await group.read("hugo", CREATE, input=course(group, idempotencyKey="k", code="C2"))

    assert other["createCourse"]["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_key_is_the_callers_own(group):
    await group.read("hugo", CREATE, input=course(group, idempotencyKey="k"))

    refused = await group.read("ada", CREATE, input=course(group, idempotencyKey="k", code="C2"))

    assert refused["createCourse"]["userErrors"][0]["code"] == "FORBIDDEN"


async def test_the_same_key_twice_at_once_makes_one_change(group):
    one, two = await asyncio.gather(
        group.read("hugo", CREATE, input=course(group, idempotencyKey="k")),
        group.read("hugo", CREATE, input=course(group, idempotencyKey="k")),
    )

    assert one == two
    assert one["createCourse"]["query"]["courses"]["totalCount"] == 1


async def test_a_key_keeps_no_value_of_the_input(group):
    await group.read("hugo", CREATE, input=course(group, idempotencyKey="k", title="很特别的标题"))

    kept = await group.rows("SELECT * FROM idempotency_record WHERE group_id = :g")

    assert len(kept) == 1
    assert "很特别的标题" not in str(kept)


async def test_a_dry_run_shows_what_would_be_and_leaves_nothing(group):
    async with group.unchanged():
        tried = await group.read("hugo", CREATE, input=course(group, dryRun=True))

    assert tried["createCourse"]["course"]["code"] == "C1"
    assert tried["createCourse"]["query"]["courses"]["totalCount"] == 0


async def test_mutations_of_one_document_follow_each_other_even_when_the_first_moves_the_policy(
    group,
):
    query = """
    mutation($input: OpenTenantInput!) {
      first: openTenant(input: $input) { tenant { path } userErrors { code } }
      second: openTenant(input: $input) {
        tenant { path } userErrors { code } query { tenants { totalCount } }
      }
    }
    """
    command = {"parentId": group.tnt("head"), "kind": "REGION", "code": "south", "name": "南区"}

    told = await group.read("hugo", query, input=command)

    assert told["first"] == {"tenant": {"path": "/head/south/"}, "userErrors": []}
    assert told["second"]["userErrors"] == [{"code": "TENANT_CODE_TAKEN"}]
    assert told["second"]["query"] == {"tenants": {"totalCount": 5}}


async def test_a_stale_version_is_refused_with_the_current_one(group):
    query = """
    mutation($input: AssignMentorInput!) {
      assignMentor(input: $input) { person { rowVersion } userErrors { code message path } }
    }
    """
    command = {"personId": group.psn("ada"), "mentorId": group.psn("grace"), "expectedVersion": 1}

    async with group.unchanged():
        told = await group.read("grace", query, input=command)

    [error] = told["assignMentor"]["userErrors"]
    assert (error["code"], error["path"]) == ("STALE_VERSION", ["expectedVersion"])


async def test_an_id_of_another_type_is_refused_where_it_stands(group):
    async with group.unchanged():
        told = await group.read("hugo", CREATE, input=course(group, tenantId=group.psn("ada")))

    assert told["createCourse"]["userErrors"][0] == {
        "code": "WRONG_ID",
        "message": "This must be the id of a Tenant. Check where the id came from.",
        "path": ["tenantId"],
    }


async def test_a_field_that_is_denied_strictly_refuses_before_anything_is_done(group):
    query = """
    mutation($input: RegisterCandidateInput!) {
      registerCandidate(input: $input) { person { id displayName } userErrors { code } }
    }
    """
    command = {"tenantId": group.tnt("east"), "staffNumber": "N1", "displayName": "新人"}

    async with group.unchanged():
        answer = await group.ask("axel", query, input=command)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_automation_brings_people_in_without_reading_them(group):
    query = """
    mutation($input: RegisterCandidateInput!) {
      registerCandidate(input: $input) { person { id staffNumber stage } userErrors { code } }
    }
    """
    command = {
        "tenantId": group.tnt("east"),
        "staffNumber": "N1",
        "displayName": "新人",
        "phone": "154 0000 9999",
    }

    told = await group.read("axel", query, input=command)

    assert told["registerCandidate"]["userErrors"] == []
    assert told["registerCandidate"]["person"]["staffNumber"] == "N1"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": "a\0b"}, "BAD_USER_INPUT"),
        ({"family": "COOKING"}, "BAD_USER_INPUT"),
        ({"title": 5}, "BAD_USER_INPUT"),
        ({"unknown": 1}, "BAD_USER_INPUT"),
    ],
)
async def test_input_of_the_wrong_type_is_a_request_error(group, more, code):
    async with group.unchanged():
        answer = await group.ask("hugo", CREATE, input=course(group, **more))

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code


async def test_no_number_can_be_nan(group):
    query = """
    mutation($input: RecordProgressInput!) { recordProgress(input: $input) { userErrors { code } } }
    """
    async with group.unchanged():
        answer = await group.ask(
            "ada", query, input={"enrolmentId": "enr_" + "0" * 32, "percent": "NaN"}
        )

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
