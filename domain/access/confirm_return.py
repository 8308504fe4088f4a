"""Confirm that a vendor has erased or given back what it processed, after the contract's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .calendar import time_zone_of_group
from .contract_models import ProcessingContract
from .contracts import over_at

if TYPE_CHECKING:
    from domain.kernel.work import Work


class ContractInForce(Refusal):
    """What is still being processed cannot have been given back."""

    en = "This contract is still in force. End it first, and confirm the return afterwards."
    zh = "该委托处理合同仍在履行,请先终止合同,再确认数据的返还或删除。"
    path = ("contractId",)


class ReturnConfirmed(Refusal):
    """A return is confirmed once: the instant of it is evidence."""

    en = "The return was confirmed already. Read the contract again."
    zh = "数据的返还或删除已确认,请重新读取该合同。"
    path = ("contractId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReturn:
    """Under which contract everything has been erased or given back."""

    contract_id: Annotated[UUID, Ref("ProcessingContract")]
    expected_version: int | None = None


@permission("ProcessingContract", "write")
async def confirm_return(work: Work, command: ConfirmReturn) -> ProcessingContract:
    """Confirm the return (PIPL article 21): by somebody else than who opens and ends contracts."""
    contract = await work.get(
        ProcessingContract,
        command.contract_id,
        to="write ProcessingContract",
        expected=command.expected_version,
        at=("contractId",),
    )
    if contract.return_confirmed_at is not None:
        raise ReturnConfirmed
    if over_at(contract, await time_zone_of_group(work)) > work.now:
        raise ContractInForce
    contract.return_confirmed_at = work.now
    await work.flush()
    return contract
