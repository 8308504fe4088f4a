"""What a small document can make large is bounded, and what clients name does no harm."""

import pytest


def again_and_again(times: int, depth: int) -> str:
    """A field that is asked for many times at each level, by a fragment within a fragment."""
    parts = [
        f"fragment F{n} on Person {{ {' '.join([f'supervisor {{ ...F{n + 1} }}'] * times)} }}"
        for n in range(depth)
    ]
    whole = "\n".join([*parts, f"fragment F{depth} on Person {{ staffNumber }}"])
    return f"query($id: ID!) {{ person(id: $id) {{ ...F0 }} }}\n{whole}"


async def test_a_field_that_is_asked_for_many_times_is_read_once(group):
    """Each level is merged, so that five times a level is not five to the power of the depth."""
    told = await group.read("hugo", again_and_again(5, 9), id=group.psn("ada"))

    [(key, above)] = told["person"].items()
    assert key == "supervisor"
    assert above == {"supervisor": None}


@pytest.mark.parametrize(
    "given",
    [
        {"and": [{"enrolments": {"some": {}}}] * 300},
        {"or": [{}] * 300},
        {"and": [{"and": [{"and": [{}] * 10}] * 10}] * 10},
    ],
    ids=["relations", "nothing", "nested"],
)
async def test_a_filter_is_bounded_even_where_it_tests_nothing(group, given):
    query = "query($f: PersonFilter) { people(filter: $f) { totalCount } }"

    answer = await group.ask("hugo", query, f=given)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


async def test_answer_keys_may_be_as_long_and_alike_as_clients_like(group):
    long = "a" * 100
    query = f"""{{ people(first: 2) {{
      {long}1: nodes {{ staffNumber }} {long}2: nodes {{ id }}
      {long}3: edges {{ {long}4: node {{ stage }} {long}5: node {{ staffNumber }} }}
    }} }}"""

    told = (await group.read("hugo", query))["people"]

    assert [set(one) for one in told[f"{long}1"]] == [{"staffNumber"}] * 2
    assert [set(one) for one in told[f"{long}2"]] == [{"id"}] * 2
    assert [one[f"{long}5"] for one in told[f"{long}3"]] == told[f"{long}1"]
