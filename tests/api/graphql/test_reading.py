"""What each of them reads: rows by scope, fields by mask, and what is withheld is said."""

import pytest

PERSON = """
query($id: ID!) {
  person(id: $id) {
    id staffNumber displayName stage hiredOn
    phone { masked classification accessible }
    nationalId { masked }
    bankAccount { masked }
    tenant { code }
    supervisor { displayName }
    mentor { displayName }
  }
}
"""


async def test_ada_reads_herself_whole(group):
    answer = await group.ask("ada", PERSON, id=group.psn("ada"))

    assert answer == {
        "data": {
            "person": {
                "id": group.psn("ada"),
                "staffNumber": "S0004",
                "displayName": "欧阳艾达",
                "stage": "IN_TRAINING",
                "hiredOn": "2026-04-04",
                "phone": {"masked": "154****0004", "classification": "P3", "accessible": True},
                "nationalId": {"masked": "9****************3"},
                "bankAccount": {"masked": "************2228"},
                "tenant": {"code": "east"},
                "supervisor": None,
                "mentor": None,
            }
        }
    }


async def test_grace_sees_contact_masked_and_is_told_what_is_withheld(group):
    answer = await group.ask("grace", PERSON, id=group.psn("ada"))

    person = answer["data"]["person"]
    assert person["phone"] == {"masked": "154****0004", "classification": "P3", "accessible": False}
    assert person["supervisor"] == {"displayName": "葛蕾丝"}
    assert person["mentor"] == {"displayName": "马玛丽"}
    assert person["nationalId"] is None
    assert [
        (one["path"], one["field"], one["action"], one["count"])
        for one in answer["extensions"]["denied"]
    ] == [
        ("person.nationalId", "Person.nationalId", "read", 1),
        ("person.bankAccount", "Person.bankAccount", "read", 1),
    ]
    assert "branch_hr" in answer["extensions"]["denied"][0]["grantedBy"]


async def test_eve_sees_neither_ada_nor_a_trace_of_her(group):
    seen = await group.ask("eve", PERSON, id=group.psn("ada"))
    unknown = await group.ask("eve", PERSON, id="psn_" + "0" * 32)

    assert seen == unknown == {"data": {"person": None}}

    found = await group.ask(
        "eve", '{ people(search: "欧阳") { totalCount nodes { displayName } } }'
    )
    assert found == {"data": {"people": {"totalCount": 0, "nodes": []}}}


async def test_eve_sees_the_people_of_her_branch_only(group):
    listed = await group.read("eve", "{ people { totalCount nodes { displayName } } }")

    assert listed["people"] == {
        "totalCount": 2,
        "nodes": [{"displayName": "韦沃特"}, {"displayName": "夏娃"}],
    }


async def test_the_auditor_reads_widely_but_no_p4(group):
    answer = await group.ask("anna", PERSON, id=group.psn("ada"))

    assert answer["data"]["person"]["nationalId"] == {"masked": "9****************3"}
    assert answer["data"]["person"]["bankAccount"] is None
    assert [one["reason"] for one in answer["extensions"]["denied"]] == ["ROLE"]


async def test_automation_is_refused_before_any_data_and_told_every_field(group):
    answer = await group.ask("axel", PERSON, id=group.psn("ada"))

    assert "data" not in answer
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert {one["field"] for one in error["extensions"]["denied"]} == {
        "displayName",
        "phone",
        "nationalId",
        "bankAccount",
        "supervisor",
        "mentor",
    }


async def test_whoever_asks_to_be_refused_strictly_is(group):
    answer = await group.ask("hugo", PERSON, strict=True, id=group.psn("ada"))

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_denied_field_is_for_the_vendor_byte_for_byte_an_unknown_one(group):
    denied = await group.ask("vera", "{ courses { nodes { code person } } }")
    hidden = await group.ask("vera", "{ people { totalCount } }")
    unknown = await group.ask("vera", "{ peeple { totalCount } }")

    assert denied["errors"][0]["message"] == "Cannot query field 'person' on type 'Course'."
    assert str(hidden).replace("people", "peeple") == str(unknown)


async def test_the_vendor_finds_no_person_in_the_schema(group):
    told = await group.read("vera", "{ __schema { types { name fields { name } } } }")

    names = {one["name"] for one in told["__schema"]["types"]}
    assert "Course" in names
    assert names.isdisjoint({"Person", "Enrolment", "LearningPlan", "SensitiveText", "Mutation"})


async def test_nobody_sees_that_they_are_nobody_and_no_more(group):
    assert await group.ask(None, "{ viewer { denials } }") == {"data": {"viewer": None}}

    refused = await group.ask(None, "{ people { totalCount } }")
    assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    told = await group.read(None, "{ __schema { queryType { fields { name } } } }")
    assert told["__schema"]["queryType"]["fields"] == [{"name": "viewer"}]


async def test_the_viewer_is_the_one_who_asks(group):
    told = await group.read(
        "grace",
        "{ viewer { actor { kind roles } person { displayName } tenant { code } denials } }",
    )

    assert told["viewer"] == {
        "actor": {
            "kind": "PERSON",
            "roles": ["learner", "member", "mentor", "overseer", "reader", "supervisor"],
        },
        "person": {"displayName": "葛蕾丝"},
        "tenant": {"code": "east"},
        "denials": "PARTIAL",
    }


async def test_aliases_fragments_and_conditions_are_resolved(group):
    query = """
    query($id: ID!, $yes: Boolean!, $no: Boolean!) {
      one: node(id: $id) { __typename ...who ... on Course { code } }
      nodes(ids: [$id, "psn_00000000000000000000000000000000"]) { id ... on Person { stage } }
      person(id: $id) { a: displayName b: displayName stage @include(if: $no) id @skip(if: $yes) }
    }
    fragment who on Person { n: staffNumber ... on Versioned { rowVersion } }
    """
    told = await group.read("grace", query, id=group.psn("ada"), yes=True, no=False)

    assert told["one"].items() >= {"__typename": "Person", "n": "S0004"}.items()
    assert told["nodes"] == [{"id": group.psn("ada"), "stage": "IN_TRAINING"}, None]
    assert told["person"] == {"a": "欧阳艾达", "b": "欧阳艾达"}


async def test_pages_follow_each_other_by_cursor_without_gap_or_repeat(group):
    query = """
    query($after: String) {
      people(first: 3, after: $after) {
        nodes { displayName } pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }
    """
    seen, after, pages = [], None, 0
    while True:
        page = (await group.read("hugo", query, after=after))["people"]
        seen += [node["displayName"] for node in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (pages > 0)
        after, pages = page["pageInfo"]["endCursor"], pages + 1
        if not page["pageInfo"]["hasNextPage"]:
            break

    whole = await group.read("hugo", "{ people(first: 100) { nodes { displayName } } }")
    assert seen == [node["displayName"] for node in whole["people"]["nodes"]]
    assert (len(seen), pages) == (len(group.people), 4)


async def test_an_offset_passes_rows_over(group):
    query = "query($n: Int) { people(first: 2, offset: $n) { nodes { displayName } } }"

    first = await group.read("hugo", query, n=0)
    second = await group.read("hugo", query, n=2)
    whole = await group.read("hugo", "{ people(first: 4) { nodes { displayName } } }")

    assert first["people"]["nodes"] + second["people"]["nodes"] == whole["people"]["nodes"]


async def test_a_cursor_of_somebody_elses_view_does_not_open(group):
    page = await group.read("hugo", "{ people(first: 1) { pageInfo { endCursor } } }")
    cursor = page["people"]["pageInfo"]["endCursor"]

    for who, query in (
        ("eve", "query($c: String) { people(after: $c) { totalCount nodes { id } } }"),
        ("hugo", "query($c: String) { courses(after: $c) { nodes { id } } }"),
    ):
        answer = await group.ask(who, query, c=cursor)
        assert answer["errors"][0]["extensions"]["reason"] == "INVALID_CURSOR"
        assert "data" not in answer


async def test_counts_alone_read_no_rows(group):
    told = await group.read("hugo", "{ people { totalCount totalCountIsExact __typename } }")

    assert told["people"] == {
        "totalCount": len(group.people),
        "totalCountIsExact": True,
        "__typename": "PersonConnection",
    }


async def test_everything_that_can_be_selected_can_be_read(group):
    """One document selects every field of every type that a root leads to, for each of them."""
    from tests.api.graphql.documents import whole_documents  # noqa: PLC0415

    for who in ("hugo", "grace", "ada", "anna", "bea", "olga"):
        for document in whole_documents(group.gateway.made.graphql):
            answer = await group.ask(who, document, id=group.psn("ada"))
            assert "errors" not in answer, (who, document, answer["errors"])


@pytest.mark.parametrize(
    ("query", "variables", "code", "word"),
    [
        ("{ person(id: 5.5) { id } }", {}, "GRAPHQL_VALIDATION_FAILED", "ID"),
        ('{ person(id: "zzz") { id } }', {}, "BAD_USER_INPUT", "prefix"),
        ('{ person(id: "crs_00000000000000000000000000000000") { id } }', {}, "BAD_USER_INPUT",
         "psn"),
        ("{ people(first: 101) { totalCount nodes { id } } }", {}, "BAD_USER_INPUT", "100"),
        ("{ people(first: -1) { nodes { id } } }", {}, "BAD_USER_INPUT", "first"),
        ("{ people(offset: 10001) { nodes { id } } }", {}, "BAD_USER_INPUT", "offset"),
        ('{ people(search: "a\\u0000b") { nodes { id } } }', {}, "BAD_USER_INPUT", "NUL"),
        ("query($s: String) { people(search: $s) { totalCount } }", {"s": "a\0b"},
         "BAD_USER_INPUT", "NUL"),
        ("query($s: String) { people(search: $s) { totalCount } }", {"s": "\ud800"},
         "BAD_USER_INPUT", "surrogate"),
        ('{ people(after: "abc") { nodes { id } } }', {}, "BAD_USER_INPUT", "cursor"),
        ("query($t: DateTime) { tenants { nodes { completion(asOf: $t) { value } } } }",
         {"t": "2026-05-04T09:00:00"}, "BAD_USER_INPUT", "offset"),
        ("query($t: DateTime) { tenants { nodes { completion(asOf: $t) { value } } } }",
         {"t": "2026-13-04T09:00:00Z"}, "BAD_USER_INPUT", "DateTime"),
        ("{ people { nodes { id } ", {}, "GRAPHQL_PARSE_FAILED", "Syntax"),
        ("{ nobody }", {}, "GRAPHQL_VALIDATION_FAILED", "nobody"),
        ("query A { __typename } query B { __typename }", {}, "OPERATION_RESOLUTION_FAILURE",
         "operationName"),
        ("fragment f on Query { __typename } { __typename ...f } " + "#" * 20_000, {},
         "COST_LIMIT_EXCEEDED", "characters"),
    ],
)  # fmt: skip
async def test_bad_input_is_refused_with_a_code_and_no_data(group, query, variables, code, word):
    answer = await group.ask("hugo", query, **variables)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code
    assert word in answer["errors"][0]["message"]
    assert answer["errors"][0]["extensions"]["requestId"] == "test"
