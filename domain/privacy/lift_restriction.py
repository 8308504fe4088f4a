"""Lift the restriction on processing what is about somebody, once its reason is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .request_models import Restriction

if TYPE_CHECKING:
    from domain.kernel.work import Work


class RestrictionLifted(Refusal):
    """What has been lifted stands no more."""

    en = "This restriction was lifted already. Read it again."
    zh = "该限制已解除,请重新读取。"
    path = ("restrictionId",)


class OwnRestriction(Refusal):
    """Nobody decides on what is about themself."""

    en = "This restriction is about yourself. Have another colleague of compliance lift it."
    zh = "该限制涉及您本人,请由其他合规人员解除。"
    path = ("restrictionId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRestriction:
    """Which restriction."""

    restriction_id: Annotated[UUID, Ref("Restriction")]


@permission("Restriction", "write")
async def lift_restriction(work: Work, command: LiftRestriction) -> Restriction:
    """Lift it; that it stood, and how long, stays on record."""
    restriction = await work.get(
        Restriction, command.restriction_id, to="write Restriction", at=("restrictionId",)
    )
    if restriction.person_id == work.actor.person_id:
        raise OwnRestriction
    if restriction.until is not None:
        raise RestrictionLifted
    restriction.until = work.now
    await work.flush()
    return restriction
