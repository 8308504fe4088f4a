"""Open a processing contract: what a vendor may process for the group, of whom, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

from authz.actor import PrincipalKind
from authz.lines import EVERY
from domain.kernel.entity import Entity
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.privacy.purposes import Purpose

from .contract_models import ProcessingContract
from .models import Principal

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work


class NotAVendor(Refusal):
    """Processing is entrusted to vendors; everybody else of the group processes by their roles."""

    en = "Only a vendor can be party to a processing contract. Name a principal of that kind."
    zh = "委托处理合同的相对方只能是供应商主体,请选择供应商类型的主体。"
    path = ("principalId",)


class ContractCodeTaken(Refusal):
    """Codes of contracts are unique in the group."""

    en = "The code {contract_code} is taken by another contract. Choose another one."
    zh = "合同编码 {contract_code} 已被使用,请更换编码。"
    path = ("code",)


class ContractIncomplete(Refusal):
    """Article 21 asks for purpose, kinds of information, and term: none may be left open."""

    en = "A contract needs a code, a counterparty, purposes and fields. Fill in what is missing."
    zh = "委托处理合同须写明编码、相对方、目的和字段,请补充缺少的内容。"


class UnknownContractField(Refusal):
    """A contract names fields as policy lines do; all at once is no agreement."""

    en = "{named} is no type, field, label or class that a contract can name. Correct it."
    zh = "{named} 不是合同可以指明的类型、字段、标签或数据级别,请更正。"
    path = ("fields",)


class ContractDaysReversed(Refusal):
    """A contract ends on the day it starts, or on a later one, and not before today."""

    en = "A contract cannot end before it starts, nor in the past. Correct the days."
    zh = "合同的终止日期不能早于开始日期或今天,请更正日期。"
    path = ("endsOn",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProcessingContract:
    """With whom, for what, which fields of whose, and from which day to which."""

    principal_id: Annotated[UUID, Ref("Principal")]
    code: str
    counterparty: str
    purposes: tuple[Purpose, ...]
    fields: tuple[str, ...]
    starts_on: date
    ends_on: date
    cohort_id: Annotated[UUID | None, Ref("Cohort")] = None


@permission("ProcessingContract", "create")
async def open_processing_contract(
    work: Work, command: OpenProcessingContract
) -> ProcessingContract:
    """Open a contract. By itself it opens nothing: it bounds what roles and scopes do."""
    await work.permit("create ProcessingContract", await work.get(Tenant, work.actor.tenant_id))
    vendor = await work.reach(
        Principal, command.principal_id, to="create ProcessingContract", at=("principalId",)
    )
    if vendor.kind is not PrincipalKind.VENDOR:
        raise NotAVendor
    _check(work, command)
    if command.cohort_id is not None:
        await work.reach(
            _cohorts(), command.cohort_id, to="create ProcessingContract", at=("cohortId",)
        )
    contract = ProcessingContract(
        tenant_id=vendor.tenant_id,
        code=command.code.strip(),
        counterparty=command.counterparty.strip(),
        principal_id=vendor.id,
        purposes=sorted({purpose.value for purpose in command.purposes}),
        fields=sorted(set(command.fields)),
        cohort_id=command.cohort_id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
    )
    await work.add(contract, taken=ContractCodeTaken(contract_code=contract.code))
    return contract


def _check(work: Work, command: OpenProcessingContract) -> None:
    said = {
        "code": command.code.strip(),
        "counterparty": command.counterparty.strip(),
        "purposes": command.purposes,
        "fields": command.fields,
    }
    if missing := [name for name, value in said.items() if not value]:
        raise ContractIncomplete(at=(missing[0],))
    for at, named in enumerate(command.fields):
        if named == EVERY or not work.judge.catalogue.knows(named):
            raise UnknownContractField(named=named, at=("fields", str(at)))
    if command.ends_on < max(command.starts_on, work.today):
        raise ContractDaysReversed


def _cohorts() -> type[GroupEntity]:
    """Find cohorts by their table: what learners are belongs to a later slice."""
    mapped = (mapper.class_ for mapper in Entity.registry.mappers)
    (entity,) = (one for one in mapped if one.__tablename__ == "cohort")
    return cast("type[GroupEntity]", entity)
