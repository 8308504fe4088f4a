"""Create a learning path: its code and title; what it asks for comes with its first edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work
from domain.organisation.models import Tenant

from .events import LearningPathCreated
from .models import LearningPath


class PathCodeTaken(Refusal):
    """Codes of paths are unique in the group."""

    en = "The code {path_code} is taken by another learning path. Choose another one."
    zh = "学习路径编码 {path_code} 已被使用,请更换编码。"
    path = ("code",)


class PathUnnamed(Refusal):
    """A path has a code and a title."""

    en = "A learning path needs a code and a title. Fill in what is blank."
    zh = "学习路径必须有编码和名称,请补充空白内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLearningPath:
    """The path, and the tenant that it belongs to."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    code: str
    title: str


@permission("LearningPath", "create")
async def create_learning_path(work: Work, command: CreateLearningPath) -> LearningPath:
    """Open a path in a tenant; everyone at, above and below it can see it."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    await work.permit("create LearningPath", tenant)
    code, title = command.code.strip(), command.title.strip()
    if not code or not title:
        raise PathUnnamed(at=("title",) if code else ("code",))
    path = LearningPath(tenant_id=tenant.id, code=code, title=title)
    await work.add(path, taken=PathCodeTaken(path_code=code))
    work.record(LearningPathCreated(learning_path_id=path.id))
    return path
