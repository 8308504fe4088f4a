"""Define a job that people are trained for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .events import JobRoleDefined
from .models import JobRole, Tenant
from .tree import is_slug

if TYPE_CHECKING:
    from domain.kernel.work import Work


class JobRoleUntitled(Refusal):
    """A job role needs a title."""

    en = "Give the job role a title."
    zh = "请填写岗位名称。"
    path = ("title",)


class JobRoleCodeUnfit(Refusal):
    """The code is not one."""

    en = "Use lower-case letters, digits and single hyphens for the code, at most 40 characters."
    zh = "岗位代码只能使用小写字母、数字和单个连字符,最多 40 个字符。"
    path = ("code",)


class JobRoleCodeTaken(Refusal):
    """A job role of the group has this code."""

    en = "Another job role of the group has the code {code}. Choose another code."
    zh = "集团内已有代码为 {code} 的岗位,请更换代码。"
    path = ("code",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineJobRole:
    """Which tenant defines the job for itself and everything below, and what it is called."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    code: str
    title: str


@permission("JobRole", "create")
async def define_job_role(work: Work, command: DefineJobRole) -> JobRole:
    """Define a job role; its code is the same throughout the group."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    job_role = JobRole(tenant_id=tenant.id, code=command.code, title=command.title.strip())
    await work.permit("create JobRole", job_role)
    if not job_role.title:
        raise JobRoleUntitled
    if not is_slug(job_role.code):
        raise JobRoleCodeUnfit

    await work.add(job_role, taken=JobRoleCodeTaken(code=job_role.code))
    work.record(JobRoleDefined(job_role_id=job_role.id, tenant_id=tenant.id))
    return job_role
