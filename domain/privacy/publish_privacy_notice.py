"""Publish an edition of the privacy notice; from now on it is the one that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.kernel.errors import Refusal
from domain.kernel.permission import permission

from .notices import PrivacyNotice, current_notice

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NoticeBlank(Refusal):
    """A notice that says nothing tells nobody anything."""

    en = "A privacy notice needs a title and a text. Fill in what is missing."
    zh = "个人信息处理告知须有标题和正文,请补充。"


class NoticeChangeUntold(Refusal):
    """Whoever has read the last edition is told what is new in this one (PIPL article 17)."""

    en = "Say in the change note what differs from edition {number}."
    zh = "请在变更说明中写明与第 {number} 版的不同之处。"
    path = ("changeNote",)


class NoticePublishedMeanwhile(Refusal):
    """Somebody else has just published an edition."""

    en = "Another edition was published meanwhile. Read it, and publish again if it is needed."
    zh = "另一版本刚刚发布,请阅读后再决定是否发布。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPrivacyNotice:
    """What people are told, and what of it is new."""

    title: str
    body: str
    change_note: str | None = None


@permission("PrivacyNotice", "create")
async def publish_privacy_notice(work: Work, command: PublishPrivacyNotice) -> PrivacyNotice:
    """Publish it for the whole group: whoever may do so in a branch only may not."""
    before = await current_notice(work)
    notice = PrivacyNotice(
        tenant_id=work.actor.group_id,
        number=before.number + 1 if before else 1,
        title=command.title.strip(),
        body=command.body.strip(),
        change_note=(command.change_note or "").strip() or None,
        published_at=work.now,
    )
    await work.permit("create PrivacyNotice", notice)
    if not (notice.title and notice.body):
        raise NoticeBlank(at=("title" if not notice.title else "body",))
    if before and not notice.change_note:
        raise NoticeChangeUntold(number=before.number)
    await work.add(notice, taken=NoticePublishedMeanwhile())
    return notice
