"""Whoever has opened what is about somebody is told to them: by role, and in time."""

from datetime import timedelta

import pytest

from domain.access.delay_disclosure import (
    DelayDisclosure,
    DelayedByOneself,
    DelayUnfit,
    delay_disclosure,
)
from domain.kernel.errors import Forbidden, NotFound
from domain.kernel.ids import external_id
from domain.privacy.delays import DelayGround
from tests.people import NOW, refused

OPEN = "query($id: ID!) { person(id: $id) { %s { value(purpose: %s) } } }"
ASK = """query($first: Int! = 20, $before: DateTime) { whoReadMyData(first: $first, before: $before)
  { at byOneself kind roles purpose fields } }"""


async def opens(group, who, whom="ada", field="phone", purpose="HR_ADMINISTRATION"):
    group.clock.on(minutes=1)
    found = await group.read(who, OPEN % (field, purpose), id=group.psn(whom))
    assert found["person"][field]["value"]


async def readings(group, who="ada", **given):
    return (await group.read(who, ASK, **given))["whoReadMyData"]


async def delays(group, who="cora", *, whom="ada", reader="bea", days=30):
    command = DelayDisclosure(
        person_id=group.people[whom],
        principal_id=group.principals[reader],
        until=group.clock.now + timedelta(days=days),
        ground=DelayGround.INTERNAL_INVESTIGATION,
    )
    return await group.do(who, delay_disclosure, command)


async def test_readings_are_told_by_role_and_without_a_name_the_latest_first(group):
    await opens(group, "bea")
    await opens(group, "ada", field="email", purpose="SUBJECT_REQUEST")

    own, theirs = await readings(group)

    assert own["byOneself"] is True
    assert (own["fields"], own["purpose"]) == (["Person.email"], "SUBJECT_REQUEST")
    assert theirs == {
        "at": (NOW + timedelta(minutes=1)).isoformat(),
        "byOneself": False,
        "kind": "PERSON",
        "roles": ["branch_hr"],
        "purpose": "HR_ADMINISTRATION",
        "fields": ["Person.phone"],
    }
    told = str(await readings(group))
    assert "白贝" not in told
    assert "15400000004" not in told
    assert external_id("prc", group.principals["bea"]) not in told


async def test_what_was_opened_of_others_is_not_told(group):
    await opens(group, "bea", whom="mary")

    assert await readings(group) == []
    assert len(await readings(group, "mary")) == 1


async def test_readings_are_told_some_at_a_time(group):
    for _ in range(3):
        await opens(group, "bea")

    first = await readings(group, first=2)
    rest = await readings(group, first=2, before=first[-1]["at"])

    assert [len(first), len(rest)] == [2, 1]
    answer = await group.ask("ada", ASK, first=101)
    assert answer["errors"][0]["extensions"]["argumentPath"] == "first"
    assert "data" not in answer


async def test_while_it_is_delayed_nothing_tells_of_the_reader_and_afterwards_all_does(group):
    await opens(group, "bea")
    await opens(group, "rita")
    await delays(group, days=20)
    await opens(group, "bea", field="email")

    assert [one["roles"] for one in await readings(group)] == [["recruiter"]]
    group.clock.on(days=20, minutes=-2)
    assert [one["roles"] for one in await readings(group)] == [["recruiter"]]
    group.clock.on(minutes=3)
    assert [one["roles"] for one in await readings(group)] == [
        ["branch_hr"], ["recruiter"], ["branch_hr"],
    ]  # fmt: skip


async def test_a_delay_concerns_one_person_and_one_reader(group):
    await opens(group, "bea")
    await opens(group, "bea", whom="mary")
    await delays(group)

    assert await readings(group) == []
    assert len(await readings(group, "mary")) == 1


LIST = "{ disclosureDelays { nodes { ground until person { id } } } }"


async def test_a_delay_is_shown_to_compliance_and_auditors_and_never_to_the_person(group):
    await delays(group)

    for who in ("cora", "anna"):
        (one,) = (await group.read(who, LIST))["disclosureDelays"]["nodes"]
        assert one["ground"] == "INTERNAL_INVESTIGATION"
    for who in ("ada", "bea", "grace", "eve"):
        answer = await group.ask(who, LIST)
        assert "INTERNAL" not in str(answer)
    mine = str(await group.read("ada", "{ myData { table field value } }"))
    assert "disclosure_delay" not in mine
    assert "INTERNAL" not in mine


async def test_that_a_delay_was_ordered_stands_in_the_trail(group):
    made = await group.ask(
        "cora",
        """mutation($p: ID!, $r: ID!, $u: DateTime!) { delayDisclosure(
          input: {personId: $p, principalId: $r, until: $u, ground: AUTHORITY}
        ) { userErrors { code } } }""",
        p=group.psn("ada"),
        r=external_id("prc", group.principals["bea"]),
        u=(NOW + timedelta(days=3)).isoformat(),
    )

    assert made["data"]["delayDisclosure"]["userErrors"] == []
    [entry] = await group.rows(
        "SELECT principal_id, object_type FROM audit_entry WHERE group_id = :g "
        "AND verb = 'delayDisclosure'"
    )
    assert entry.principal_id == group.principals["cora"]


@pytest.mark.parametrize("days", [-1, 0, 181])
async def test_a_delay_ends_within_half_a_year(group, days):
    async with group.unchanged():
        with refused(DelayUnfit, at=("until",)):
            await delays(group, days=days)


async def test_neither_the_reader_nor_the_person_orders_it(group):
    async with group.unchanged():
        with refused(DelayedByOneself, at=("personId",)):
            await delays(group, whom="cora")
        with refused(DelayedByOneself, at=("principalId",)):
            await delays(group, reader="cora")


@pytest.mark.parametrize(
    ("who", "kind"),
    [("ada", Forbidden), ("bea", Forbidden), ("hugo", Forbidden), ("eve", NotFound)],
)
async def test_nobody_else_orders_one(group, who, kind):
    async with group.unchanged():
        with refused(kind):
            await delays(group, who)


@pytest.mark.parametrize("who", ["bea", "cora", "olga", "anna", "axel", "vera"])
async def test_only_oneself_is_told(group, who):
    await opens(group, "bea")

    answer = await group.ask(who, ASK)

    assert (answer.get("data") or {}).get("whoReadMyData") is None
