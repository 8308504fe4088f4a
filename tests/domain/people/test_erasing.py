"""Erasure: who may be erased and when, and that nothing leads to who they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.kernel.errors import Forbidden, NotFound
from domain.people.erase_person import (
    CANDIDATES_KEPT,
    LEAVERS_KEPT,
    ErasedAlready,
    ErasePerson,
    ErasureGround,
    ErasureNotGranted,
    OwnErasure,
    RetentionRuns,
    StillWithUs,
    UnderLegalHold,
    erase_person,
)
from domain.people.erasing import ERASED
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode
from domain.people.register_candidate import RegisterCandidate, register_candidate
from domain.privacy.holds import HoldGround
from domain.privacy.place_legal_hold import (
    HeldAlready,
    OwnHold,
    PlaceLegalHold,
    place_legal_hold,
)
from domain.privacy.release_legal_hold import (
    HoldReleased,
    ReleaseLegalHold,
    release_legal_hold,
)
from domain.privacy.request_models import RequestKind
from domain.privacy.sealed import Sealed
from tests.domain.privacy.asking import asks, grants, reviews
from tests.people import TODAY, refused

ASK = """query($id: ID!) { person(id: $id) {
  displayName staffNumber phone { masked value(purpose: HR_ADMINISTRATION) } email { masked } } }"""


@pytest.fixture
async def candidate(group):
    command = RegisterCandidate(
        tenant_id=group.tenants["east"],
        staff_number="C9",
        display_name="司马候选",
        phone=Sealed.of("15400000077"),
    )
    person = await group.do("rita", register_candidate, command)
    group.people["cai"] = person.id
    return person.id


async def aged(group, name, past: timedelta):
    """Have somebody be known, and gone, for longer."""
    async with group.installation.writer.transaction(group.id, None) as session:
        await session.execute(
            text(
                "UPDATE person SET created_at = created_at - CAST(:p AS interval),"
                " left_on = left_on - CAST(:d AS integer) WHERE group_id = :g AND id = :i"
            ),
            {"g": group.id, "i": group.people[name], "p": past, "d": past.days},
        )


async def erased(group, name, *, by="cora", ground=ErasureGround.RETENTION_OVER):
    [row] = await group.rows(
        "SELECT row_version AS v FROM person WHERE group_id = :g AND id = :i",
        i=group.people[name],
    )
    command = ErasePerson(person_id=group.people[name], expected_version=row.v, ground=ground)
    return await group.do(by, erase_person, command)


async def leaves(group, name):
    [row] = await group.rows(
        "SELECT row_version AS v FROM person WHERE group_id = :g AND id = :i",
        i=group.people[name],
    )
    command = Leave(
        person_id=group.people[name],
        expected_version=row.v,
        left_on=TODAY,
        leave_code=LeaveCode.PAY,
    )
    await group.do("bea", leave, command)


async def test_of_an_unhired_candidate_nothing_is_left_after_half_a_year(group, candidate):
    before = await group.read("bea", ASK, id=group.psn("cai"))
    assert before["person"]["phone"] == {"masked": "154****0077", "value": "15400000077"}
    await aged(group, "cai", CANDIDATES_KEPT + timedelta(days=1))

    await erased(group, "cai")

    found = (await group.read("bea", ASK, id=group.psn("cai")))["person"]
    assert found["displayName"] == ERASED
    assert found["staffNumber"].startswith("erased-")
    assert (found["phone"], found["email"]) == (None, None)
    search = '{ people(search: "司马") { totalCount } }'
    assert (await group.read("bea", search))["people"]["totalCount"] == 0
    for table in ("person", "name_gram", "audit_entry", "window_key"):
        for row in await group.rows(f"SELECT x::text AS row FROM {table} x WHERE group_id = :g"):
            assert "司马" not in row.row
            assert "15400000077" not in row.row
    assert (
        await group.rows(
            "SELECT id FROM window_key WHERE group_id = :g AND subject_id = :i", i=candidate
        )
        == []
    )


async def test_the_trail_forgets_whom_an_opening_was_about_and_stays_whole(group, candidate):
    await group.read("bea", ASK, id=group.psn("cai"))
    opening = "SELECT details, salt, leaf FROM audit_entry WHERE group_id=:g AND verb='decrypt'"
    [before] = await group.rows(opening)
    assert before.details["subject"] == str(candidate)
    await aged(group, "cai", CANDIDATES_KEPT + timedelta(days=1))

    await erased(group, "cai")

    [after] = await group.rows(opening)
    assert after.salt is None
    assert str(candidate) not in str(after.details)
    assert after.leaf == before.leaf
    told = await group.rows(
        "SELECT verb, purpose FROM audit_entry WHERE group_id = :g AND verb LIKE 'erase%'"
    )
    assert [(row.verb, row.purpose) for row in told] == [("eraseSubject", "RETENTION_OVER")]


async def test_somebody_who_asks_is_erased_once_it_was_granted_and_the_law_lets(group):
    request = await asks(group, "ada", RequestKind.ERASURE)
    await reviews(group, "cora", request)
    await grants(group, "cora", request)
    with refused(StillWithUs, at=("personId",)):
        await erased(group, "ada", ground=ErasureGround.REQUEST)
    await leaves(group, "ada")
    with refused(RetentionRuns, at=("personId",)):
        await erased(group, "ada", ground=ErasureGround.REQUEST)

    await aged(group, "ada", LEAVERS_KEPT + timedelta(days=1))
    await erased(group, "ada", ground=ErasureGround.REQUEST)

    [row] = await group.rows("SELECT state FROM subject_request WHERE group_id = :g")
    assert row.state == "DONE"
    assert (
        await group.rows(
            "SELECT id FROM login WHERE group_id = :g AND principal_id = :p",
            p=group.principals["ada"],
        )
        == []
    )


async def test_what_has_to_be_kept_is_not_erased(group, candidate):
    async with group.unchanged():
        with refused(RetentionRuns, at=("personId",)):
            await erased(group, "cai")
        with refused(ErasureNotGranted, at=("ground",)):
            await erased(group, "cai", ground=ErasureGround.REQUEST)
        with refused(StillWithUs, at=("personId",)):
            await erased(group, "ada")
    await aged(group, "cai", CANDIDATES_KEPT + timedelta(days=1))
    hold = await group.do(
        "cora",
        place_legal_hold,
        PlaceLegalHold(person_id=candidate, ground=HoldGround.LITIGATION),
    )
    async with group.unchanged():
        with refused(UnderLegalHold, at=("personId",)):
            await erased(group, "cai")

    await group.do("cora", release_legal_hold, ReleaseLegalHold(legal_hold_id=hold.id))
    await erased(group, "cai")

    async with group.unchanged():
        with refused(ErasedAlready, at=("personId",)):
            await erased(group, "cai")


async def test_a_day_earlier_is_too_early(group, candidate):
    await aged(group, "cai", CANDIDATES_KEPT)
    async with group.unchanged():
        with refused(RetentionRuns, at=("personId",)):
            await erased(group, "cai")


async def test_nobody_erases_whom_they_may_not(group, candidate):
    await aged(group, "cai", CANDIDATES_KEPT + timedelta(days=1))
    async with group.unchanged():
        for who in ("bea", "rita", "hugo"):
            with refused(Forbidden):
                await erased(group, "cai", by=who)
        for who in ("eve", "ada"):
            with refused(NotFound):
                await erased(group, "cai", by=who)
        with refused(OwnErasure, at=("personId",)):
            await erased(group, "cora")
    found = await group.read("bea", ASK, id=group.psn("cai"))
    assert found["person"]["displayName"] == "司马候选"


async def test_a_hold_stands_once_on_a_ground_and_is_released_once(group, candidate):
    command = PlaceLegalHold(person_id=candidate, ground=HoldGround.AUTHORITY)
    hold = await group.do("cora", place_legal_hold, command)
    async with group.unchanged():
        with refused(HeldAlready, at=("ground",)):
            await group.do("cora", place_legal_hold, command)
        with refused(OwnHold, at=("personId",)):
            mine = PlaceLegalHold(person_id=group.people["cora"], ground=HoldGround.AUTHORITY)
            await group.do("cora", place_legal_hold, mine)
        with refused(Forbidden):
            await group.do("bea", place_legal_hold, command)
        with refused(NotFound):
            await group.do("eve", place_legal_hold, command)

    release = ReleaseLegalHold(legal_hold_id=hold.id)
    await group.do("cora", release_legal_hold, release)
    async with group.unchanged():
        with refused(HoldReleased, at=("legalHoldId",)):
            await group.do("cora", release_legal_hold, release)
