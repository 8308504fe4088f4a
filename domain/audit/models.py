"""The trail: who did what to whom, never with which values."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import GroupEntity
from domain.privacy.classification import SYSTEM
from domain.privacy.types import Code


class Outcome(Enum):
    """How an act ended."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    DENIED = "DENIED"


class AuditEntry(GroupEntity, kw_only=True, repr=False):
    """One act of one actor, written in the transaction of the act itself.

    Carries ids, field names and codes; a value of a person never stands here.
    """

    __tablename__ = "audit_entry"
    append_only: ClassVar[bool] = True
    holds = SYSTEM
    constraints: ClassVar = (
        Index(None, "group_id", "at", "id"),
        Index(None, "group_id", "subject_id", postgresql_where=text("subject_id IS NOT NULL")),
        # What somebody has opened of late is counted before more is opened.
        Index(None, "group_id", "principal_id", "at", postgresql_where=text("verb = 'decrypt'")),
    )

    at: Mapped[datetime]
    principal_id: Mapped[UUID]
    token_id: Mapped[UUID | None] = mapped_column(default=None)
    verb: Mapped[Code]
    object_type: Mapped[Code]
    object_id: Mapped[UUID | None] = mapped_column(default=None)
    subject_id: Mapped[UUID | None] = mapped_column(default=None)  # whose sealed cells were opened
    outcome: Mapped[Outcome]
    code: Mapped[Code | None] = mapped_column(default=None)
    purpose: Mapped[Code | None] = mapped_column(default=None)
    request_id: Mapped[Code | None] = mapped_column(default=None)
    policy_version: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
