"""Release a legal hold, once its reason is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .holds import LegalHold
from .place_legal_hold import OwnHold

if TYPE_CHECKING:
    from domain.kernel.work import Work


class HoldReleased(Refusal):
    """What has been released stands no more."""

    en = "This hold was released already. Read it again."
    zh = "该保全已解除,请重新读取。"
    path = ("legalHoldId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLegalHold:
    """Which hold."""

    legal_hold_id: Annotated[UUID, Ref("LegalHold")]


@permission("LegalHold", "write")
async def release_legal_hold(work: Work, command: ReleaseLegalHold) -> LegalHold:
    """Release it; that it stood, and how long, stays on record."""
    hold = await work.get(
        LegalHold, command.legal_hold_id, to="write LegalHold", at=("legalHoldId",)
    )
    if hold.person_id == work.actor.person_id:
        raise OwnHold(at=("legalHoldId",))
    if hold.until is not None:
        raise HoldReleased
    hold.until = work.now
    await work.flush()
    return hold
