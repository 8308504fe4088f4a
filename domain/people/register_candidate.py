"""Register someone as a candidate of a tenant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.privacy.sealed import Sealed

from .events import CandidateRegistered
from .models import Person
from .personal import checked, fields_given
from .rights import permit_fields

if TYPE_CHECKING:
    from domain.kernel.work import Work

_STAFF_NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")


class PersonUnnamed(Refusal):
    """A person needs a name."""

    en = "Give the person's name."
    zh = "请填写姓名。"
    path = ("displayName",)


class StaffNumberUnfit(Refusal):
    """It is no staff number."""

    en = "Use letters, digits and hyphens for the staff number, at most 32 characters."
    zh = "工号只能使用字母、数字和连字符,最多 32 个字符。"
    path = ("staffNumber",)


class StaffNumberTaken(Refusal):
    """Someone in the group has this staff number."""

    en = "This staff number is in use in the group. Choose another one."
    zh = "该工号在集团内已被使用,请更换工号。"
    path = ("staffNumber",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCandidate:
    """Where someone applies, and what is known of them; what is not needed is left out."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    staff_number: str
    display_name: str
    phone: Sealed | None = None
    national_id: Sealed | None = None
    email: Sealed | None = None
    address: Sealed | None = None
    bank_account: Sealed | None = None
    born_on: Sealed | None = None


@permission("Person", "create")
async def register_candidate(work: Work, command: RegisterCandidate) -> Person:
    """Register a candidate; every field that is filled is a right of its own."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    person = Person(
        id=work.new_id(),
        tenant_id=tenant.id,
        staff_number=command.staff_number.strip(),
        display_name=" ".join(command.display_name.split()),
    )
    await work.permit("create Person", person)
    await permit_fields(work, "create", person, ("displayName", *fields_given(command)))
    if not person.display_name:
        raise PersonUnnamed
    if not _STAFF_NUMBER.fullmatch(person.staff_number):
        raise StaffNumberUnfit
    for column, value in checked(command, today=work.today).items():
        setattr(person, column, value)

    await work.add(person, taken=StaffNumberTaken())
    work.record(CandidateRegistered(person_id=person.id, tenant_id=tenant.id))
    return person
