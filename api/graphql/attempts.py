"""A mutation that is refused before it begins stands in the trail like one that a rule refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.audit.attempt import attempted_by
from runtime.watching import keep

if TYPE_CHECKING:
    from .asked import Asked

FORBIDDEN: Final = "FORBIDDEN"


async def put_attempts_on_record(asked: Asked) -> None:
    """Have it committed which mutations somebody asked for who may not: by name, with no input.

    On a connection that is not theirs, for an auditor has none that writes.
    """
    verbs = dict.fromkeys(pick.name for pick in asked.roots if pick.call is not None)
    entries = [
        attempted_by(
            asked.actor, verb, FORBIDDEN, now=asked.now, request_id=asked.request.request_id
        )
        for verb in verbs
    ]
    await keep(asked.installation, asked.actor, entries)
