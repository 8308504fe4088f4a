"""Whether a role may be given to a principal, and giving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import or_

from authz.actor import SIGNING_IN
from authz.lint import ADMINISTRATORS, together
from domain.kernel.errors import Refusal
from domain.organisation.models import Tenant

from .changes import accounts_of, by_installation, is_oneself
from .models import PolicyChange, PolicyLine, Principal, RoleAssignment

if TYPE_CHECKING:
    from domain.kernel.work import Work


class RoleUnknown(Refusal):
    """The policy in force knows no such role."""

    en = "The policy knows no role {role}. Read `roles` for those that it knows."
    zh = "策略中没有角色 {role},请通过 `roles` 查询可用角色。"
    path = ("role",)


class OwnRole(Refusal):
    """Nobody gives a role to themselves, under whichever account."""

    en = "Nobody can give a role to themselves. Ask another administrator."
    zh = "不能为自己分配角色,请由其他管理员操作。"
    path = ("principalId",)


class RoleHeld(Refusal):
    """The principal holds the role there already, in part of the time at least."""

    en = "This role is held there already. Revoke that assignment, or choose another time."
    zh = "该主体在此机构已持有该角色,请先撤销,或更换有效期。"
    path = ("role",)


class RolesApart(Refusal):
    """The administrators of the system, of its rights and of its trail are different people."""

    en = "{finding}."
    zh = "系统、安全、审计三类管理员必须由不同人员担任,请分配给其他人员。"
    path = ("role",)


class RoleNotForAccounts(Refusal):
    """An administrator is somebody who signs in and can be asked: no account is one."""

    en = "A service account or a vendor cannot hold {role}, which administers. Give it to a person."
    zh = "服务账号和供应商不能担任管理类角色 {role},请分配给人员。"
    path = ("role",)


class ValidityEmpty(Refusal):
    """A role begins now or later, and ends after it has begun."""

    en = "A role begins now or later, and ends after that. Correct the times."
    zh = "角色须自当前或之后生效,且失效时间晚于生效时间,请更正。"
    path = ("validTo",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigning:
    """Who would hold which role where, and in which time; from now on, where none is said."""

    principal_id: UUID
    role: str
    tenant_id: UUID
    valid_from: datetime | None
    valid_to: datetime | None

    def written(self) -> dict[str, Any]:
        """The assignment as a change keeps it."""
        return {
            "principal": str(self.principal_id),
            "role": self.role,
            "tenant": str(self.tenant_id),
            "validFrom": self.valid_from.isoformat() if self.valid_from else None,
            "validTo": self.valid_to.isoformat() if self.valid_to else None,
        }

    @classmethod
    def read(cls, diff: dict[str, Any]) -> Assigning:
        """Take a kept assignment up again."""
        begins, ends = diff["validFrom"], diff["validTo"]
        return cls(
            principal_id=UUID(diff["principal"]),
            role=diff["role"],
            tenant_id=UUID(diff["tenant"]),
            valid_from=datetime.fromisoformat(begins) if begins else None,
            valid_to=datetime.fromisoformat(ends) if ends else None,
        )


async def fit_assignment(work: Work, wanted: Assigning) -> RoleAssignment:
    """Make the assignment, not written yet, if it may be given; Casbin judges where and whom."""
    tenant = await work.get(Tenant, wanted.tenant_id, at=("tenantId",))
    begins = max(wanted.valid_from or work.now, work.now)
    assignment = RoleAssignment(
        tenant_id=tenant.id,
        principal_id=wanted.principal_id,
        role=wanted.role,
        valid_from=begins,
        valid_to=wanted.valid_to,
    )
    await work.permit("grant Policy", assignment)
    principal = await work.reach(
        Principal, wanted.principal_id, to="grant Policy", at=("principalId",)
    )
    if wanted.valid_to is not None and wanted.valid_to <= begins:
        raise ValidityEmpty
    if await is_oneself(work, principal.id):
        raise OwnRole
    if not await _known(work, wanted.role):
        raise RoleUnknown(role=wanted.role)
    contained = work.judge.policy.closure({wanted.role}, tenant.path)
    if principal.kind not in SIGNING_IN and ADMINISTRATORS & contained:
        raise RoleNotForAccounts(role=wanted.role)
    await _fit_beside_others(work, principal, assignment, tenant)
    return assignment


async def _known(work: Work, role: str) -> bool:
    if not by_installation(work):
        return role in work.judge.policy.roles
    return await work.row(PolicyLine, PolicyLine.role == role) is not None


async def _fit_beside_others(
    work: Work, principal: Principal, new: RoleAssignment, tenant: Tenant
) -> None:
    """Refuse what is held already, and what one person may not hold together."""
    held = await work.rows(
        RoleAssignment,
        RoleAssignment.principal_id.in_(await accounts_of(work, principal.id)),
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > new.valid_from),
    )
    held = [one for one in held if new.valid_to is None or one.valid_from < new.valid_to]
    place = (new.principal_id, new.tenant_id, new.role)
    if any((one.principal_id, one.tenant_id, one.role) == place for one in held):
        raise RoleHeld
    policy = work.judge.policy
    roles = policy.closure({new.role, *(one.role for one in held)}, tenant.path)
    for finding in together(roles):
        raise RolesApart(finding=finding.sentence)


async def assign(work: Work, change: PolicyChange, assignment: RoleAssignment) -> None:
    """Give the role."""
    assignment.change_id = change.id
    await work.add(assignment)
