"""Create a competency model: its code and name; what it asks for comes with its first edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work
from domain.organisation.models import Tenant

from .events import CompetencyModelCreated
from .models import CompetencyModel


class CompetencyModelCodeTaken(Refusal):
    """Codes of models are unique in the group."""

    en = "The code {model_code} is taken by another competency model. Choose another one."
    zh = "能力模型编码 {model_code} 已被使用,请更换编码。"
    path = ("code",)


class CompetencyModelUnnamed(Refusal):
    """A model has a code and a name."""

    en = "A competency model needs a code and a name. Fill in what is blank."
    zh = "能力模型必须有编码和名称,请补充空白内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCompetencyModel:
    """The model, and the tenant that it belongs to."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    code: str
    name: str


@permission("CompetencyModel", "create")
async def create_competency_model(work: Work, command: CreateCompetencyModel) -> CompetencyModel:
    """Open a model in a tenant; everyone at, above and below it can see it."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    await work.permit("create CompetencyModel", tenant)
    code, name = command.code.strip(), command.name.strip()
    if not code or not name:
        raise CompetencyModelUnnamed(at=("name",) if code else ("code",))
    model = CompetencyModel(tenant_id=tenant.id, code=code, name=name)
    await work.add(model, taken=CompetencyModelCodeTaken(model_code=code))
    work.record(CompetencyModelCreated(competency_model_id=model.id))
    return model
