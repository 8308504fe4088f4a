"""Editions of a course: drafted, reviewed by another, published, and never changed again."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.content.blocks import (
    BlockDraft,
    BlockIncomplete,
    BlockOutOfRange,
    BlockPartMisplaced,
)
from domain.content.create_course import CourseCodeTaken, CreateCourse, create_course
from domain.content.curriculum import (
    BlocksExceedHours,
    ComplianceFormsMissing,
    EditionEmpty,
    HoursOutOfRange,
)
from domain.content.draft_course_version import (
    ChangeNoteMissing,
    CompetencyNotPublished,
    DraftCourseVersion,
    draft_course_version,
)
from domain.content.editions import NotADraft, NotInReview
from domain.content.models import BlockKind, CourseFamily
from domain.content.publish_course_version import (
    OwnWorkNotApproved,
    PublishCourseVersion,
    publish_course_version,
)
from domain.content.retire_course_version import (
    NotReplacedYet,
    RetireCourseVersion,
    retire_course_version,
)
from domain.content.return_course_version import (
    ReturnCourseVersion,
    ReturnReasonMissing,
    return_course_version,
)
from domain.content.revise_course_draft import ReviseCourseDraft, revise_course_draft
from domain.content.submit_course_version import SubmitCourseVersion, submit_course_version
from domain.kernel.errors import Forbidden, NotFound, StaleVersion
from tests.domain.catalogue import BLOCKS, drafted, taught
from tests.people import refused

TEXT = BlockDraft(kind=BlockKind.TEXT, title="读", minutes=5, body="正文")


def of(kind, version):
    return kind(course_version_id=version.id, expected_version=version.row_version)


async def submitted(group, **more):
    version = await drafted(group, **more)
    return await group.do("hugo", submit_course_version, of(SubmitCourseVersion, version))


async def states(group):
    rows = await group.rows(
        "SELECT number, status FROM course_version WHERE group_id = :g ORDER BY number"
    )
    return [tuple(row) for row in rows]


async def next_draft(group, course_id, note="换成了互动形式"):
    return await group.do(
        "hugo",
        draft_course_version,
        DraftCourseVersion(course_id=course_id, hours=Decimal(1), blocks=BLOCKS, change_note=note),
    )


async def test_six_kinds_of_blocks_are_kept_as_they_were_written(group):
    blocks = (
        TEXT,
        BlockDraft(kind=BlockKind.VIDEO, title="看", minutes=5, body="讲稿", media="film"),
        BlockDraft(kind=BlockKind.SIMULATION, title="练", minutes=5, body="情境", task="应对"),
        BlockDraft(kind=BlockKind.ROLE_PLAY, title="演", minutes=5, body="角色", task="对练"),
        BlockDraft(kind=BlockKind.CASE, title="想", minutes=5, body="案例", task="分析"),
        BlockDraft(kind=BlockKind.TEST, title="考", minutes=5, item_count=3, pass_mark=Decimal(80)),
    )
    await drafted(group, blocks=blocks)

    told = await group.read(
        "hugo",
        "{ courses { nodes { versions { nodes {"
        " blocks { __typename kind title position } } } } } }",
    )
    [version] = told["courses"]["nodes"][0]["versions"]["nodes"]
    assert [(one["kind"], one["title"], one["position"]) for one in version["blocks"]] == [
        (block.kind.value, block.title, position) for position, block in enumerate(blocks, 1)
    ]
    assert {one["__typename"] for one in version["blocks"]} == {
        "TextBlock", "VideoBlock", "SimulationBlock", "RolePlayBlock", "CaseBlock", "TestBlock",
    }  # fmt: skip


async def test_an_edition_goes_from_draft_through_review_into_force(group):
    version = await taught(group)
    assert await states(group) == [(1, "PUBLISHED")]

    second = await next_draft(group, version.course_id)
    second = await group.do("hugo", submit_course_version, of(SubmitCourseVersion, second))
    await group.do("cora", publish_course_version, of(PublishCourseVersion, second))

    assert await states(group) == [(1, "DEPRECATED"), (2, "PUBLISHED")]


async def test_nobody_releases_their_own_work(group):
    version = await submitted(group)

    async with group.unchanged():
        with refused(OwnWorkNotApproved):
            await group.do("hugo", publish_course_version, of(PublishCourseVersion, version))


async def test_what_is_not_in_review_is_neither_published_nor_returned(group):
    version = await drafted(group)

    async with group.unchanged():
        with refused(NotInReview):
            await group.do("cora", publish_course_version, of(PublishCourseVersion, version))
        with refused(NotInReview):
            await group.do(
                "cora",
                return_course_version,
                ReturnCourseVersion(
                    course_version_id=version.id, expected_version=version.row_version, reason="缺"
                ),
            )


async def test_a_reviewer_returns_an_edition_with_a_reason(group):
    version = await submitted(group)

    def command(reason):
        return ReturnCourseVersion(
            course_version_id=version.id, expected_version=version.row_version, reason=reason
        )

    async with group.unchanged():
        with refused(ReturnReasonMissing, at=("reason",)):
            await group.do("cora", return_course_version, command(" "))
    returned = await group.do("cora", return_course_version, command("案例不够"))

    assert (returned.status.value, returned.return_reason) == ("DRAFT", "案例不够")


async def test_a_published_edition_is_not_revised_or_submitted_again(group):
    version = await taught(group)

    async with group.unchanged():
        with refused(NotADraft):
            await group.do(
                "hugo",
                revise_course_draft,
                ReviseCourseDraft(
                    course_version_id=version.id,
                    expected_version=version.row_version,
                    blocks=(TEXT,),
                ),
            )
        with refused(NotADraft):
            await group.do("hugo", submit_course_version, of(SubmitCourseVersion, version))


async def test_a_draft_is_revised_as_a_whole_by_who_read_it_last(group):
    version = await drafted(group)
    command = ReviseCourseDraft(
        course_version_id=version.id, expected_version=version.row_version, blocks=(TEXT,)
    )
    revised = await group.do("hugo", revise_course_draft, command)

    assert revised.row_version > version.row_version
    async with group.unchanged():
        with refused(StaleVersion):
            await group.do("hugo", revise_course_draft, command)


async def test_two_who_publish_at_once_leave_one_in_force(group):
    first = await submitted(group)
    second = await next_draft(group, first.course_id)
    second = await group.do("hugo", submit_course_version, of(SubmitCourseVersion, second))

    await asyncio.gather(
        group.do("cora", publish_course_version, of(PublishCourseVersion, first)),
        group.do("cora", publish_course_version, of(PublishCourseVersion, second)),
        return_exceptions=True,
    )

    assert [status for _, status in await states(group)].count("PUBLISHED") == 1


async def test_an_edition_is_retired_only_when_another_has_taken_its_place(group):
    version = await taught(group)

    async with group.unchanged():
        with refused(NotReplacedYet):
            await group.do("hugo", retire_course_version, of(RetireCourseVersion, version))


async def test_from_the_second_edition_on_the_difference_is_told(group):
    version = await taught(group)

    async with group.unchanged():
        with refused(ChangeNoteMissing, at=("changeNote",)):
            await next_draft(group, version.course_id, note="  ")


@pytest.mark.parametrize(
    ("block", "refusal", "part"),
    [
        (replace(TEXT, body=""), BlockIncomplete, "body"),
        (replace(TEXT, title=" "), BlockIncomplete, "title"),
        (replace(TEXT, item_count=3), BlockPartMisplaced, "itemCount"),
        (replace(TEXT, minutes=0), BlockOutOfRange, "minutes"),
        (replace(BLOCKS[0], media=None), BlockIncomplete, "media"),
        (replace(BLOCKS[2], pass_mark=Decimal(101)), BlockOutOfRange, "passMark"),
    ],
    ids=["no text", "no title", "items in a text", "no time", "no film", "a mark above 100"],
)
async def test_a_block_must_hold_what_its_kind_is_made_of(group, block, refusal, part):
    course = await drafted(group)

    async with group.unchanged():
        with refused(refusal, at=("blocks", "1", part)):
            await group.do(
                "hugo",
                draft_course_version,
                DraftCourseVersion(
                    course_id=course.course_id,
                    hours=Decimal(1),
                    blocks=(TEXT, block),
                    change_note="x",
                ),
            )


@pytest.mark.parametrize("hours", ["0", "-1", "1000.1", "NaN", "Infinity"])
async def test_hours_that_nobody_plans_are_refused(group, hours):
    course = await drafted(group)

    async with group.unchanged():
        with refused(HoursOutOfRange, at=("hours",)):
            await group.do(
                "hugo",
                draft_course_version,
                DraftCourseVersion(
                    course_id=course.course_id, hours=Decimal(hours), change_note="x"
                ),
            )


async def test_blocks_that_take_longer_than_the_hours_are_not_submitted(group):
    version = await drafted(group, blocks=(replace(TEXT, minutes=61),))
    empty = await drafted(group, "empty", blocks=())

    async with group.unchanged():
        with refused(BlocksExceedHours):
            await group.do("hugo", submit_course_version, of(SubmitCourseVersion, version))
        with refused(EditionEmpty):
            await group.do("hugo", submit_course_version, of(SubmitCourseVersion, empty))


async def test_c11_a_compliance_course_needs_film_test_and_case(group):
    version = await submitted(group, blocks=(TEXT,))

    async with group.unchanged():
        with refused(ComplianceFormsMissing) as caught:
            await group.do("cora", publish_course_version, of(PublishCourseVersion, version))
    assert "CASE, TEST, VIDEO" in str(caught.value)


async def test_a_competency_that_is_in_no_force_cannot_be_raised(group):
    course = await drafted(group)

    async with group.unchanged():
        with refused(CompetencyNotPublished, at=("competencyIds", "0")):
            await group.do(
                "hugo",
                draft_course_version,
                DraftCourseVersion(
                    course_id=course.course_id,
                    hours=Decimal(1),
                    change_note="x",
                    competency_ids=(group.id,),
                ),
            )


async def test_codes_are_unique_and_strangers_write_nothing(group):
    await drafted(group)
    command = CreateCourse(
        tenant_id=group.tenants["head"], code="law", title="x", family=CourseFamily.CULTURE
    )

    async with group.unchanged():
        with refused(CourseCodeTaken, at=("code",)):
            await group.do("hugo", create_course, command)
        for who in ("grace", "eve", "ada", "anna"):
            with refused(Forbidden):
                await group.do(who, create_course, replace(command, code="x"))


async def test_another_groups_course_is_not_there(group, other_group):
    version = await drafted(other_group)

    async with group.unchanged():
        with refused(NotFound):
            await group.do(
                "hugo",
                draft_course_version,
                DraftCourseVersion(course_id=version.course_id, hours=Decimal(1)),
            )
