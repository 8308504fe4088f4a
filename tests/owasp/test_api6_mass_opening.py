"""API6: nobody opens more sealed values within an hour than one person's work can need."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from runtime.refused import SettingsRefused
from runtime.settings import Settings

OPEN = "{ people(first: 100) { nodes { phone { value(purpose: EMERGENCY_CONTACT) } } } }"
ONE = "query($id: ID!) { person(id: $id) { phone { value(purpose: SUBJECT_REQUEST) } } }"
TWICE = """
query($id: ID!) { person(id: $id) {
  phone { a: value(purpose: SUBJECT_REQUEST) b: value(purpose: SUBJECT_REQUEST) }
  again: phone { value(purpose: EMERGENCY_CONTACT) }
} }
"""


def at_most(group, cells: int) -> None:
    installation = group.installation
    installation.settings = replace(installation.settings, decrypts_per_hour=cells)


async def trail(group, outcome: str) -> list:
    return await group.rows(
        "SELECT code, details, principal_id FROM audit_entry "
        "WHERE group_id = :g AND verb = 'decrypt' AND outcome = :o ORDER BY at",
        o=outcome,
    )


def test_a_thousand_an_hour_is_what_is_taken_where_nothing_is_said():
    assert Settings().decrypts_per_hour == 1_000


async def test_the_one_that_is_too_much_is_refused_written_down_and_told(group, caplog):
    at_most(group, 7)
    assert "errors" not in await group.ask("bea", OPEN)  # the five of her branch
    told = await group.read("bea", ONE, id=group.psn("ada"))
    assert told["person"]["phone"]["value"] == "15400000004"
    assert (await group.read("bea", ONE, id=group.psn("ada")))["person"]["phone"]["value"]

    with caplog.at_level(logging.ERROR, "peiyuan.alarms"):
        answer = await group.ask("bea", ONE, id=group.psn("ada"))

    assert "data" not in answer
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "DECRYPT_LIMIT_REACHED"
    assert "15400000004" not in str(answer)
    [entry] = await trail(group, "REFUSED")
    assert (entry.code, entry.principal_id) == ("DECRYPT_LIMIT_REACHED", group.principals["bea"])
    assert (entry.details["opened"], entry.details["asked"]) == (7, 1)
    [record] = caplog.records
    assert (record.alarm, record.opened) == ("DECRYPT_LIMIT_REACHED", 7)
    assert record.principal_id == str(group.principals["bea"])


async def test_what_does_not_fit_is_refused_whole_and_opens_nothing(group):
    at_most(group, 4)

    answer = await group.ask("bea", OPEN)

    assert answer["errors"][0]["extensions"]["code"] == "DECRYPT_LIMIT_REACHED"
    assert await trail(group, "DONE") == []


async def test_the_measure_is_each_principals_own_and_an_hour_long(group):
    at_most(group, 1)
    assert (await group.read("ada", ONE, id=group.psn("ada")))["person"]["phone"]["value"]
    assert "errors" in await group.ask("ada", ONE, id=group.psn("ada"))
    assert (await group.read("bea", ONE, id=group.psn("ada")))["person"]["phone"]["value"]

    group.clock.on(minutes=59, seconds=59)
    assert "errors" in await group.ask("ada", ONE, id=group.psn("ada"))
    group.clock.on(seconds=1)
    assert (await group.read("ada", ONE, id=group.psn("ada")))["person"]["phone"]["value"]


async def test_a_value_counts_once_for_each_purpose_however_often_it_is_named(group):
    at_most(group, 2)

    assert "errors" not in await group.ask("ada", TWICE, id=group.psn("ada"))
    assert "errors" in await group.ask("ada", ONE, id=group.psn("ada"))


async def test_masked_forms_are_read_without_a_measure(group):
    at_most(group, 1)
    masked = "{ people(first: 100) { nodes { phone { masked } } } }"

    for _ in range(3):
        assert "errors" not in await group.ask("bea", masked)


async def test_requests_at_once_do_not_get_past_it_together(group):
    at_most(group, 3)
    await group.actor("bea")

    answers = await asyncio.gather(*(group.ask("bea", ONE, id=group.psn("ada")) for _ in range(8)))

    assert sum("errors" not in answer for answer in answers) == 3
    assert len(await trail(group, "DONE")) == 3
    assert len(await trail(group, "REFUSED")) == 5


async def test_a_change_stands_though_its_payload_may_not_be_opened_any_more(group):
    at_most(group, 1)
    person = await group.person("ada")
    query = """
    mutation($input: CorrectPersonInput!) { correctPerson(input: $input) {
      person { phone { value(purpose: HR_ADMINISTRATION) } email { value(purpose: AUDIT) } }
      userErrors { code } } }
    """
    given = {"personId": group.psn("ada"), "displayName": "艾达"}

    answer = await group.ask("bea", query, input={**given, "expectedVersion": person.row_version})

    assert answer["data"] == {"correctPerson": None}
    assert answer["errors"][0]["extensions"]["code"] == "DECRYPT_LIMIT_REACHED"
    assert (await group.person("ada")).display_name == "艾达"


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1000001"])
def test_a_measure_that_is_none_is_refused_at_the_start(wrong):
    with pytest.raises(SettingsRefused):
        Settings.read({"PEIYUAN_DECRYPTS_PER_HOUR": wrong})
