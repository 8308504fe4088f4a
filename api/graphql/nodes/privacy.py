"""Notices, consents and requests about one's own information, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, derived, node, one, pages, shown
from api.graphql.nodes.learning import TODAY
from domain.privacy import consent, delays, holds, notices, request_models

PENDING = "{a}.state IN ('OPEN', 'IN_REVIEW', 'GRANTED')"


@node(notices.PrivacyNotice, prefix="pvn", listed=True, order=("number", "id"))
class PrivacyNotice:
    """个人信息处理告知 An edition of what people are told of the processing; the last one holds."""

    number = core("The number of the edition, from 1.")
    published_at = core("From when on it held.")
    title = shown("What it is called.")
    body = shown("What people are told.")
    change_note = shown("What differs from the edition before.")
    receipts = pages("NoticeReceipt", "Who has received it, as far as it is shown.", by="notice_id")


@node(notices.NoticeReceipt, prefix="nrc")
class NoticeReceipt:
    """告知回执 That somebody has received an edition of the privacy notice."""

    received_at = core("When they said so.")
    person = one("Person", "Who has received it.", by="person_id")
    notice = one("PrivacyNotice", "What they have received.", by="notice_id")


@node(consent.Consent, prefix="cst")
class Consent:
    """同意 That somebody consents to something, and until when they did."""

    topic = core("What is consented to.")
    given_at = core("From when on.")
    withdrawn_at = core("Until when; null while it stands.")
    person = one("Person", "Who consents.", by="person_id")
    notice = one("PrivacyNotice", "The edition of the notice that they had read.", by="notice_id")


@node(request_models.SubjectRequest, prefix="srq", locked=True, listed=True, order=("due_on", "id"))
class SubjectRequest:
    """个人权利请求 What somebody asks of the group about their own information."""

    kind = core("What is asked for.")
    state = core("Where it stands.")
    received_on = core("The day on which it came.")
    warn_on = core("The day after 10 working days, from which it is warned of.")
    due_on = core("The day by which it is to be answered, after 15 working days.")
    provisional = core("Whether holidays that are not known yet may still move these days.")
    field = core("What is to be set right, of a request for correction.")
    reviewed_at = core("When it was taken up.")
    decided_at = core("When it was decided.")
    closed_at = core("When it came to its end.")
    ground = core("On which ground of the law it was refused.")
    warned = derived(
        "Boolean",
        "Whether it is pending and the day of the warning has come, where its tenant is.",
        f"{PENDING} AND {{a}}.warn_on <= {TODAY}",
        "state", "warnOn",
    )  # fmt: skip
    overdue = derived(
        "Boolean",
        "Whether it is pending although its day is over, where its tenant is.",
        f"{PENDING} AND {{a}}.due_on < {TODAY}",
        "state", "dueOn",
    )  # fmt: skip
    wish = shown("What is asked for, in the person's own words.")
    reason = shown("Why it was refused, in words.")
    person = one("Person", "Who asks, for themself.", by="person_id")
    decider = one("Principal", "Who has decided it.", by="decided_by")


@node(request_models.Restriction, prefix="rst")
class Restriction:
    """限制处理 That what is about somebody is kept, and not to be processed otherwise."""

    since = core("From when on.")
    until = core("Until when; null while it stands.")
    person = one("Person", "Whom it is about.", by="person_id")
    request = one("SubjectRequest", "The request that was granted.", by="request_id")


@node(holds.LegalHold, prefix="lgh", listed=True)
class LegalHold:
    """法律保全 That what is about somebody must be kept: nothing of it is erased."""

    ground = core("Why it must be kept.")
    since = core("From when on.")
    until = core("Until when; null while it stands.")
    person = one("Person", "Whom it is about.", by="person_id")


@node(delays.DisclosureDelay, prefix="ddl", listed=True, order=("until", "id"))
class DisclosureDelay:
    """推迟告知 That somebody is told later what a principal reads of them."""

    since = core("From when on.")
    until = core("Until when; from then on all of it is told.")
    ground = core("On which ground of the law.")
    person = one("Person", "Who is told later.", by="person_id")
    reader = one("Principal", "Whose readings are told later.", by="reader_id")
    ordered_by = one("Principal", "Who has ordered it.", by="ordered_by")
