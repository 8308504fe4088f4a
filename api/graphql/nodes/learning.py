"""Paths, plans, enrolments, cohorts and progress, as clients see them."""

from __future__ import annotations

from api.graphql.binding import (
    choice,
    core,
    derived,
    figure,
    inside,
    many,
    node,
    one,
    pages,
    shown,
    union,
)
from api.graphql.nodes.completion import OF_COHORT
from domain.learning import models

TODAY = (
    "({now} AT TIME ZONE (SELECT t.time_zone FROM tenant t "
    "WHERE t.group_id = {group} AND t.id = {a}.tenant_id))::date"
)
"""The day it is where a row's tenant is."""
COURSE_OF_VERSION = (
    "(SELECT v.course_id FROM course_version v "
    "WHERE v.group_id = {group} AND v.id = {a}.course_version_id)"
)


@node(models.LearningPath, prefix="lpt", listed=True, order=("code", "id"))
class LearningPath:
    """学习路径 The template of a training programme: a series of editions."""

    code = core("Its short code, unique in the group.")
    title = shown("What it is called.")
    current = one(
        "LearningPathVersion", "The edition in force; null before the first is published.",
        by="id", remote="path_id", also="{b}.status = 'PUBLISHED'",
    )  # fmt: skip
    versions = pages("LearningPathVersion", "All of its editions.", by="path_id")
    version = one(
        "LearningPathVersion", "One edition by its number.",
        by="id", remote="path_id", numbered=True,
    )  # fmt: skip


@node(models.LearningPathVersion, prefix="lpv", locked=True)
class LearningPathVersion:
    """学习路径版本 One edition of a path; published, it never changes."""

    number = core("The number of the edition, from 1.")
    status = core("How far the edition has come.")
    stages = many("PathStage", "Its phases, in order.", by="version_id")


@node(models.PathStage)
class PathStage:
    """阶段 A phase of time in a path, in days from the hire; the first day is 1."""

    position = core("Its place in the path, from 1.")
    title = shown("What it is called.")
    from_day = core("The first day of it, counted from the hire.")
    to_day = core("The last day of it, counted from the hire.")
    elective_quota = core("How many of its electives have to be passed.")
    items = many("PathItem", "What it asks for, in order.", by="stage_id")


@node(models.PathItem)
class PathItem:
    """路径项目 What a stage asks for or offers: one activity."""

    position = core("Its place in the stage, from 1.")
    requirement = core("Whether it is asked for or offered.")
    pass_mark = shown("The score that passes, 0 to 100; null where nothing is scored.")
    activity = choice(
        "PathActivity", "What is to be done.",
        one("Course", "", by="course_id"), one("Activity", "", by="activity_id"),
    )  # fmt: skip


@node(models.Activity, prefix="asm", where="{a}.kind = 'ASSESSMENT'")
class Assessment:
    """测评 A test that a path can ask for."""

    code = core("Its short code, unique in the group.")
    title = shown("What it is called.")


@node(models.Activity, prefix="scn", where="{a}.kind = 'SCENARIO'")
class Scenario:
    """演练场景 A drill that a path can ask for."""

    code = core("Its short code, unique in the group.")
    title = shown("What it is called.")


@node(models.Activity, prefix="cls", where="{a}.kind = 'CLASS_SESSION'")
class ClassSession:
    """课堂 A lesson in a room that a path can ask for."""

    code = core("Its short code, unique in the group.")
    title = shown("What it is called.")


@node(models.Activity, prefix="sgn", where="{a}.kind = 'SIGN_OFF'")
class SignOff:
    """签核 Someone's word that a learner can do it, which a path can ask for."""

    code = core("Its short code, unique in the group.")
    title = shown("What it is called.")


ACTIVITIES = ("Assessment", "Scenario", "ClassSession", "SignOff")
union("Activity", "An activity besides a course.", *ACTIVITIES, shown=False)
union("PathActivity", "学习活动 Whatever a path can ask for.", "Course", *ACTIVITIES)


@node(models.Enrolment, inside=True)
class Progress:
    """进度 How far someone is, folded from a log that is only added to."""

    percent = core("How much is done, 0 to 100.")
    passed = shown("Whether the pass mark was reached; null while nothing was scored.")
    pass_mark = shown("The score that passes, 0 to 100.")
    best_score = shown("The best score so far, 0 to 100.")
    source = shown("Who said so last.", column="progress_source")
    seconds_spent = core("The time spent on it, in seconds.")
    last_activity_at = shown("When something last happened.")


@node(models.LearningPlan, prefix="lpl", locked=True, listed=True)
class LearningPlan:
    """学习计划 One person's path, pinned to an edition; revised, never overwritten."""

    state = core("Where the plan stands.")
    revision = core("How often it was made, from 1.")
    person = one("Person", "Whose plan it is.", by="person_id")
    path_version = one(
        "LearningPathVersion", "The edition of the path that it follows.", by="path_version_id"
    )
    starts_on = shown("The day from which its days are counted.")
    due_on = shown("The day by which it should be completed.")
    overdue = derived(
        "Boolean",
        "Whether it is active although its day is over, by the calendar of its tenant.",
        f"{{a}}.state = 'ACTIVE' AND {{a}}.due_on < {TODAY}",
        "state", "dueOn",
    )  # fmt: skip
    progress = inside("Progress", "How far the person is.")
    items = many(
        "PlanItem", "What it asks for, in order.",
        by="plan_id", also="{b}.revision = {a}.revision",
    )  # fmt: skip


@node(models.PlanItem)
class PlanItem:
    """计划项目 One thing that a plan asks of a person; it carries its reason."""

    position = core("Its place in the plan, from 1.")
    requirement = core("Whether it is asked for or offered.")
    activity = choice(
        "PathActivity", "What is to be done.",
        one("Course", "", by=COURSE_OF_VERSION), one("Activity", "", by="activity_id"),
    )  # fmt: skip
    course_version = one(
        "CourseVersion", "The edition of the course that the plan pins.", by="course_version_id"
    )
    state = core("Where the item stands.")
    due_on = shown("The day by which it should be done.")
    reason = inside("PlanReason", "Why it is in the plan.")
    progress = inside("Progress", "How far the person is with it.")


@node(models.PlanItem, inside=True, judged_as="PlanItem")
class PlanReason:
    """安排原因 Why an item is in someone's plan."""

    code = core("The reason, coded.", column="reason_code")
    note = shown("The reason, in words.", column="reason_note")


@node(models.Enrolment, prefix="enr", locked=True, listed=True)
class Enrolment:
    """选课 A person on an edition of a course."""

    state = core("Where the enrolment stands.")
    origin = core("What it came from.")
    due_on = shown("The day by which it should be completed.")
    overdue = derived(
        "Boolean",
        "Whether it is open although its day is over, by the calendar of its tenant.",
        "{a}.state IN ('ASSIGNED', 'IN_PROGRESS') "
        f"AND coalesce({{a}}.due_on < {TODAY}, FALSE)",
        "state", "dueOn",
    )  # fmt: skip
    completed_at = shown("When it was completed.")
    person = one("Person", "Who is on the course.", by="person_id")
    course_version = one("CourseVersion", "The edition that they are on.", by="course_version_id")
    progress = inside("Progress", "How far they are.")


@node(models.Cohort, prefix="coh", listed=True, order=("code", "id"))
class Cohort:
    """批次 A batch of learners who started together."""

    code = core("Its short code, unique in the group.")
    name = shown("What it is called.")
    started_on = shown("The day on which they started.")
    members = pages(
        "Person", "Who belongs to it.", through=("cohort_member", "cohort_id", "person_id")
    )
    completion = figure(
        "The share of its members who have completed what was due; counted as on a tenant.",
        OF_COHORT, "family",
    )  # fmt: skip
