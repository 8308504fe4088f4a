"""Processing contracts (PIPL article 21), and which courses certify whom (article 51)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import GroupEntity, refers
from domain.privacy.classification import SYSTEM
from domain.privacy.types import Code, Title

Codes = Annotated[list[str], mapped_column(ARRAY(Text))]

PERSONAL_INFORMATION: Final = "personal_information"
"""The certificate that condition `certified` asks for: trained to handle personal information."""


class ProcessingContract(GroupEntity, kw_only=True, repr=False):
    """What a vendor may process for the group: for which purposes, which fields, whose, how long.

    `fields` are objects as policy lines name them. Without a cohort it covers nobody.
    `ended_at` is when it was ended before its last day; `return_confirmed_at` when the vendor's
    erasing or giving back of the data was confirmed.
    """

    __tablename__ = "processing_contract"
    holds = SYSTEM
    few: ClassVar[str | None] = "a group has some dozens of vendors"
    constraints: ClassVar = (
        UniqueConstraint("group_id", "code"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("cardinality(purposes) > 0", name="purposes"),
    )

    code: Mapped[Code]
    counterparty: Mapped[Title]
    principal_id: Mapped[UUID] = refers("principal")
    purposes: Mapped[Codes]
    fields: Mapped[Codes]
    cohort_id: Mapped[UUID | None] = refers("cohort", default=None)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    return_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


class Certification(GroupEntity, kw_only=True, repr=False):
    """That whoever completes a course holds a certificate for so many days."""

    __tablename__ = "certification"
    holds = SYSTEM
    few: ClassVar[str | None] = "a handful of courses certify somebody"
    constraints: ClassVar = (
        UniqueConstraint("group_id", "code", "course_id"),
        CheckConstraint("valid_days > 0", name="valid_days"),
    )

    code: Mapped[Code]
    course_id: Mapped[UUID] = refers("course")
    valid_days: Mapped[int]
