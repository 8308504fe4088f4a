"""What people ask of the group about their own information, and what restricts its processing."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import GroupEntity, refers

from .classification import SYSTEM
from .types import RequestText


class RequestKind(Enum):
    """What a person asks for (PIPL articles 24 and 44 to 48)."""

    ACCESS = "ACCESS"
    COPY = "COPY"
    CORRECTION = "CORRECTION"
    ERASURE = "ERASURE"
    RESTRICTION = "RESTRICTION"
    EXPLANATION = "EXPLANATION"
    OBJECTION = "OBJECTION"


class RequestState(Enum):
    """Where a request stands; being overdue is no state."""

    OPEN = "OPEN"
    IN_REVIEW = "IN_REVIEW"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"


class RefusalGround(Enum):
    """On which ground of the law a request is refused."""

    RETENTION_PERIOD = "RETENTION_PERIOD"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    CONFIDENTIAL_BY_LAW = "CONFIDENTIAL_BY_LAW"
    CONTRACT_OR_LABOUR_RULES = "CONTRACT_OR_LABOUR_RULES"
    INFORMATION_IS_ACCURATE = "INFORMATION_IS_ACCURATE"
    NOT_HELD = "NOT_HELD"


class CorrectableField(Enum):
    """What of a person can be set right."""

    DISPLAY_NAME = "DISPLAY_NAME"
    PHONE = "PHONE"
    NATIONAL_ID = "NATIONAL_ID"
    EMAIL = "EMAIL"
    ADDRESS = "ADDRESS"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    BORN_ON = "BORN_ON"


class SubjectRequest(GroupEntity, kw_only=True, repr=False):
    """One request of a person about their own information, from its receipt to its end.

    `warn_on` and `due_on` are counted in working days from the day of receipt; `provisional` says
    that they reach into a year whose holidays are not known. What the person says (`wish`) and why
    it was refused (`reason`) are sealed.
    """

    __tablename__ = "subject_request"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (
        Index(None, "group_id", "due_on", "id"),
        Index(None, "group_id", "tenant_id", "due_on", "id"),
        Index(None, "group_id", "state", "due_on", "id"),
        CheckConstraint("(kind = 'CORRECTION') = (field IS NOT NULL)", name="corrects_a_field"),
        CheckConstraint(
            "(state = 'REFUSED') = (ground IS NOT NULL) AND (ground IS NULL) = (reason IS NULL)",
            name="refused_for_a_reason",
        ),
    )
    unindexed: ClassVar = {
        "kind": "one of seven words",
        "field": "one of seven words",
        "ground": "one of six words, and only where a request was refused",
        "provisional": "one of two words",
        "received_on": "requests are due in the order in which they came",
        "warn_on": "a request is warned of some days before it is due, by which it is found",
        "reviewed_at": "found by their state",
        "decided_at": "found by their state",
        "decided_by": "few decide in a group: theirs are found by the state",
        "closed_at": "found by their state",
    }

    person_id: Mapped[UUID] = refers("person")
    kind: Mapped[RequestKind]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    field: Mapped[CorrectableField | None] = mapped_column(default=None)
    wish: Mapped[RequestText | None] = mapped_column(default=None)
    received_on: Mapped[date]
    warn_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(default=None)
    ground: Mapped[RefusalGround | None] = mapped_column(default=None)
    reason: Mapped[RequestText | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Restriction(GroupEntity, kw_only=True, repr=False):
    """That what is about a person may be kept and not processed otherwise, from when until when."""

    __tablename__ = "restriction"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (
        Index(
            "uq_restriction_standing",
            "group_id",
            "person_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = refers("person")
    request_id: Mapped[UUID] = refers("subject_request")
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)
