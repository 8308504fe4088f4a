"""People and where they stood, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, many, node, one, pages, shown
from domain.people import models


@node(models.Person, prefix="psn", locked=True, listed=True, order=("sort_key", "id"))
class Person:
    """人员 Someone in a group, from candidate to leaver; in one tenant at a time."""

    staff_number = core("The number under which the group keeps them; unique in the group.")
    stage = core("How far they have come.")
    display_name = shown("Their name, as it is read; lists are in the order of its pinyin.")
    tenant = one("Tenant", "Where they are now.", by="tenant_id")
    job_role = one("JobRole", "The job that they are trained for or do.", by="job_role_id")
    supervisor = one("Person", "To whom they answer.", by="supervisor_id")
    mentor = one("Person", "Who looks after them in their first weeks.", by="mentor_id")
    hired_on = shown("The day on which they were last hired.")
    left_on = shown("The last day, if they have left.")
    leave_reason = shown("Why they left, in their own words.")
    phone = shown("Their mobile number; masked as 138****1234.")
    national_id = shown("Their citizen identification number.")
    email = shown("Their e-mail address.")
    address = shown("Where they live.")
    bank_account = shown("The card that their pay goes to.")
    born_on = shown("Their date of birth; masked to the year.")
    employments = many(
        "Employment", "Every employment in the group, the first one first.",
        by="person_id", order=("hired_on",),
    )  # fmt: skip
    enrolments = pages("Enrolment", "The courses that they are on or were on.", by="person_id")
    learning_plans = pages("LearningPlan", "Their learning plans.", by="person_id")
    consents = pages("Consent", "What they have consented to, and withdrawn.", by="person_id")
    notice_receipts = pages(
        "NoticeReceipt", "The editions of the privacy notice that they have received.",
        by="person_id",
    )  # fmt: skip
    subject_requests = pages(
        "SubjectRequest", "What they have asked for about their own information.", by="person_id"
    )
    restrictions = pages(
        "Restriction", "Since when, and until when, what is about them is only kept.",
        by="person_id",
    )  # fmt: skip


@node(models.Employment, prefix=None)
class Employment:
    """任职 From hire to leave."""

    hired_on = core("The first day.")
    left_on = shown("The last day; null while it lasts.")
    leave_code = shown("Why it ended, as coded for the figures.")
    placements = many(
        "Placement", "Where they stood within it, the first place first.",
        by="employment_id", order=("starts_on",),
    )  # fmt: skip


@node(models.Placement)
class Placement:
    """岗位安排 Where someone stood, in which job role and under whom, from when to when."""

    tenant = one("Tenant", "The tenant of the placement.", by="at_tenant_id")
    job_role = one("JobRole", "The job role in it.", by="job_role_id")
    supervisor = one("Person", "The supervisor in it.", by="supervisor_id")
    from_ = core("The first day of it.", column="starts_on")
    to = core("The first day on which it no longer held; null while it does.", column="ends_on")
