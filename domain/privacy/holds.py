"""Legal holds: while one stands nothing of a person is erased (PIPL article 47, paragraph 2)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import GroupEntity, refers

from .classification import SYSTEM

if TYPE_CHECKING:
    from domain.kernel.work import Work


class HoldGround(Enum):
    """Why what is about somebody has to be kept."""

    LITIGATION = "LITIGATION"
    AUTHORITY = "AUTHORITY"
    LABOUR_DISPUTE = "LABOUR_DISPUTE"


class LegalHold(GroupEntity, kw_only=True, repr=False):
    """That what is about a person must be kept, from when on and, released, until when."""

    __tablename__ = "legal_hold"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    few: ClassVar[str | None] = "a hold is an exception: a group has tens of them"
    constraints: ClassVar = (
        Index(
            "uq_legal_hold_standing",
            "group_id",
            "person_id",
            "ground",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = refers("person")
    ground: Mapped[HoldGround]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)


async def is_held(work: Work, person_id: UUID) -> bool:
    """Whether a hold stands for somebody."""
    held = await work.rows(LegalHold, LegalHold.until.is_(None), person_id=person_id)
    return bool(held)
