"""What tests of learning stand on: courses that are taught, and a path in force."""

from decimal import Decimal

from domain.content.blocks import BlockDraft
from domain.content.create_course import CreateCourse, create_course
from domain.content.draft_course_version import DraftCourseVersion, draft_course_version
from domain.content.models import BlockKind, CourseFamily
from domain.content.publish_course_version import PublishCourseVersion, publish_course_version
from domain.content.submit_course_version import SubmitCourseVersion, submit_course_version
from domain.learning.create_activity import CreateActivity, create_activity
from domain.learning.create_learning_path import CreateLearningPath, create_learning_path
from domain.learning.draft_learning_path import DraftLearningPath, draft_learning_path
from domain.learning.models import ActivityKind, Requirement
from domain.learning.publish_learning_path import PublishLearningPath, publish_learning_path
from domain.learning.stages import PathItemDraft, PathStageDraft

BLOCKS = (
    BlockDraft(kind=BlockKind.VIDEO, title="看", minutes=10, body="讲稿", media="film"),
    BlockDraft(kind=BlockKind.CASE, title="想", minutes=10, body="案例", task="分析"),
    BlockDraft(kind=BlockKind.TEST, title="考", minutes=10, item_count=5, pass_mark=Decimal(80)),
)


async def drafted(group, code="law", family=CourseFamily.COMPLIANCE, blocks=BLOCKS):
    """A course of the head office with one draft, written by hugo."""
    course = await group.do(
        "hugo",
        create_course,
        CreateCourse(
            tenant_id=group.tenants["head"], code=code, title=f"课程{code}", family=family
        ),
    )
    return await group.do(
        "hugo",
        draft_course_version,
        DraftCourseVersion(course_id=course.id, hours=Decimal(1), blocks=blocks),
    )


async def taught(group, code="law", family=CourseFamily.COMPLIANCE):
    """A course with a published edition, which cora has released."""
    version = await drafted(group, code, family)
    version = await group.do(
        "hugo",
        submit_course_version,
        SubmitCourseVersion(course_version_id=version.id, expected_version=version.row_version),
    )
    return await group.do(
        "cora",
        publish_course_version,
        PublishCourseVersion(course_version_id=version.id, expected_version=version.row_version),
    )


def stage(*items, quota=0, days=(1, 7)):
    return PathStageDraft(
        title="第一周", from_day=days[0], to_day=days[1], elective_quota=quota, items=items
    )


def mandatory(activity_id, mark=None):
    return PathItemDraft(requirement=Requirement.MANDATORY, activity_id=activity_id, pass_mark=mark)


def elective(activity_id):
    return PathItemDraft(requirement=Requirement.ELECTIVE, activity_id=activity_id)


async def path_of(group, *stages, code="first-week"):
    """A path of the head office, with an edition in force."""
    path = await group.do(
        "hugo",
        create_learning_path,
        CreateLearningPath(tenant_id=group.tenants["head"], code=code, title="第一周"),
    )
    version = await group.do(
        "hugo",
        draft_learning_path,
        DraftLearningPath(learning_path_id=path.id, stages=stages),
    )
    await group.do(
        "hugo",
        publish_learning_path,
        PublishLearningPath(
            learning_path_version_id=version.id, expected_version=version.row_version
        ),
    )
    return path


async def contest(group, code="contest"):
    """An activity that is no course."""
    return await group.do(
        "hugo",
        create_activity,
        CreateActivity(
            tenant_id=group.tenants["head"],
            kind=ActivityKind.CLASS_SESSION,
            code=code,
            title="竞赛",
        ),
    )
