"""Withdraw consent, for oneself; what rests on it ends with the next request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.kernel.errors import Refusal
from domain.kernel.permission import permission

from .consent import Consent, ConsentTopic, latest_consent, note_withdrawal
from .oneself import oneself

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NeverConsented(Refusal):
    """There is nothing that could be withdrawn."""

    en = "You have never consented to this, so there is nothing to withdraw."
    zh = "您从未就此事项作出同意,无需撤回。"
    path = ("topic",)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent:
    """To what one consents no longer."""

    topic: ConsentTopic


@permission("Consent", "write")
async def withdraw_consent(work: Work, command: WithdrawConsent) -> Consent:
    """Withdraw consent, as easily as it was given (PIPL article 15); twice changes nothing more."""
    person = await oneself(work)
    asked = Consent(
        tenant_id=person.tenant_id, person_id=person.id, topic=command.topic, given_at=work.now
    )
    await work.permit("write Consent", asked)
    await note_withdrawal(work, person.id, command.topic)
    consent = await latest_consent(work, person.id, command.topic)
    if consent is None:
        raise NeverConsented
    return consent
