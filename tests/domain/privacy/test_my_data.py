"""One is told everything that is held of oneself, sealed values masked, and nobody else is."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from api.graphql.binding import camel
from domain.kernel.entity import Entity, GroupEntity
from domain.kernel.traits import traits_of
from domain.learning.enrol import Enrol, enrol
from domain.learning.record_progress import RecordProgress, record_progress
from domain.learning.withdraw_enrolment import WithdrawEnrolment, withdraw_enrolment
from domain.privacy.holdings import WITHHELD, columns_told, tables_about_people
from domain.privacy.sealed import Sealed
from tests.domain.catalogue import taught
from tests.domain.privacy.asking import WISH, asks
from tests.domain.privacy.telling import consents, told
from tests.people import national_id

ASK = "{ myData { table id row field label classification sealed value } }"


async def cells(group, who):
    return (await group.read(who, ASK))["myData"]


def of(found, table, field):
    return [one["value"] for one in found if (one["table"], one["field"]) == (table, field)]


async def lived(group):
    """Ada has learnt something, asked for something, and consented to something."""
    law = await taught(group, "law")
    enrolment = await group.do(
        "grace", enrol, Enrol(person_id=group.people["ada"], course_id=law.course_id)
    )
    await group.do(
        "ada", record_progress, RecordProgress(enrolment_id=enrolment.id, percent=Decimal(40))
    )
    [lock] = await group.rows("SELECT row_version FROM enrolment WHERE group_id = :g")
    await group.do(
        "grace",
        withdraw_enrolment,
        WithdrawEnrolment(
            enrolment_id=enrolment.id,
            expected_version=lock.row_version,
            reason=Sealed.of("长期病假"),
        ),
    )
    await asks(group, "ada")
    await consents(group, "ada", await told(group, "ada"))


async def test_fields_are_told_with_class_and_label_and_sealed_ones_masked(group):
    await lived(group)

    found = await cells(group, "ada")

    assert of(found, "person", "displayName") == ["欧阳艾达"]
    assert of(found, "person", "phone") == ["154****0004"]
    assert of(found, "enrolment", "percent") == ["40"]
    assert of(found, "progress_entry", "reason") == ["***"]
    assert of(found, "subject_request", "wish") == ["***"]
    assert of(found, "consent", "topic") == ["THIRD_PARTY"]
    assert of(found, "employment", "hiredOn") == [date(2026, 4, 4).isoformat()]
    [phone] = [one for one in found if one["field"] == "phone"]
    assert (phone["label"], phone["classification"], phone["sealed"]) == ("pi.contact", "P3", True)
    assert phone["id"] == group.psn("ada")


async def test_no_sealed_value_is_told_and_nothing_of_anybody_else(group):
    await lived(group)
    await asks(group, "walt")

    told_ada = str(await cells(group, "ada"))

    for value in ("15400000004", "ada@staff.example", "9999000011112228", national_id(4), WISH):
        assert value not in told_ada
    for name in ("walt", "grace"):
        person = await group.person(name)
        assert person.display_name not in told_ada
        assert person.staff_number not in told_ada
    assert "长期病假" not in told_ada


async def test_a_sealed_value_is_opened_where_it_lies_and_leaves_a_trace(group):
    [phone] = [one for one in await cells(group, "ada") if one["field"] == "phone"]

    opened = await group.read(
        "ada",
        "query($id: ID!) { person(id: $id) { phone { value(purpose: SUBJECT_REQUEST) } } }",
        id=phone["id"],
    )

    assert opened["person"]["phone"]["value"] == "15400000004"
    [entry] = await group.rows("SELECT purpose FROM audit_entry WHERE verb = 'decrypt'")
    assert entry.purpose == "SUBJECT_REQUEST"


async def test_the_bundle_covers_every_column_about_a_person_that_holds_something(group):
    """What lies in the database about ada, found by the metadata alone, is what she is told."""
    await lived(group)
    found = {(one["table"], one["row"], one["field"]) for one in await cells(group, "ada")}

    expected = set()
    for mapper in Entity.registry.mappers:
        entity = mapper.class_
        if not issubclass(entity, GroupEntity) or entity.about is None:
            continue
        personal = [
            one.name
            for one in entity.__table__.columns
            if traits_of(entity, one).label.startswith("pi.")
            and one.name not in {"group_id", "row_version"}
        ]
        for column in personal:
            rows = await group.rows(
                f"SELECT id FROM {entity.__tablename__} WHERE group_id = :g "
                f"AND {entity.about} = :ada AND {column} IS NOT NULL",
                ada=group.people["ada"],
            )
            expected |= {(entity.__tablename__, str(row.id), camel(column)) for row in rows}

    assert {table for table, _, _ in expected} >= {
        "person", "employment", "enrolment", "progress_entry", "subject_request", "name_gram",
    }  # fmt: skip
    assert expected <= found


def test_every_table_about_people_is_told_of_or_named_as_withheld():
    about = {
        mapper.class_.__tablename__
        for mapper in Entity.registry.mappers
        if issubclass(mapper.class_, GroupEntity) and mapper.class_.about
    }

    told_of = {one.__tablename__ for one in tables_about_people()}

    assert about - told_of == WITHHELD
    for entity in tables_about_people():
        personal = {
            one.key
            for one in entity.__table__.columns
            if traits_of(entity, one).label.startswith("pi.")
        }
        assert personal - {one.key for one in columns_told(entity)} <= {"group_id", "row_version"}


@pytest.mark.parametrize("who", ["bea", "cora", "olga", "anna", "axel", "vera"])
async def test_without_the_rights_of_a_person_nothing_is_told(group, who):
    answer = await group.ask(who, ASK)

    assert (answer.get("data") or {}).get("myData") is None


async def test_of_somebody_whose_keys_are_gone_masks_are_gone_too(group):
    async with group.work_as(group.founder) as work:
        await work.session.execute(
            text("DELETE FROM window_key WHERE group_id = :g AND subject_id = :a"),
            {"g": group.id, "a": group.people["ada"]},
        )

    assert of(await cells(group, "ada"), "person", "phone") == [None]
