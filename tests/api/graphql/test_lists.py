"""Lists: filtered, sorted and paged by what the caller sees, forward and backward alike."""

import pytest

PAGE = """
query($filter: PersonFilter, $order: [PersonOrder!], $search: String,
      $first: Int, $after: String, $last: Int, $before: String) {
  people(filter: $filter, orderBy: $order, search: $search,
         first: $first, after: $after, last: $last, before: $before) {
    edges { node { staffNumber } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
ORDERS = [
    None,
    [{"staffNumber": "ASC"}],
    [{"displayName": "DESC"}],
    [{"leftOn": "DESC"}, {"staffNumber": "ASC"}],
    [{"leftOn": "ASC"}, {"displayName": "DESC"}, {"id": "ASC"}],
    [{"hiredOn": "DESC"}],
]


def numbers(page):
    return [edge["node"]["staffNumber"] for edge in page["edges"]]


async def whole(group, who, **variables):
    return numbers((await group.read(who, PAGE, first=100, **variables))["people"])


async def leave_two(group):
    """Have two people leave, so that an order meets NULLs and values."""
    for name, day in (("ada", "2026-05-01"), ("mary", "2026-05-03")):
        left = await group.read(
            "bea",
            "mutation($i: LeaveInput!) { leave(input: $i) { userErrors { message } } }",
            i={
                "personId": group.psn(name),
                "expectedVersion": (await group.person(name)).row_version,
                "leftOn": day,
                "leaveCode": "PAY",
                "reason": "搬家",
            },
        )
        assert left["leave"]["userErrors"] == []


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_pages_forward_and_backward_make_the_same_whole(group, order):
    await leave_two(group)
    expected = await whole(group, "hugo", order=order)
    assert len(expected) == len(group.people)

    forward, after = [], None
    while True:
        page = (await group.read("hugo", PAGE, first=3, after=after, order=order))["people"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        forward, after = forward + numbers(page), page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    backward, before = [], None
    while True:
        page = (await group.read("hugo", PAGE, last=4, before=before, order=order))["people"]
        assert page["pageInfo"]["hasNextPage"] == (before is not None)
        backward, before = numbers(page) + backward, page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break

    assert forward == backward == expected


async def test_null_comes_last_in_both_directions(group):
    await leave_two(group)

    rising = await whole(group, "hugo", order=[{"leftOn": "ASC"}, {"staffNumber": "ASC"}])
    falling = await whole(group, "hugo", order=[{"leftOn": "DESC"}, {"staffNumber": "ASC"}])

    assert rising[:2] == ["S0004", "S0001"]
    assert falling[:2] == ["S0001", "S0004"]
    assert rising[2:] == falling[2:]


@pytest.mark.parametrize(
    "other",
    [
        {"order": [{"staffNumber": "ASC"}]},
        {"filter": {"stage": {"eq": "LEFT"}}},
        {"search": "葛"},
    ],
    ids=["another order", "another filter", "another search"],
)
async def test_a_cursor_opens_only_in_the_list_that_made_it(group, other):
    page = (await group.read("hugo", PAGE, first=2))["people"]

    for argument in ("after", "before"):
        cursor = {argument: page["pageInfo"]["endCursor"]}
        refused = await group.ask("hugo", PAGE, first=2, **cursor, **other)

        assert "data" not in refused
        assert refused["errors"][0]["extensions"]["reason"] == "INVALID_CURSOR"
        assert refused["errors"][0]["extensions"]["argumentPath"] == argument


async def test_a_cursor_opens_only_for_the_view_that_made_it(group):
    page = (await group.read("hugo", PAGE, first=1))["people"]

    for who in ("grace", "eve", "anna"):
        refused = await group.ask(who, PAGE, first=1, after=page["pageInfo"]["endCursor"])
        assert refused["errors"][0]["extensions"]["reason"] == "INVALID_CURSOR"


async def test_a_hidden_value_is_null_in_a_filter_too(group):
    """Mary sees of ada no day of hire: no test of it finds her, and none of its absence fails."""
    day = str((await group.person("ada")).hired_on)

    async def found(test):
        return await whole(group, "mary", filter={"hiredOn": test})

    assert "S0004" not in await found({"eq": day})
    assert "S0004" not in await found({"gte": "1900-01-01"})
    assert "S0004" not in await whole(group, "mary", filter={"not": {"hiredOn": {"eq": day}}})
    assert "S0004" in await found({"isNull": True})
    assert await found({"eq": day}) == ["S0001"]


async def test_a_list_is_not_sorted_by_what_only_some_rows_show(group):
    refused = await group.ask("mary", PAGE, order=[{"hiredOn": "ASC"}])

    assert "data" not in refused
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert refused["errors"][0]["extensions"]["denied"] == [
        {"path": "Person.hiredOn", "type": "Person", "field": "hiredOn", "action": "sort"}
    ]


async def test_whom_eve_cannot_see_no_filter_finds(group):
    for test in (
        {"staffNumber": {"eq": "S0004"}},
        {"id": {"eq": group.psn("ada")}},
        {"supervisor": {"staffNumber": {"eq": "S0000"}}},
        {"not": {"staffNumber": {"eq": "nobody"}}, "tenant": {"code": {"eq": "east"}}},
    ):
        assert await whole(group, "eve", filter=test) == []


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"filter": {"stage": {"eq": None}}}, "filter.stage.eq"),
        ({"filter": {"id": {"eq": "ada"}}}, "filter.id.eq"),
        ({"filter": {"id": {"in": ["tnt_" + "0" * 32]}}}, "filter.id.in"),
        ({"filter": {"staffNumber": {"startsWith": ""}}}, "filter.staffNumber.startsWith"),
        ({"filter": {"staffNumber": {"in": ["x"] * 1001}}}, "filter.staffNumber.in"),
        ({"order": [{"staffNumber": "ASC"}] * 6}, "orderBy"),
        ({"first": 1, "last": 1}, "last"),
        ({"last": -1}, "last"),
    ],
    ids=str,
)
async def test_what_cannot_be_meant_is_refused_by_its_place(group, given, at):
    refused = await group.ask("hugo", PAGE, **given)

    assert "data" not in refused
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert refused["errors"][0]["extensions"]["argumentPath"] == at


async def test_a_filter_has_its_limits(group):
    deep = {"stage": {"eq": "LEFT"}}
    for _ in range(12):
        deep = {"not": deep}
    wide = {"or": [{"staffNumber": {"eq": str(n)}} for n in range(60)]}

    for given in (deep, wide):
        refused = await group.ask("hugo", PAGE, filter=given)
        assert refused["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


async def test_a_prefix_is_taken_letter_by_letter(group):
    async def found(prefix):
        return await whole(group, "hugo", filter={"displayName": {"startsWith": prefix}})

    assert await found("欧") == ["S0009", "S0004"]
    assert await found("欧阳") == ["S0004"]
    assert await found("%") == []
    assert await found("\U0010ffff") == []
