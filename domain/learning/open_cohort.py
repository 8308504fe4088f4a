"""Open a cohort: the learners who start together, so that they can be looked at together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import NotFound, Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.people.models import Person

from .events import CohortOpened
from .models import Cohort, CohortMember

if TYPE_CHECKING:
    from domain.kernel.work import Work


class CohortCodeTaken(Refusal):
    """Codes of cohorts are unique in the group."""

    en = "The code {cohort_code} is taken by another cohort. Choose another one."
    zh = "批次编码 {cohort_code} 已被使用,请更换编码。"
    path = ("code",)


class CohortUnnamed(Refusal):
    """A cohort has a code and a name."""

    en = "A cohort needs a code and a name. Fill in what is blank."
    zh = "批次必须有编码和名称,请补充空白内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCohort:
    """The batch, where it learns, since when, and who belongs to it."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    code: str
    name: str
    started_on: date
    person_ids: tuple[Annotated[UUID, Ref("Person")], ...] = ()


@permission("Cohort", "create")
async def open_cohort(work: Work, command: OpenCohort) -> Cohort:
    """Open a cohort of people whom the actor sees."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    await work.permit("create Cohort", tenant)
    code, name = command.code.strip(), command.name.strip()
    if not code or not name:
        raise CohortUnnamed(at=("name",) if code else ("code",))
    people = await _people(work, command.person_ids)
    cohort = Cohort(tenant_id=tenant.id, code=code, name=name, started_on=command.started_on)
    await work.add(cohort, taken=CohortCodeTaken(cohort_code=code))
    await work.add(
        *(
            CohortMember(tenant_id=person.tenant_id, cohort_id=cohort.id, person_id=person.id)
            for person in people
        )
    )
    work.record(CohortOpened(cohort_id=cohort.id))
    return cohort


async def _people(work: Work, ids: tuple[UUID, ...]) -> list[Person]:
    people = []
    for index, person_id in enumerate(dict.fromkeys(ids)):
        try:
            people.append(await work.get(Person, person_id))
        except NotFound:
            raise NotFound(at=("personIds", str(index))) from None
    return people
