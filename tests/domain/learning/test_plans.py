"""Paths as templates, and the plans that are made from them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.content.models import CourseFamily
from domain.kernel.errors import Forbidden, NotFound
from domain.learning.create_learning_path import (
    CreateLearningPath,
    PathCodeTaken,
    PathUnnamed,
    create_learning_path,
)
from domain.learning.draft_learning_path import DraftLearningPath, draft_learning_path
from domain.learning.enrol import Enrol, enrol
from domain.learning.make_learning_plan import (
    MakeLearningPlan,
    PathNotInForce,
    PlanExists,
    make_learning_plan,
)
from domain.learning.models import LearningPlan, PlanState
from domain.learning.open_cohort import CohortCodeTaken, OpenCohort, open_cohort
from domain.learning.publish_learning_path import (
    CoursesNotTaught,
    PathNotADraft,
    PublishLearningPath,
    publish_learning_path,
)
from domain.learning.record_progress import RecordProgress, record_progress
from domain.learning.stages import (
    ActivityRepeated,
    MandatoryMarkTooLow,
    PathEmpty,
    QuotaUnfit,
    StageDaysUnfit,
)
from domain.organisation.models import Metric
from domain.organisation.set_threshold import SetThreshold, set_threshold
from tests.domain.catalogue import contest, drafted, elective, mandatory, path_of, stage, taught
from tests.people import TODAY, refused


async def new_path(group, code="p"):
    return await group.do(
        "hugo",
        create_learning_path,
        CreateLearningPath(tenant_id=group.tenants["head"], code=code, title="路径"),
    )


def draft_of(path, *stages):
    return DraftLearningPath(learning_path_id=path.id, stages=stages)


async def plan_for_ada(group, path):
    return await group.do(
        "grace",
        make_learning_plan,
        MakeLearningPlan(person_id=group.people["ada"], learning_path_id=path.id, starts_on=TODAY),
    )


async def items(group, plan):
    return await group.rows(
        "SELECT position, state, percent, enrolment_id, reason_code, pass_mark, due_on "
        "FROM plan_item WHERE group_id = :g AND plan_id = :p ORDER BY position",
        p=plan.id,
    )


async def test_a_path_has_its_own_code_and_a_title(group):
    await new_path(group)

    async with group.unchanged():
        with refused(PathCodeTaken, at=("code",)):
            await new_path(group)
        with refused(PathUnnamed, at=("code",)):
            await new_path(group, " ")
        with refused(Forbidden):
            command = CreateLearningPath(tenant_id=group.tenants["head"], code="x", title="路径")
            await group.do("cora", create_learning_path, command)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda _: (), PathEmpty),
        (lambda _: (stage(),), PathEmpty),
        (lambda one: (stage(mandatory(one), days=(3, 2)),), StageDaysUnfit),
        (lambda one: (stage(mandatory(one), days=(0, 2)),), StageDaysUnfit),
        (lambda one: (stage(mandatory(one)), stage(elective(one), days=(7, 9))), StageDaysUnfit),
        (lambda one: (stage(mandatory(one), quota=1),), QuotaUnfit),
        (lambda one: (stage(mandatory(one), elective(one)),), ActivityRepeated),
        (lambda one: (stage(mandatory(one, Decimal("79.99"))),), MandatoryMarkTooLow),
    ],
    ids=[
        "no stage",
        "an empty stage",
        "ends before it begins",
        "begins on day 0",
        "stages overlap",
        "quota above what is offered",
        "the same twice",
        "mandatory below the mark in force",
    ],
)
async def test_an_edition_that_cannot_be_followed_is_refused(group, make, refusal):
    version = await taught(group)
    path = await new_path(group)

    async with group.unchanged():
        with refused(refusal):
            await group.do("hugo", draft_learning_path, draft_of(path, *make(version.course_id)))


async def test_an_activity_that_is_not_there_is_named_by_its_place(group):
    path = await new_path(group)

    async with group.unchanged():
        with refused(NotFound, at=("stages", "0", "items", "0", "activityId")):
            await group.do("hugo", draft_learning_path, draft_of(path, stage(mandatory(group.id))))


async def test_an_edition_with_an_untaught_course_does_not_come_into_force(group):
    course = await drafted(group)
    path = await new_path(group)
    version = await group.do(
        "hugo", draft_learning_path, draft_of(path, stage(mandatory(course.course_id)))
    )
    command = PublishLearningPath(
        learning_path_version_id=version.id, expected_version=version.row_version
    )

    async with group.unchanged():
        with refused(CoursesNotTaught) as caught:
            await group.do("hugo", publish_learning_path, command)
    assert "law" in str(caught.value)


async def test_the_next_edition_replaces_the_former_and_no_edition_comes_twice(group):
    version = await taught(group)
    path = await path_of(group, stage(mandatory(version.course_id)))
    second = await group.do(
        "hugo", draft_learning_path, draft_of(path, stage(mandatory(version.course_id)))
    )
    command = PublishLearningPath(
        learning_path_version_id=second.id, expected_version=second.row_version
    )
    published = await group.do("hugo", publish_learning_path, command)

    rows = await group.rows(
        "SELECT number, status FROM learning_path_version WHERE group_id = :g ORDER BY number"
    )
    assert [tuple(row) for row in rows] == [(1, "DEPRECATED"), (2, "PUBLISHED")]
    async with group.unchanged():
        with refused(PathNotADraft):
            again = PublishLearningPath(
                learning_path_version_id=second.id, expected_version=published.row_version
            )
            await group.do("hugo", publish_learning_path, again)


async def test_a_plan_enrols_in_what_is_mandatory_and_says_why_each_item_is_there(group):
    law = await taught(group, "law")
    culture = await taught(group, "culture", CourseFamily.CULTURE)
    other = await contest(group)
    path = await path_of(
        group,
        stage(mandatory(law.course_id), elective(culture.course_id), quota=1),
        stage(mandatory(other.id), days=(8, 14)),
    )

    plan = await plan_for_ada(group, path)

    assert (plan.state, plan.due_on) == (PlanState.ACTIVE, TODAY + timedelta(days=13))
    found = await items(group, plan)
    assert [(row.state, row.enrolment_id is not None, row.reason_code) for row in found] == [
        ("OPEN", True, "PATH_MANDATORY"),
        ("OPEN", False, "PATH_ELECTIVE"),
        ("OPEN", False, "PATH_MANDATORY"),
    ]
    assert [row.pass_mark for row in found] == [80, None, None]
    assert [(row.due_on - TODAY).days for row in found] == [6, 6, 13]


async def test_a_branch_that_is_stricter_asks_for_more(group):
    law = await taught(group)
    path = await path_of(group, stage(mandatory(law.course_id)))
    await group.do(
        "hugo",
        set_threshold,
        SetThreshold(tenant_id=group.tenants["east"], metric=Metric.PASS_MARK, value=Decimal(90)),
    )

    plan = await plan_for_ada(group, path)

    assert [row.pass_mark for row in await items(group, plan)] == [90]


async def test_a_plan_is_complete_when_mandatory_items_and_the_quota_are(group):
    law = await taught(group, "law")
    one = await taught(group, "one", CourseFamily.CULTURE)
    two = await taught(group, "two", CourseFamily.CULTURE)
    path = await path_of(
        group,
        stage(mandatory(law.course_id), elective(one.course_id), elective(two.course_id), quota=1),
    )
    plan = await plan_for_ada(group, path)
    [first, *_] = await items(group, plan)

    async def done(enrolment_id, **more):
        group.clock.on(minutes=1)
        command = RecordProgress(enrolment_id=enrolment_id, percent=Decimal(100), **more)
        await group.do("axel", record_progress, command)
        async with group.work_as("grace") as work:
            return await work.get(LearningPlan, plan.id)

    half = await done(first.enrolment_id, score=Decimal(80), source_name="考试系统")
    assert (half.state, half.percent) == (PlanState.ACTIVE, 50)
    chosen = await group.do(
        "grace", enrol, Enrol(person_id=group.people["ada"], course_id=one.course_id)
    )
    whole = await done(chosen.id)

    assert (whole.state, whole.percent, whole.passed) == (PlanState.COMPLETED, 100, True)
    assert whole.completed_at == group.clock.now
    assert [row.state for row in await items(group, whole)] == ["PASSED", "PASSED", "OPEN"]


async def test_nobody_gets_the_same_plan_twice_or_one_of_a_path_without_edition(group):
    law = await taught(group)
    path = await path_of(group, stage(mandatory(law.course_id)))
    empty = await new_path(group)
    await plan_for_ada(group, path)

    async with group.unchanged():
        with refused(PlanExists, at=("learningPathId",)):
            await plan_for_ada(group, path)
        with refused(PathNotInForce, at=("learningPathId",)):
            await plan_for_ada(group, empty)
        with refused(NotFound, at=("personId",)):
            command = MakeLearningPlan(
                person_id=group.people["ada"], learning_path_id=path.id, starts_on=TODAY
            )
            await group.do("eve", make_learning_plan, command)


async def test_grace_opens_a_cohort_of_people_whom_she_sees(group):
    def cohort(code, *names):
        return OpenCohort(
            tenant_id=group.tenants["east"],
            code=code,
            name="五月班",
            started_on=TODAY,
            person_ids=tuple(group.people[name] for name in names),
        )

    await group.do("grace", open_cohort, cohort("may", "ada", "mary", "ada"))
    told = await group.read("grace", "{ cohorts { nodes { code members { totalCount } } } }")
    assert told["cohorts"]["nodes"] == [{"code": "may", "members": {"totalCount": 2}}]

    async with group.unchanged():
        with refused(CohortCodeTaken, at=("code",)):
            await group.do("grace", open_cohort, cohort("may", "ada"))
        with refused(NotFound, at=("personIds", "1")):
            await group.do("grace", open_cohort, cohort("june", "ada", "walt"))
