"""Nobody opens more within an hour than one person's work can need.

What goes beyond is refused, written down and told to whoever watches: a stolen token that opens a
whole branch is noticed at the first thousand (OWASP API6:2023, unrestricted access to sensitive
business flows).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from api.planner.refusals import RequestRefused
from domain.access.models import Principal
from domain.audit.models import Outcome
from domain.audit.opened import DECRYPT, opened_within
from domain.audit.trail import append
from runtime.unit import perform

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .asked import Asked

HOUR: Final = timedelta(hours=1)
LOG: Final = logging.getLogger("peiyuan.alarms")


class DecryptLimitReached(RequestRefused):
    """Whoever asks has opened as many sealed values within the hour as one may."""

    code = "DECRYPT_LIMIT_REACHED"

    def __init__(self, *, most: int, opened: int) -> None:
        self.opened = opened
        super().__init__(
            f"At most {most} sealed values may be opened within an hour. "
            "Ask for fewer, or go on later.",
            most=most,
        )


async def refuse_too_many(work: Work, asking: int, *, most: int) -> None:
    """Refuse what goes beyond the hour's measure; two requests of one principal queue here."""
    await work.hold(Principal, Principal.id == work.actor.principal_id)
    opened = await opened_within(work, HOUR)
    if opened + asking > most:
        raise DecryptLimitReached(most=most, opened=opened)


async def sound(asked: Asked, asking: int, reached: DecryptLimitReached) -> None:
    """Write the refusal down, in a transaction of its own, and tell whoever watches."""
    figures = {"opened": reached.opened, "asked": asking}
    async with perform(
        asked.installation, asked.actor, now=asked.now, request_id=asked.request.request_id
    ) as work:
        await append(
            work, verb=DECRYPT, outcome=Outcome.REFUSED, code=reached.code, details=figures
        )
    LOG.error(
        "the hourly measure of opened values is reached",
        extra={
            "alarm": reached.code,
            "group_id": str(asked.actor.group_id),
            "principal_id": str(asked.actor.principal_id),
            **figures,
        },
    )
