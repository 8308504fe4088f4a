"""Courses, their editions and blocks, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, interface, many, node, one, pages, shown
from domain.content import models


@node(models.Course, prefix="crs", listed=True, order=("sort_key", "id"))
class Course:
    """课程 Something to be learned: a series of editions."""

    code = core("Its short code, unique in the group.")
    title = shown("What it is called.")
    family = core("What it is for.")
    current = one(
        "CourseVersion", "The edition in force; null before the first is published.",
        by="id", remote="course_id", also="{b}.status = 'PUBLISHED'",
    )  # fmt: skip
    versions = pages("CourseVersion", "All of its editions.", by="course_id")
    version = one(
        "CourseVersion", "One edition by its number.", by="id", remote="course_id", numbered=True
    )


@node(models.CourseVersion, prefix="crv", locked=True, order=("course_id", "number", "id"))
class CourseVersion:
    """课程版本 One edition of a course; published, it never changes."""

    number = core("The number of the edition, from 1.")
    status = core("How far the edition has come.")
    course = one("Course", "The course that it is an edition of.", by="course_id", required=True)
    hours = core("The planned learning time in hours.")
    change_note = shown("What differs from the edition before.")
    return_reason = shown("Why a reviewer gave it back; null where none did.")
    published_at = shown("When it was published.")
    blocks = many("Block", "What it is made of, in order.", by="version_id")
    competencies = many(
        "Competency", "The competencies that it can raise.",
        through=("course_competency", "version_id", "competency_id"),
    )  # fmt: skip


@interface
class Block:
    """内容块 A part of an edition of a course."""

    position = core("Its place in the edition, from 1.")
    kind = core("Its form.")
    title = shown("What it is called.")
    minutes = core("The time in minutes that a learner is expected to take.")


@node(models.Block, where="{a}.kind = 'TEXT'", abstract=("Block",), judged_as="Block")
class TextBlock:
    """文本块 Something to read."""

    body = shown("The text.")


@node(models.Block, where="{a}.kind = 'VIDEO'", abstract=("Block",), judged_as="Block")
class VideoBlock:
    """视频块 Something to watch."""

    media = shown("Where the film lies.")
    body = shown("The transcript.")


@node(models.Block, where="{a}.kind = 'SIMULATION'", abstract=("Block",), judged_as="Block")
class SimulationBlock:
    """模拟块 A call played through with the system."""

    body = shown("The situation.")
    task = shown("What the learner does with it.")


@node(models.Block, where="{a}.kind = 'ROLE_PLAY'", abstract=("Block",), judged_as="Block")
class RolePlayBlock:
    """角色扮演块 A call played through between learners."""

    body = shown("The situation, and who plays whom.")
    task = shown("What the learner does with it.")


@node(models.Block, where="{a}.kind = 'CASE'", abstract=("Block",), judged_as="Block")
class CaseBlock:
    """案例块 A case to be discussed."""

    body = shown("The case.")
    task = shown("What the learner does with it.")


@node(models.Block, where="{a}.kind = 'TEST'", abstract=("Block",), judged_as="Block")
class TestBlock:
    """测验块 A short test at the end of a part."""

    __test__ = False

    item_count = shown("How many test items it draws.")
    pass_mark = shown("The score that passes, 0 to 100.")
