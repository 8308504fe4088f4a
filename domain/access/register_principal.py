"""Register whoever may act: a person of the group, a service account, a vendor or an auditor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from authz.actor import PrincipalKind
from domain.kernel.errors import NotFound, Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant

from .models import Principal
from .owners import refuse_unowned

if TYPE_CHECKING:
    from domain.kernel.work import Work


class PersonNeeded(Refusal):
    """The principal of a person says whose it is, and no other does."""

    en = "Name the person whom a principal of kind PERSON stands for; VENDOR and SERVICE have none."
    zh = "PERSON 类主体须指明对应人员;VENDOR 与 SERVICE 类主体不对应人员。"
    path = ("personId",)


class AccountNameNeeded(Refusal):
    """An account is told from others by its name; a person has one already."""

    en = "Give the account a name. A principal of kind PERSON takes the person's, so give none."
    zh = "请填写账号名称;PERSON 类主体沿用人员姓名,请勿填写。"
    path = ("name",)


class PrincipalExists(Refusal):
    """The person has a principal."""

    en = "This person has a principal already. Use that one."
    zh = "该人员已有对应主体,请直接使用。"
    path = ("personId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPrincipal:
    """What the principal is, what it is called, where it belongs, and whose it is."""

    kind: PrincipalKind
    tenant_id: Annotated[UUID, Ref("Tenant")]
    name: str | None = None
    person_id: Annotated[UUID | None, Ref("Person")] = None
    owner_id: Annotated[UUID | None, Ref("Principal")] = None


@permission("Policy", "grant")
async def register_principal(work: Work, command: RegisterPrincipal) -> Principal:
    """Register a principal; roles and tokens are given to it afterwards."""
    principal = Principal(
        tenant_id=command.tenant_id,
        kind=command.kind,
        name=(command.name or "").strip() or None,
        person_id=command.person_id,
        owner_id=command.owner_id,
    )
    await work.permit("grant Policy", principal)
    _refuse_unfit(principal)
    await _refuse_elsewhere(work, principal)
    await refuse_unowned(work, principal)
    await work.add(principal, taken=PrincipalExists())
    return principal


def _refuse_unfit(principal: Principal) -> None:
    """Say of whom it is: a person's has the person's name, an account's one of its own."""
    person = principal.kind is PrincipalKind.PERSON
    may_be_one = person or principal.kind is PrincipalKind.AUDITOR
    if (person and principal.person_id is None) or (principal.person_id and not may_be_one):
        raise PersonNeeded
    if (principal.name is None) is not person:
        raise AccountNameNeeded


async def _refuse_elsewhere(work: Work, principal: Principal) -> None:
    """A tenant that is none, and someone who does not stand in it, cannot be found."""
    if await work.row(Tenant, Tenant.id == principal.tenant_id) is None:
        raise NotFound(at=("tenantId",))
    if principal.person_id is None:
        return
    person = await work.row(work.person, work.person.id == principal.person_id)
    if person is None or person.tenant_id != principal.tenant_id:
        raise NotFound(at=("personId",))
