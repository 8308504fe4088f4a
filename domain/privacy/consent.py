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
    """What a person is asked, each apart from the others (PIPL articles 23, 25, 29 and 39)."""

    THIRD_PARTY = "THIRD_PARTY"
    PUBLICATION = "PUBLICATION"
    SENSITIVE_INFORMATION = "SENSITIVE_INFORMATION"
    CROSS_BORDER = "CROSS_BORDER"


class Consent(GroupEntity, kw_only=True, repr=False):
    """That a person consents to something, from when on and, withdrawn, until when.

    The notice is the edition that they had read; consents that came in on paper name none.
    """

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
    notice_id: Mapped[UUID | None] = refers("privacy_notice", default=None)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


async def note_consent(
    work: Work,
    person_id: UUID,
    topic: ConsentTopic,
    *,
    tenant_id: UUID,
    notice_id: UUID | None = None,
) -> Consent:
    """Write down that a person consents; who has consented already does so no more."""
    standing = await _standing(work, person_id, topic)
    if standing is None:
        standing = Consent(
            tenant_id=tenant_id,
            person_id=person_id,
            topic=topic,
            notice_id=notice_id,
            given_at=work.now,
        )
        await work.add(standing)
    return standing


async def note_withdrawal(work: Work, person_id: UUID, topic: ConsentTopic) -> None:
    """Write down that a person consents no longer: the next read knows it."""
    standing = await _standing(work, person_id, topic)
    if standing is not None:
        standing.withdrawn_at = work.now
        await work.flush()


async def latest_consent(work: Work, person_id: UUID, topic: ConsentTopic) -> Consent | None:
    """What somebody said last on a topic, standing or withdrawn."""
    found = await work.rows(
        Consent,
        Consent.person_id == person_id,
        Consent.topic == topic,
        order_by=(Consent.given_at.desc(), Consent.id.desc()),
    )
    return found[0] if found else None


async def _standing(work: Work, person_id: UUID, topic: ConsentTopic) -> Consent | None:
    return await work.row(
        Consent,
        Consent.person_id == person_id,
        Consent.topic == topic,
        Consent.withdrawn_at.is_(None),
    )
