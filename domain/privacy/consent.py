"""What people have consented to: given and withdrawn, each time a row of its own."""

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


class ConsentTopic(Enum):
    """What a person is asked: to be shown to third parties (PIPL article 23)."""

    THIRD_PARTY = "THIRD_PARTY"


class Consent(GroupEntity, kw_only=True, repr=False):
    """That a person consents to something, from when on and, withdrawn, until when."""

    __tablename__ = "consent"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (
        Index(
            None,
            "group_id",
            "person_id",
            "topic",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = refers("person")
    topic: Mapped[ConsentTopic]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


async def note_consent(
    work: Work, person_id: UUID, topic: ConsentTopic, *, tenant_id: UUID
) -> Consent:
    """Write down that a person consents; who has consented already does so no more."""
    standing = await _standing(work, person_id, topic)
    if standing is None:
        standing = Consent(tenant_id=tenant_id, person_id=person_id, topic=topic, given_at=work.now)
        await work.add(standing)
    return standing


async def note_withdrawal(work: Work, person_id: UUID, topic: ConsentTopic) -> None:
    """Write down that a person consents no longer: the next read knows it."""
    standing = await _standing(work, person_id, topic)
    if standing is not None:
        standing.withdrawn_at = work.now
        await work.flush()


async def _standing(work: Work, person_id: UUID, topic: ConsentTopic) -> Consent | None:
    return await work.row(
        Consent,
        Consent.person_id == person_id,
        Consent.topic == topic,
        Consent.withdrawn_at.is_(None),
    )
