"""Open a region, a branch or a team below a tenant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated
from uuid import UUID
from zoneinfo import available_timezones

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .events import TenantOpened
from .models import Tenant, TenantKind
from .standing import hold_structure
from .tree import child_path, is_slug, may_hold

if TYPE_CHECKING:
    from domain.kernel.work import Work

_REGION = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


class TenantUnnamed(Refusal):
    """A tenant needs a name."""

    en = "Give the tenant a name."
    zh = "请填写机构名称。"
    path = ("name",)


class TenantCodeUnfit(Refusal):
    """The code could not stand in a path."""

    en = "Use lower-case letters, digits and single hyphens for the code, at most 40 characters."
    zh = "机构代码只能使用小写字母、数字和单个连字符,最多 40 个字符。"
    path = ("code",)


class TenantCodeTaken(Refusal):
    """A sibling has this code."""

    en = "Another tenant below the same parent has the code {code}. Choose another code."
    zh = "同一上级机构下已有代码为 {code} 的机构,请更换代码。"
    path = ("code",)


class KindOutOfOrder(Refusal):
    """The kinds of parent and child do not lead down: group, region, branch, team."""

    en = "A {below} cannot stand below a {above}: the order is GROUP, REGION, BRANCH, TEAM."
    zh = "{below} 不能设在 {above} 之下:层级顺序为 GROUP、REGION、BRANCH、TEAM。"
    path = ("kind",)


class TimeZoneUnknown(Refusal):
    """The time zone is none of the IANA database."""

    en = "There is no such time zone. Give an IANA name such as Asia/Shanghai."
    zh = "时区不存在,请填写 IANA 时区名称,例如 Asia/Shanghai。"
    path = ("timeZone",)


class DataRegionUnfit(Refusal):
    """The data region is no code of a country or a part of one."""

    en = "Give the data region as an ISO 3166 code such as CN or CN-31."
    zh = "数据区域请填写 ISO 3166 代码,例如 CN 或 CN-31。"
    path = ("dataRegion",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTenant:
    """Where the tenant stands, what it is and what it is called; the rest is the parent's."""

    parent_id: Annotated[UUID, Ref("Tenant")]
    kind: TenantKind
    code: str
    name: str
    data_region: str | None = None
    time_zone: str | None = None


@permission("Tenant", "create")
async def open_tenant(work: Work, command: OpenTenant) -> Tenant:
    """Open a tenant; whoever may create tenants at the parent may open one below it."""
    await hold_structure(work)
    parent = await work.get(Tenant, command.parent_id, at=("parentId",))
    await work.permit("create Tenant", parent)
    _refuse_unfit(command, parent)

    tenant = Tenant(
        tenant_id=parent.id,
        parent_id=parent.id,
        kind=command.kind,
        code=command.code,
        name=command.name.strip(),
        path=child_path(parent.path, command.code),
        data_region=command.data_region or parent.data_region,
        time_zone=command.time_zone or parent.time_zone,
    )
    await work.add(tenant, taken=TenantCodeTaken(code=command.code))
    work.policy_changed()  # actors above name the tenants below them: they have one more
    work.record(TenantOpened(tenant_id=tenant.id, parent_id=parent.id))
    return tenant


def _refuse_unfit(command: OpenTenant, parent: Tenant) -> None:
    if not command.name.strip():
        raise TenantUnnamed
    if not is_slug(command.code):
        raise TenantCodeUnfit
    if not may_hold(parent.kind, command.kind):
        raise KindOutOfOrder(above=parent.kind.value, below=command.kind.value)
    if command.data_region is not None and not _REGION.fullmatch(command.data_region):
        raise DataRegionUnfit
    if command.time_zone is not None and command.time_zone not in _time_zones():
        raise TimeZoneUnknown


@cache
def _time_zones() -> frozenset[str]:
    # Read once: the names are files, and looking one up by name would follow any path it spells.
    return frozenset(available_timezones())
