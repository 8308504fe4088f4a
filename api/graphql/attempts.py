"""What is kept though no unit of work was opened for it: a refusal at once, and an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.audit.entries import Act, entry_beside
from domain.audit.models import Outcome
from runtime.watching import keep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .asked import Asked

FORBIDDEN: Final = "FORBIDDEN"


async def put_attempts_on_record(asked: Asked) -> None:
    """Have it committed which mutations somebody asked for who may not: by name, with no input."""
    verbs = dict.fromkeys(pick.name for pick in asked.roots if pick.call is not None)
    await _keep(asked, (Act(verb=one, outcome=Outcome.DENIED, code=FORBIDDEN) for one in verbs))


async def put_export_on_record(asked: Asked, root: str) -> None:
    """Have it committed that something is about to be handed out that can be taken along."""
    await _keep(asked, (Act(verb=root),))


async def _keep(asked: Asked, acts: Iterable[Act]) -> None:
    """Write on a connection that is not the actor's, for an auditor has none that writes."""
    request_id = asked.request.request_id
    entries = [entry_beside(asked.actor, act, now=asked.now, request_id=request_id) for act in acts]
    await keep(asked.installation, asked.actor, entries)
