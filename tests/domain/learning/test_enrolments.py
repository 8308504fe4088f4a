"""From enrolment to completion, and what is decided about it on the way."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.content.models import CourseFamily
from domain.kernel.errors import Forbidden, NotFound, StaleVersion
from domain.learning.decide import DecisionUnexplained
from domain.learning.enrol import Enrol, enrol
from domain.learning.enrolling import AlreadyEnrolled, CourseNotTaught, DueInThePast, NotInTraining
from domain.learning.exempt_enrolment import ExemptEnrolment, exempt_enrolment
from domain.learning.models import EnrolmentOrigin, EnrolmentState, ProgressSource
from domain.learning.record_progress import (
    ProgressOutOfRange,
    RecordProgress,
    ScoreNeedsGrading,
    SourceUnnamed,
    record_progress,
)
from domain.learning.reopen_enrolment import ReopenEnrolment, reopen_enrolment
from domain.learning.states import EnrolmentClosed
from domain.learning.withdraw_enrolment import WithdrawEnrolment, withdraw_enrolment
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode
from domain.people.register_candidate import RegisterCandidate, register_candidate
from domain.privacy.sealed import Sealed
from tests.domain.catalogue import drafted, taught
from tests.people import TODAY, refused

S = EnrolmentState


async def enrolled(group, family=CourseFamily.COMPLIANCE):
    version = await taught(group, family=family)
    return await group.do(
        "grace",
        enrol,
        Enrol(person_id=group.people["ada"], course_id=version.course_id, due_on=TODAY),
    )


async def progress(group, who, enrolment, percent, **more):
    group.clock.on(minutes=1)
    command = RecordProgress(enrolment_id=enrolment.id, percent=Decimal(percent), **more)
    return await group.do(who, record_progress, command)


async def log(group, enrolment):
    return [
        tuple(row)
        for row in await group.rows(
            "SELECT percent, state, source FROM progress_entry WHERE group_id = :g "
            "AND enrolment_id = :e ORDER BY recorded_at, id",
            e=enrolment.id,
        )
    ]


async def test_grace_puts_ada_on_the_edition_that_is_taught(group):
    made = await enrolled(group)

    assert (made.state, made.origin) == (S.ASSIGNED, EnrolmentOrigin.PUSH)
    assert (made.due_on, made.pass_mark) == (TODAY, Decimal(80))
    assert made.tenant_id == group.tenants["east"]


async def test_a_course_that_is_no_compliance_needs_no_mark(group):
    assert (await enrolled(group, CourseFamily.CULTURE)).pass_mark is None


async def test_whoever_is_on_a_course_is_not_put_on_it_again(group):
    version = await taught(group)
    command = Enrol(person_id=group.people["ada"], course_id=version.course_id)
    await group.do("grace", enrol, command)

    async with group.unchanged():
        with refused(AlreadyEnrolled, at=("courseId",)):
            await group.do("grace", enrol, command)


async def test_two_who_enrol_at_once_make_one_enrolment(group):
    version = await taught(group)
    command = Enrol(person_id=group.people["ada"], course_id=version.course_id)

    done = await asyncio.gather(
        *(group.do("grace", enrol, command) for _ in range(3)), return_exceptions=True
    )

    assert sum(not isinstance(one, Exception) for one in done) == 1
    assert all(isinstance(one, AlreadyEnrolled) for one in done if isinstance(one, Exception))


async def test_what_cannot_be_meant_is_refused(group):
    version = await taught(group)
    draft = await drafted(group, "draft")
    ada = group.people["ada"]

    async with group.unchanged():
        with refused(DueInThePast, at=("dueOn",)):
            command = Enrol(
                person_id=ada, course_id=version.course_id, due_on=TODAY - timedelta(days=1)
            )
            await group.do("grace", enrol, command)
        with refused(CourseNotTaught, at=("courseId",)):
            await group.do("grace", enrol, Enrol(person_id=ada, course_id=draft.course_id))
        with refused(NotFound, at=("personId",)):
            await group.do("eve", enrol, Enrol(person_id=ada, course_id=version.course_id))
        with refused(Forbidden):
            await group.do("ada", enrol, Enrol(person_id=ada, course_id=version.course_id))


async def test_a_candidate_is_not_trained_yet(group):
    version = await taught(group)
    candidate = await group.do(
        "bea",
        register_candidate,
        RegisterCandidate(tenant_id=group.tenants["east"], staff_number="C1", display_name="候选"),
    )

    async with group.unchanged():
        with refused(NotInTraining, at=("personId",)):
            command = Enrol(person_id=candidate.id, course_id=version.course_id)
            await group.do("grace", enrol, command)


async def test_progress_grows_with_its_log_until_the_score_completes_it(group):
    made = await enrolled(group)

    half = await progress(group, "ada", made, 50, seconds=600)
    assert (half.state, half.percent, half.seconds_spent) == (S.IN_PROGRESS, 50, 600)
    back = await progress(group, "ada", made, 30, seconds=60)
    assert (back.percent, back.seconds_spent) == (50, 660)
    full = await progress(group, "ada", made, 100)
    assert (full.state, full.passed) == (S.IN_PROGRESS, None)
    passed = await progress(group, "axel", made, 100, score=Decimal(80), source_name="考试系统")

    assert (passed.state, passed.passed, passed.best_score) == (S.COMPLETED, True, 80)
    assert passed.completed_at == group.clock.now
    assert [source for *_, source in await log(group, made)] == [
        "LEARNER",
        "LEARNER",
        "LEARNER",
        "AUTOMATION",
    ]


async def test_a_hair_below_the_mark_fails_and_reopening_gives_another_attempt(group):
    made = await enrolled(group)
    failed = await progress(
        group, "axel", made, 100, score=Decimal("79.99"), source_name="考试系统"
    )
    assert (failed.state, failed.passed) == (S.FAILED, False)

    async with group.unchanged():
        with refused(EnrolmentClosed):
            await progress(group, "ada", made, 100)
    again = await group.do(
        "grace",
        reopen_enrolment,
        ReopenEnrolment(
            enrolment_id=made.id,
            expected_version=failed.row_version,
            reason=Sealed.of("家中有事,请假两天"),
        ),
    )
    assert (again.state, again.percent, again.passed) == (S.REOPENED, 0, None)
    assert again.best_score == Decimal("79.99")
    done = await progress(group, "axel", made, 100, score=Decimal(90), source_name="考试系统")

    assert (done.state, done.best_score) == (S.COMPLETED, 90)


async def test_a_reason_is_sealed_and_nobody_reads_it_in_the_database(group):
    made = await enrolled(group)
    await group.do(
        "grace",
        exempt_enrolment,
        ExemptEnrolment(
            enrolment_id=made.id,
            expected_version=made.row_version,
            reason=Sealed.of("孕期反应严重"),
        ),
    )

    [row] = await group.rows(
        "SELECT reason FROM progress_entry WHERE group_id = :g AND reason IS NOT NULL"
    )
    assert "孕期反应严重".encode() not in bytes(row.reason)


async def test_a_decision_needs_its_reason_its_right_and_the_version_that_was_read(group):
    made = await enrolled(group)

    def command(**more):
        given = {"expected_version": made.row_version, "reason": Sealed.of("不再需要"), **more}
        return WithdrawEnrolment(enrolment_id=made.id, **given)

    async with group.unchanged():
        with refused(DecisionUnexplained, at=("reason",)):
            await group.do("grace", withdraw_enrolment, command(reason=Sealed.of("  ")))
        with refused(StaleVersion):
            await group.do("grace", withdraw_enrolment, command(expected_version=99))
        with refused(Forbidden):
            await group.do("ada", withdraw_enrolment, command())
        with refused(NotFound):
            await group.do("eve", withdraw_enrolment, command())
    assert (await group.do("grace", withdraw_enrolment, command())).state is S.WITHDRAWN


async def test_only_what_has_failed_is_reopened(group):
    made = await enrolled(group)

    async with group.unchanged():
        with refused(EnrolmentClosed):
            await group.do(
                "grace",
                reopen_enrolment,
                ReopenEnrolment(
                    enrolment_id=made.id,
                    expected_version=made.row_version,
                    reason=Sealed.of("再来一次"),
                ),
            )


async def test_a_score_is_nobodys_to_write_but_a_named_programs(group):
    made = await enrolled(group)

    async with group.unchanged():
        for who in ("ada",):
            with refused(ScoreNeedsGrading, at=("score",)):
                await progress(group, who, made, 100, score=Decimal(100), source_name="我")
        with refused(SourceUnnamed, at=("sourceName",)):
            await progress(group, "axel", made, 100, score=Decimal(100))
        with refused(Forbidden):
            await progress(group, "grace", made, 100)


@pytest.mark.parametrize(
    ("percent", "seconds", "at"),
    [
        ("100.01", 0, "percent"),
        ("-1", 0, "percent"),
        ("50", -1, "seconds"),
        ("50", 86_401, "seconds"),
    ],
)
async def test_numbers_that_cannot_be_meant_are_refused(group, percent, seconds, at):
    made = await enrolled(group)

    async with group.unchanged():
        with refused(ProgressOutOfRange, at=(at,)):
            await progress(group, "ada", made, percent, seconds=seconds)


async def test_of_many_lines_at_once_none_is_lost(group):
    made = await enrolled(group)

    await asyncio.gather(
        *(
            group.do(
                "ada",
                record_progress,
                RecordProgress(enrolment_id=made.id, percent=Decimal(number), seconds=10),
            )
            for number in range(1, 9)
        )
    )

    [row] = await group.rows(
        "SELECT percent, seconds_spent FROM enrolment WHERE group_id = :g AND id = :e", e=made.id
    )
    assert (row.percent, row.seconds_spent) == (8, 80)
    assert len(await log(group, made)) == 8


async def test_the_log_cannot_be_rewritten_by_the_application(group):
    made = await enrolled(group)
    await progress(group, "ada", made, 50)

    async def rewrite():
        async with group.installation.writer.transaction(group.id, None) as session:
            await session.execute(text("UPDATE progress_entry SET percent = 100"))

    with pytest.raises(DBAPIError, match="permission denied"):
        await rewrite()

    assert [percent for percent, *_ in await log(group, made)] == [50]


async def test_whoever_leaves_is_taken_off_what_was_not_finished(group):
    made = await enrolled(group)
    ada = await group.person("ada")
    await group.do(
        "bea",
        leave,
        Leave(
            person_id=ada.id,
            expected_version=ada.row_version,
            left_on=TODAY,
            leave_code=LeaveCode.OTHER,
        ),
    )

    assert (await log(group, made))[-1][1:] == ("WITHDRAWN", ProgressSource.STAFF.value)
