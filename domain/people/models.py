"""People of a group, from candidate to leaver, and where they stood when."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import GroupEntity, refers
from domain.kernel.indexes import latest_first
from domain.privacy.classification import ORGANISATION, P2, pi
from domain.privacy.types import (
    BankAccount,
    BirthDate,
    Code,
    EmailAddress,
    EmploymentDate,
    LeaveReasonText,
    NationalId,
    PersonName,
    PhoneNumber,
    PostalAddress,
)


class Stage(Enum):
    """How far someone has come."""

    CANDIDATE = "CANDIDATE"
    PRE_ONBOARD = "PRE_ONBOARD"
    IN_TRAINING = "IN_TRAINING"
    ON_FLOOR_MENTORED = "ON_FLOOR_MENTORED"
    INDEPENDENT = "INDEPENDENT"
    LEFT = "LEFT"


class LeaveCode(Enum):
    """Why someone left, in the group's own words for its figures."""

    CONTENT_UNSUITABLE = "CONTENT_UNSUITABLE"
    CANNOT_ADAPT = "CANNOT_ADAPT"
    PAY = "PAY"
    PRESSURE = "PRESSURE"
    OTHER = "OTHER"


class Person(GroupEntity, kw_only=True, repr=False):
    """Someone in a group, from candidate to leaver; in one tenant at a time."""

    __tablename__ = "person"
    about: ClassVar[str | None] = "id"
    named_by: ClassVar[str | None] = "display_name"
    constraints: ClassVar = (
        UniqueConstraint("group_id", "staff_number"),
        Index(None, "group_id", "tenant_id", "sort_key", "id"),
        Index(None, "group_id", "sort_key", "id"),
        Index(None, "group_id", "stage", "sort_key", "id"),
        Index(None, "group_id", "display_name"),
        latest_first("person", "hired_on"),
        latest_first("person", "left_on"),
        CheckConstraint("(stage = 'LEFT') = (left_on IS NOT NULL)", name="leavers_have_left"),
    )

    staff_number: Mapped[Code]
    stage: Mapped[Stage] = mapped_column(default=Stage.CANDIDATE)
    display_name: Mapped[PersonName]
    sort_key: Mapped[PersonName] = mapped_column(init=False, default="")
    job_role_id: Mapped[UUID | None] = refers("job_role", default=None)
    supervisor_id: Mapped[UUID | None] = refers("person", default=None)
    mentor_id: Mapped[UUID | None] = refers("person", default=None)
    hired_on: Mapped[EmploymentDate | None] = mapped_column(default=None)
    left_on: Mapped[EmploymentDate | None] = mapped_column(default=None)
    leave_reason: Mapped[LeaveReasonText | None] = mapped_column(default=None)
    phone: Mapped[PhoneNumber | None] = mapped_column(default=None)
    national_id: Mapped[NationalId | None] = mapped_column(default=None)
    email: Mapped[EmailAddress | None] = mapped_column(default=None)
    address: Mapped[PostalAddress | None] = mapped_column(default=None)
    bank_account: Mapped[BankAccount | None] = mapped_column(default=None)
    born_on: Mapped[BirthDate | None] = mapped_column(default=None)


class Employment(GroupEntity, kw_only=True, repr=False):
    """From hire to leave, with the coded reason of leaving.

    `left_on` is the last day. Before `hired_on` it says that someone was hired and never started.
    """

    __tablename__ = "employment"
    about: ClassVar[str | None] = "person_id"
    constraints: ClassVar = (
        Index(
            "uq_employment_open",
            "group_id",
            "person_id",
            unique=True,
            postgresql_where=text("left_on IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = refers("person")
    hired_on: Mapped[EmploymentDate]
    left_on: Mapped[EmploymentDate | None] = mapped_column(default=None)
    leave_code: Mapped[LeaveCode | None] = mapped_column(info=pi("employment", P2), default=None)


class Placement(GroupEntity, kw_only=True, repr=False):
    """Where someone stood within an employment: tenant, job role and supervisor, from when to when.

    `tenant_id` is where the person is now, as on every row about a person; `at_tenant_id` is the
    tenant of this placement. `ends_on` is the first day on which it no longer held.
    """

    __tablename__ = "placement"
    about: ClassVar[str | None] = "person_id"
    holds = ORGANISATION
    constraints: ClassVar = (
        Index(
            "uq_placement_open",
            "group_id",
            "person_id",
            unique=True,
            postgresql_where=text("ends_on IS NULL"),
        ),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    person_id: Mapped[UUID] = refers("person")
    employment_id: Mapped[UUID] = refers("employment")
    at_tenant_id: Mapped[UUID] = refers("tenant", index=False)
    job_role_id: Mapped[UUID | None] = refers("job_role", index=False, default=None)
    supervisor_id: Mapped[UUID | None] = refers("person", index=False, default=None)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)
