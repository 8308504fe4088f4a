"""What people are told of how their information is processed, by edition, and who received it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.kernel.entity import GroupEntity, refers
from domain.kernel.errors import Refusal

from .classification import PUBLIC, SYSTEM
from .types import Prose, Title

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NoticeNotCurrent(Refusal):
    """A later edition has been published: what was read is not what holds."""

    en = "This edition of the privacy notice no longer holds. Read edition {number} and repeat."
    zh = "该版本的个人信息处理告知已不再适用,请阅读第 {number} 版后重试。"
    path = ("noticeId",)


class PrivacyNotice(GroupEntity, kw_only=True, repr=False):
    """One edition of what the group tells its people (PIPL article 17); it never changes.

    It stands at the head of the group, so that everybody sees it. The last one holds.
    """

    __tablename__ = "privacy_notice"
    append_only: ClassVar[bool] = True
    holds = PUBLIC
    few: ClassVar[str | None] = "a group changes what it tells its people a few times a year"
    constraints: ClassVar = (UniqueConstraint("group_id", "number"),)

    number: Mapped[int]
    title: Mapped[Title]
    body: Mapped[Prose]
    change_note: Mapped[Prose | None]
    published_at: Mapped[datetime]


class NoticeReceipt(GroupEntity, kw_only=True, repr=False):
    """That a person has received an edition of the notice, and when."""

    __tablename__ = "notice_receipt"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (UniqueConstraint("group_id", "person_id", "notice_id"),)

    person_id: Mapped[UUID] = refers("person")
    notice_id: Mapped[UUID] = refers("privacy_notice")
    received_at: Mapped[datetime]


async def current_notice(work: Work) -> PrivacyNotice | None:
    """The edition that holds, if any has been published."""
    found = await work.rows(PrivacyNotice, order_by=(PrivacyNotice.number.desc(),))
    return found[0] if found else None


async def require_current(work: Work, notice_id: UUID) -> PrivacyNotice:
    """Take a notice that the actor names; one that no longer holds is refused."""
    notice = await work.get(PrivacyNotice, notice_id, at=("noticeId",))
    current = await current_notice(work)
    assert current is not None, "there is at least the one that was named"
    if current.id != notice.id:
        raise NoticeNotCurrent(number=current.number)
    return notice


async def receipt_of(work: Work, person_id: UUID, notice: PrivacyNotice) -> NoticeReceipt | None:
    """That somebody has received a notice, if they have."""
    return await work.row(
        NoticeReceipt,
        NoticeReceipt.person_id == person_id,
        NoticeReceipt.notice_id == notice.id,
    )
