"""Give a principal a role at a tenant and everything below it; some roles a second person approves.

A role by which somebody comes to see more of what is sealed of other people, beside the roles that
they hold, or that may change the policy, is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .assigning import Assigning, ValidityEmpty, assign, fit_assignment
from .changes import applied, by_installation, new_change
from .models import ChangeKind, PolicyChange
from .turns import turn

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRole:
    """Who gets which role, where, from when and until when, and why."""

    principal_id: Annotated[UUID, Ref("Principal")]
    role: str
    tenant_id: Annotated[UUID, Ref("Tenant")]
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    reason: str = ""


@permission("Policy", "grant")
async def assign_role(work: Work, command: AssignRole) -> PolicyChange:
    """Give a principal a role, or propose to."""
    if command.valid_from is not None and command.valid_from < work.now:
        raise ValidityEmpty(at=("validFrom",))
    wanted = Assigning(
        principal_id=command.principal_id,
        role=command.role,
        tenant_id=command.tenant_id,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
    )
    assignment = await fit_assignment(work, wanted)
    change = new_change(work, ChangeKind.ASSIGNMENT, command.reason)
    change.diff, change.people = wanted.written(), 1
    await work.add(change)
    if by_installation(work) or not (await turn(work, assignment)).exposes:
        await assign(work, change, assignment)
        applied(work, change, version=None)
    return change
