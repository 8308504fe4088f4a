"""What lies below a work: rows are held once, and written where nobody else was faster."""

from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from api.demo.load import GROUP
from domain.content.models import Course, CourseFamily, CourseVersion
from domain.kernel.entity import Entity, GroupEntity
from domain.kernel.store import Store
from domain.organisation.models import Tenant
from domain.people.models import Person
from domain.privacy.sealed import Sealed
from runtime.database import driver_of
from tests.people import NOW

PHONE = "13912345678"
KINDS = sorted(
    (one.class_ for one in Entity.registry.mappers if issubclass(one.class_, GroupEntity)),
    key=lambda kind: kind.__name__,
)


def placed(work, row):
    row.group_id, row.id, row.created_at = work.actor.group_id, uuid4(), work.now
    return row


def course(group, code="NEW", **fields):
    family = next(iter(CourseFamily))
    return Course(tenant_id=group.tenants["head"], code=code, title="新课", family=family, **fields)


def said(work):
    """Everything that is sent from now on."""
    heard = []
    work.store.driver.add_query_logger(lambda one: heard.append(one.query))
    return heard


async def name_of(group, name="ada"):
    [found] = await group.rows(
        "SELECT display_name, row_version FROM person WHERE group_id = :g AND id = :id",
        id=group.people[name],
    )
    return tuple(found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_rows_hold_what_sqlalchemy_reads_of_them(demo, kind):
    """Every type of column, on every table, as the session makes it."""
    async with demo.writer.begun(GROUP, ()) as connection:
        store = Store(connection, driver_of(connection), GROUP)
        ours = await store.find(kind, equal={}, order_by=(kind.id,))
        statement = select(kind).where(kind.group_id == GROUP).order_by(kind.id)
        theirs = (await store.session.scalars(statement)).all()

    assert [values(row) for row in ours] == [values(row) for row in theirs]


def values(row):
    held = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {key: one.container if isinstance(one, Sealed) else one for key, one in held.items()}


async def test_a_row_is_held_once_and_keeps_what_is_pending(group):
    _, before = await name_of(group)
    async with group.work_as("hugo") as work:
        one = await work.row(Person, Person.id == group.people["ada"])
        one.display_name = "欧阳阿达"
        [again] = await work.rows(Person, Person.id.in_([group.people["ada"]]))
        [named] = await work.rows(Person, id=group.people["ada"])
        assert again is one is named
        assert one.display_name == "欧阳阿达"

        [held] = await work.hold(Person, id=group.people["ada"])
        assert held is one
        assert (await name_of_in(work, one)) == "欧阳阿达"

    assert await name_of(group) == ("欧阳阿达", before + 1)


async def name_of_in(work, person):
    """What lies in the database, seen from within the transaction."""
    found = await work.store.glance(Person, person.id, "display_name")
    return found["display_name"]


async def test_a_row_that_was_changed_meanwhile_is_not_written_over(group):
    _, before = await name_of(group)

    async def late():
        async with group.work_as("hugo") as work:
            ada = await work.row(Person, Person.id == group.people["ada"])
            async with group.work_as("hugo") as other:
                (await other.row(Person, Person.id == group.people["ada"])).display_name = "先到"
            ada.display_name = "后到"

    with pytest.raises(StaleDataError):
        await late()

    assert await name_of(group) == ("先到", before + 1)


async def test_a_row_that_was_changed_meanwhile_is_not_deleted(group):
    async with group.work_as(group.founder) as work:
        new = course(group)
        await work.add(new)

    async def late():
        async with group.work_as(group.founder) as work:
            found = await work.row(Course, Course.id == new.id)
            async with group.work_as(group.founder) as other:
                (await other.row(Course, Course.id == new.id)).title = "改名"
            await work.remove(found)

    with pytest.raises(StaleDataError):
        await late()

    assert await group.rows("SELECT title FROM course WHERE group_id = :g") == [("改名",)]


async def test_only_the_columns_that_differ_are_written(group):
    async with group.work_as("hugo") as work:
        ada = await work.row(Person, Person.id == group.people["ada"])
        before, sent = ada.row_version, said(work)
        ada.display_name, ada.staff_number = "欧阳阿达", ada.staff_number
        await work.store.write()
        ada.display_name = ada.display_name
        await work.store.write()
        await work.rows(Tenant)  # the driver tells of a statement a moment later

        [update] = [one for one in sent if one.startswith("UPDATE person")]
        assert "display_name" in update
        assert "staff_number" not in update
        assert ada.row_version == before + 1


async def test_a_row_that_is_flagged_turns_its_lock_though_nothing_differs(group):
    before = await name_of(group)
    async with group.work_as("hugo") as work:
        ada = await work.row(Person, Person.id == group.people["ada"])
        flag_modified(ada, "display_name")

    assert await name_of(group) == (before[0], before[1] + 1)


async def test_tables_are_written_in_the_order_of_their_keys(group):
    async with group.work_as(group.founder) as work:
        taught = placed(work, course(group))
        edition = placed(
            work,
            CourseVersion(
                tenant_id=taught.tenant_id,
                course_id=taught.id,
                number=1,
                hours=Decimal(1),
                drafted_by=uuid4(),
            ),
        )
        work.store.put(edition, taught)

    assert await group.rows("SELECT number FROM course_version WHERE group_id = :g") == [(1,)]


async def test_what_is_still_open_is_refused_where_the_sealing_was_left_out(group):
    async def leak():
        async with group.work_as("hugo") as work:
            ada = await work.row(Person, Person.id == group.people["ada"])
            ada.phone = Sealed.of(PHONE)
            await work.store.write()

    with pytest.raises(TypeError, match="before it was sealed"):
        await leak()

    found = await group.rows("SELECT phone FROM person WHERE group_id = :g AND phone IS NOT NULL")
    assert all(PHONE.encode() not in bytes(phone) for (phone,) in found)


async def test_what_is_added_to_the_session_is_sealed_and_named_as_well(group):
    async with group.work_as("hugo") as work:
        person = placed(
            work,
            Person(
                tenant_id=group.tenants["east"],
                staff_number="E-777",
                display_name="庄会话",
                phone=Sealed.of(PHONE),
            ),
        )
        work.session.add(person)

    [phone] = await group.rows(
        "SELECT phone FROM person WHERE group_id = :g AND id = :id", id=person.id
    )
    assert PHONE.encode() not in bytes(phone[0])
    grams = await group.rows("SELECT gram FROM name_gram WHERE row_id = :id", id=person.id)
    assert ("会话",) in {tuple(one) for one in grams}


async def test_a_place_that_is_taken_is_told_as_before(group):
    async def twice():
        async with group.work_as(group.founder) as work:
            await work.add(course(group), course(group))

    with pytest.raises(IntegrityError) as clash:
        await twice()

    assert clash.value.orig.sqlstate == "23505"
    assert "[SQL: INSERT INTO course" in str(clash.value)
    assert "新课" not in str(clash.value)
    assert await group.rows("SELECT 1 FROM course WHERE group_id = :g") == []


async def test_a_row_of_a_tenant_out_of_reach_is_not_written(group):
    async def reach():
        async with group.work_as("bea") as work:
            walt = await work.row(Person, Person.id == group.people["walt"])
            walt.display_name = "越界"

    with pytest.raises((StaleDataError, DBAPIError)):
        await reach()

    assert (await name_of(group, "walt"))[0] == "韦沃特"


async def test_locks_are_as_strong_as_was_asked(group):
    async with group.work_as("hugo") as work:
        sent = said(work)
        await work.rows(Tenant)
        await work.hold(Person, id=group.people["ada"])
        await work.hold(Person, Person.id == group.people["ada"], lock="whole")

    plain, kept, whole = (one for one in sent if one.startswith("SELECT"))
    assert "FOR" not in plain.partition("ORDER BY")[2]
    assert kept.endswith("FOR NO KEY UPDATE")
    assert whole.endswith("FOR UPDATE")


async def test_the_instant_and_the_day_are_read_as_they_were_written(group):
    ada = await group.person("ada")
    async with group.work_as("hugo") as work:
        held = await work.row(Person, Person.id == ada.id)

    assert held.created_at == ada.created_at == NOW
    assert held.hired_on == ada.hired_on
