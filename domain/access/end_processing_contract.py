"""End a processing contract now: with the next request, none of its tokens works any longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .bind_to_contract import ContractOver
from .calendar import time_zone_of_group
from .contract_models import ProcessingContract
from .contracts import over_at
from .models import Token

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class EndProcessingContract:
    """Which contract ends."""

    contract_id: Annotated[UUID, Ref("ProcessingContract")]
    expected_version: int | None = None


@permission("ProcessingContract", "delete")
async def end_processing_contract(work: Work, command: EndProcessingContract) -> ProcessingContract:
    """End a contract, and revoke what was issued under it."""
    contract = await work.get(
        ProcessingContract,
        command.contract_id,
        to="delete ProcessingContract",
        expected=command.expected_version,
        at=("contractId",),
    )
    if over_at(contract, await time_zone_of_group(work)) <= work.now:
        raise ContractOver
    contract.ended_at = work.now
    for token in await work.hold(
        Token, Token.contract_id == contract.id, Token.revoked_at.is_(None)
    ):
        token.revoked_at = work.now
    await work.flush()
    return contract
