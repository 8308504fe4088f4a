"""Events in their canonical form: the published vectors of RFC 8785, and what an event says."""

import json
import struct
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from domain.audit.canonical import (
    NotExact,
    canonical,
    committed,
    event_of,
    instant,
    leaf_of,
    personal,
)
from domain.audit.entries import Act, entry_of
from domain.audit.models import Outcome
from runtime.bring_up import connected

from .trails import noted, sequenced, trail_of

# RFC 8785, section 3.2.2 (the sample) and the bytes of section 3.2.4 that it has to become.
SAMPLE = r"""
{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}
"""
SAMPLE_BYTES = """
7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72
75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a
5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37
5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30
30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d
"""
# Section 3.2.3: keys are sorted by the units of UTF-16.
SORTING = r"""
{
  "\u20ac": "Euro Sign",
  "\r": "Carriage Return",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face",
  "\u0080": "Control",
  "\u00f6": "Latin Small Letter O With Diaeresis"
}
"""
SORTED = [
    "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
    "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
]  # fmt: skip
# Appendix B: the numbers as IEEE 754 holds them, and as they are written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_sample_of_rfc_8785_becomes_its_published_bytes():
    assert canonical(json.loads(SAMPLE)) == bytes.fromhex(SAMPLE_BYTES)


def test_keys_are_sorted_as_rfc_8785_says():
    written = canonical(json.loads(SORTING))

    assert list(json.loads(written).values()) == SORTED


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_are_written_as_appendix_b_of_rfc_8785_says(bits, written):
    [number] = struct.unpack(">d", bytes.fromhex(bits))

    assert canonical(number) == written.encode()


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(rfc8785.FloatDomainError):
        canonical(number)


@given(PLAIN)
def test_what_is_written_is_the_same_value_and_written_the_same_again(value):
    written = canonical(value)

    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


def test_instants_are_written_in_utc_to_the_microsecond():
    shanghai = timezone(timedelta(hours=8))
    assert instant(datetime(2026, 5, 4, 9, 0, 0, 7, tzinfo=shanghai)) == (
        "2026-05-04T01:00:00.000007Z"
    )


def entry(group, **more):
    act = Act(verb="decrypt", purpose="AUDIT", **more)
    at = datetime(2026, 5, 4, 1, tzinfo=UTC)
    return entry_of(group.founder, act, id=UUID(int=5), at=at, request_id="r1")


CELLS = {
    "subject": "0198-ada",
    "cells": [{"field": "Person.phone", "row": "r"}, {"field": "Person.email", "row": "r"}],
}


def test_an_event_says_who_did_what_and_when_in_one_way(group):
    found = entry(group, outcome=Outcome.DENIED, code="FORBIDDEN", details={"rows": ["x:1"]})

    assert canonical(event_of(found)).decode() == (
        '{"actor":"00000000-0000-0000-0000-000000000000","at":"2026-05-04T01:00:00.000000Z",'
        f'"code":"FORBIDDEN","details":{{"rows":["x:1"]}},"group":"{group.id}",'
        '"id":"00000000-0000-0000-0000-000000000005","object":{"id":null,"type":""},'
        '"outcome":"DENIED","policyVersion":0,"purpose":"AUDIT","request":"r1","subject":null,'
        f'"tenant":"{group.id}","token":null,"v":1,"verb":"decrypt"}}'
    )
    assert found.leaf == sha256(b"\0" + canonical(event_of(found))).digest()


def test_an_event_names_nobody_whose_values_were_opened(group):
    found = entry(group, details=CELLS)
    event = canonical(event_of(found)).decode()

    assert "ada" not in event
    assert '"fields":["Person.email","Person.phone"],"opened":2' in event
    assert found.commitment == committed(found.salt, personal(found.details))
    assert found.commitment.hex() in event


def test_what_is_opened_twice_of_one_person_cannot_be_linked(group):
    one, two = entry(group, details=CELLS), entry(group, details=CELLS)

    assert one.salt != two.salt
    assert one.commitment != two.commitment


@pytest.mark.parametrize("value", [1.5, b"x", {"deep": [1.0]}, object()])
def test_an_event_holds_nothing_inexact(group, value):
    with pytest.raises(NotExact):
        entry(group, details={"value": value})


@pytest.mark.parametrize(
    "changed",
    [
        {"at": datetime(2026, 5, 4, 2, tzinfo=UTC)},
        {"request_id": None},
        {"id": UUID(int=6)},
    ],
)
def test_another_event_has_another_leaf(group, changed):
    act = Act(verb="decrypt", purpose="AUDIT")
    given = {"id": UUID(int=5), "at": datetime(2026, 5, 4, 1, tzinfo=UTC), "request_id": "r1"}
    first = entry_of(group.founder, act, **given)

    assert entry_of(group.founder, act, **{**given, **changed}).leaf != first.leaf
    assert entry_of(group.founder, replace(act, code="X"), **given).leaf != first.leaf


async def test_whatever_is_written_has_the_leaf_that_is_found_of_it_again(group):
    """Of each way into the trail: a change, a refusal, an opening, an auditor's reading."""
    await group.read("ada", "{ viewer { person { phone { value(purpose: HR_ADMINISTRATION) } } } }")
    create = """
    mutation($input: CreateCourseInput!) { createCourse(input: $input) { userErrors { code } } }
    """
    course = {"tenantId": group.tnt("head"), "code": "C", "title": "课", "family": "CULTURE"}
    await group.read("hugo", create, input=course)
    await group.read("ada", create, input=course)
    await group.read("anna", "{ tenants { totalCount } }")

    found = await trail_of(group)

    verbs = {one.verb for one in found.entries.values()}
    assert verbs >= {"decrypt", "createCourse", "read"}
    assert all(one.leaf == leaf_of(one) for one in found.entries.values())


async def test_an_entry_of_before_the_tree_gets_the_leaf_of_its_event(group, addresses):
    [old] = await noted(group, "old")
    async with connected(addresses.owner) as owner:
        await owner.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        assert (
            await owner.execute("UPDATE audit_entry SET leaf = '' WHERE id = $1", old) == "UPDATE 1"
        )
    await sequenced(group)

    found = await trail_of(group)
    [leaf] = [one for one in found.leaves if one.id == old]
    assert leaf.leaf == leaf_of(found.entries[old])
    assert b64decode(found.checkpoints[-1].note.splitlines()[2]) == found.checkpoints[-1].root
