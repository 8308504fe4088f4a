"""Acknowledge the privacy notice that holds: that it has been received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .notices import NoticeReceipt, receipt_of, require_current
from .oneself import oneself

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgePrivacyNotice:
    """Which edition has been received: the one that holds."""

    notice_id: Annotated[UUID, Ref("PrivacyNotice")]


@permission("NoticeReceipt", "create")
async def acknowledge_privacy_notice(
    work: Work, command: AcknowledgePrivacyNotice
) -> NoticeReceipt:
    """Write down that somebody has received it; who has done so already keeps their receipt.

    It is no consent: what rests on consent is asked for separately (PIPL articles 14 and 23).
    """
    person = await oneself(work)
    receipt = NoticeReceipt(
        tenant_id=person.tenant_id,
        person_id=person.id,
        notice_id=command.notice_id,
        received_at=work.now,
    )
    await work.permit("create NoticeReceipt", receipt)
    notice = await require_current(work, command.notice_id)
    if (kept := await receipt_of(work, person.id, notice)) is not None:
        return kept
    await work.add(receipt)
    return receipt
