"""Consent, certificate and contract decide in the very next read and write that asks for them.

The actors are those that were made before: what has been withdrawn or has ended is seen without
making them anew.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest

from api.graphql.request import Request
from domain.access.contract_models import PERSONAL_INFORMATION, Certification
from domain.content.models import Course, CourseFamily, CourseVersion
from domain.kernel.errors import Forbidden, NotFound
from domain.learning.models import Enrolment, EnrolmentOrigin, EnrolmentState
from domain.people.models import Person
from domain.privacy.consent import ConsentTopic, note_consent, note_withdrawal
from tests.domain.access.entrusting import add_lines
from tests.people import NOW, refused

PEOPLE = "{ people(first: 50) { nodes { id displayName } } }"
PHONE = "query($id: ID!) { person(id: $id) { phone { masked value(purpose: HR_ADMINISTRATION) } } }"
THIRD_PARTY = ConsentTopic.THIRD_PARTY


async def answer(group, actor, query, **variables):
    request = Request(query=query, variables=variables, request_id="test")
    return orjson.loads((await group.gateway.answer(actor, request)).body)


async def names(group, actor):
    found = (await answer(group, actor, PEOPLE))["data"]["people"]["nodes"]
    return {one["id"]: one["displayName"] for one in found}


async def consents(group, name, *, at="west"):
    async with group.work_as(group.founder) as work:
        await note_consent(work, group.people[name], THIRD_PARTY, tenant_id=group.tenants[at])


async def withdraws(group, name):
    async with group.work_as(group.founder) as work:
        await note_withdrawal(work, group.people[name], THIRD_PARTY)


async def test_consent_opens_in_the_next_read_and_its_withdrawal_closes_again(group):
    await add_lines(group, "supervisor", ("Person", "read", "consented", "allow"))
    grace = await group.actor("grace")
    assert group.psn("walt") not in await names(group, grace)

    await consents(group, "walt")
    await consents(group, "walt")  # who consents already does so no more
    assert group.psn("walt") in await names(group, grace)

    await withdraws(group, "walt")
    assert group.psn("walt") not in await names(group, grace)

    await consents(group, "walt")
    assert group.psn("walt") in await names(group, grace)
    rows = await group.rows("SELECT withdrawn_at FROM consent WHERE group_id = :g ORDER BY id")
    assert sorted(row.withdrawn_at is None for row in rows) == [False, True]


async def test_consent_decides_what_may_be_written_too(group):
    await add_lines(
        group,
        "supervisor",
        ("Person", "read", "consented", "allow"),
        ("Person.mentor", "write", "consented", "allow"),
    )
    await consents(group, "walt")
    async with group.work_as("grace") as work:
        walt = await work.get(Person, group.people["walt"])
        await work.permit("write Person.mentor", walt)

    await withdraws(group, "walt")
    async with group.unchanged(), group.work_as("grace") as work:
        with refused(NotFound):
            await work.get(Person, group.people["walt"])
        (walt,) = await work.rows(Person, Person.id == group.people["walt"])
        with refused(Forbidden):
            await work.permit("write Person.mentor", walt)


async def test_a_deny_that_asks_for_consent_closes_where_it_was_given_and_nowhere_else(group):
    await add_lines(group, "supervisor", ("Person.displayName", "read", "consented", "deny"))
    await consents(group, "ada", at="east")
    grace = await group.actor("grace")

    found = await names(group, grace)

    assert found[group.psn("ada")] is None
    assert found[group.psn("mary")] == "马玛丽"


async def test_relations_are_read_only_where_some_line_could_ask_for_them(group):
    async with group.work_as("grace") as work:
        (walt,) = await work.rows(Person, Person.id == group.people["walt"])
        assert (await work.facts(walt)).consented is None

    await add_lines(group, "auditor", ("Person", "read", "consented", "allow"))
    async with group.work_as("grace") as work:
        (walt,) = await work.rows(Person, Person.id == group.people["walt"])
        assert (await work.facts(walt)).consented is False


async def passes(group, name, *, days, state=EnrolmentState.COMPLETED, code=PERSONAL_INFORMATION):
    """Have somebody come this far, now, with a course that certifies for so many days."""
    async with group.work_as(group.founder) as work:
        course = Course(
            tenant_id=group.id, code=code, title="个人信息保护", family=CourseFamily.COMPLIANCE
        )
        await work.add(course)
        version = CourseVersion(
            tenant_id=group.id, course_id=course.id, number=1, hours=Decimal(1),
            drafted_by=group.principals["hugo"],
        )  # fmt: skip
        certifies = Certification(
            tenant_id=group.id, code=code, course_id=course.id, valid_days=days
        )
        await work.add(version, certifies)
        enrolment = Enrolment(
            tenant_id=group.tenants["east"], person_id=group.people[name],
            course_version_id=version.id, origin=EnrolmentOrigin.PLAN, state=state,
            completed_at=work.now if state is EnrolmentState.COMPLETED else None,
        )  # fmt: skip
        await work.add(enrolment)


async def phone(group, actor):
    told = await answer(group, actor, PHONE, id=group.psn("ada"))
    return told["data"]["person"]["phone"]["value"]


@pytest.fixture
async def certifying(group):
    """A group whose supervisors open phone numbers while they hold a certificate."""
    await add_lines(group, "supervisor", ("Person.phone", "decrypt", "certified", "allow"))
    return group


async def test_whoever_was_never_certified_opens_nothing(certifying):
    assert await phone(certifying, await certifying.actor("grace")) is None
    await passes(certifying, "grace", days=30, state=EnrolmentState.FAILED)
    assert await phone(certifying, await certifying.actor("grace")) is None
    await passes(certifying, "grace", days=30, code="first_aid")
    assert await phone(certifying, await certifying.actor("grace")) is None


async def test_access_is_denied_the_day_the_certificate_expires(certifying):
    """The day begins at midnight in Shanghai, and whoever was remembered is denied as well."""
    await passes(certifying, "grace", days=29)
    grace, clock = await certifying.actor("grace"), certifying.clock
    assert grace.certified_until == datetime(2026, 6, 1, 16, 0, tzinfo=UTC)
    assert await phone(certifying, grace) == "15400000004"

    clock.now = grace.certified_until - timedelta(microseconds=1)
    assert await phone(certifying, grace) == "15400000004"

    clock.now = grace.certified_until
    assert await phone(certifying, grace) is None
    assert await phone(certifying, await certifying.actor("grace")) is None
    opened = await certifying.rows(
        "SELECT at FROM audit_entry WHERE group_id = :g AND verb = 'decrypt' ORDER BY at"
    )
    assert [row.at for row in opened] == [NOW, clock.now - timedelta(microseconds=1)]


async def test_a_certificate_is_ones_own(certifying):
    await passes(certifying, "mary", days=29)

    assert await phone(certifying, await certifying.actor("grace")) is None


async def test_nobody_is_asked_for_certificates_where_no_line_speaks_of_them(group):
    await passes(group, "grace", days=29)

    assert (await group.actor("grace")).certified_until is None
