"""Create an activity that paths can ask for besides courses: so far, its kind, code and title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work
from domain.organisation.models import Tenant

from .models import Activity, ActivityKind


class ActivityCodeTaken(Refusal):
    """Codes of activities are unique in the group."""

    en = "The code {activity_code} is taken by another activity. Choose another one."
    zh = "活动编码 {activity_code} 已被使用,请更换编码。"
    path = ("code",)


class ActivityUnnamed(Refusal):
    """An activity has a code and a title."""

    en = "An activity needs a code and a title. Fill in what is blank."
    zh = "活动必须有编码和名称,请补充空白内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateActivity:
    """The activity, and the tenant that it belongs to."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    kind: ActivityKind
    code: str
    title: str


@permission("LearningPath", "create")
async def create_activity(work: Work, command: CreateActivity) -> Activity:
    """Create an activity; whoever may create paths may create what they ask for."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    await work.permit("create LearningPath", tenant)
    code, title = command.code.strip(), command.title.strip()
    if not code or not title:
        raise ActivityUnnamed(at=("title",) if code else ("code",))
    activity = Activity(tenant_id=tenant.id, kind=command.kind, code=code, title=title)
    await work.add(activity, taken=ActivityCodeTaken(activity_code=code))
    return activity
