"""Bind a vendor's token to a processing contract, which it cannot outlive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel.errors import NotFound, Refusal

from .calendar import time_zone_of_group
from .contract_models import ProcessingContract
from .contracts import over_at

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from domain.kernel.work import Work

    from .models import Principal


class ContractOfAnother(Refusal):
    """A token is bound to a contract with the very vendor that it is issued to."""

    en = "This contract is with somebody else. Name one with the vendor who gets the token."
    zh = "该委托处理合同的受托方并非此主体,请选择与该供应商签订的合同。"
    path = ("contractId",)


class ContractOver(Refusal):
    """What is over cannot be ended again, and nothing more can be done under it."""

    en = "This contract is over. Open a new one."
    zh = "该委托处理合同已终止,请另行订立合同。"
    path = ("contractId",)


async def bind_to_contract(
    work: Work, principal: Principal, contract_id: UUID | None
) -> datetime | None:
    """Say when the contract is over that a token is to be bound to; nothing where there is none.

    One that it cannot be bound to is refused. It is held, lest it end meanwhile.
    """
    if contract_id is None:
        return None
    held = await work.hold(ProcessingContract, ProcessingContract.id == contract_id)
    if not held:
        raise NotFound(at=("contractId",))
    [contract] = held
    if contract.principal_id != principal.id:
        raise ContractOfAnother
    over = over_at(contract, await time_zone_of_group(work))
    if over <= work.now:
        raise ContractOver
    return over
