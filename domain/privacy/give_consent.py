"""Give consent, for oneself, under the privacy notice that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .consent import Consent, ConsentTopic, note_consent
from .notices import receipt_of, require_current
from .oneself import oneself

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NoticeNotReceived(Refusal):
    """Consent is given knowingly: by somebody who has been told (PIPL article 14)."""

    en = "Read the privacy notice first: send `acknowledgePrivacyNotice`, and consent after that."
    zh = "同意须在充分知情的前提下作出,请先阅读并确认收到个人信息处理告知。"
    path = ("noticeId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent:
    """To what one consents, having read which edition of the privacy notice."""

    topic: ConsentTopic
    notice_id: Annotated[UUID, Ref("PrivacyNotice")]


@permission("Consent", "create")
async def give_consent(work: Work, command: GiveConsent) -> Consent:
    """Give consent; who has consented already does so no more, under whichever notice it was."""
    person = await oneself(work)
    consent = Consent(
        tenant_id=person.tenant_id, person_id=person.id, topic=command.topic, given_at=work.now
    )
    await work.permit("create Consent", consent)
    notice = await require_current(work, command.notice_id)
    if await receipt_of(work, person.id, notice) is None:
        raise NoticeNotReceived
    return await note_consent(
        work, person.id, command.topic, tenant_id=person.tenant_id, notice_id=notice.id
    )
