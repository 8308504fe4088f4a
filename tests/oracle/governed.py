"""Who holds which role in the small group, and how its policy has come about."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from api.demo.peopling import lay
from domain.access.models import (
    ChangeKind,
    ChangeState,
    PolicyChange,
    PolicyLine,
    RoleAssignment,
)
from domain.kernel.work import Work
from tests.oracle.chance import Chance

ROLES = ("learner", "mentor", "supervisor", "compliance")


async def furnish_policy(
    work: Work, chance: Chance, tenants: dict[str, UUID], principals: list[UUID]
) -> None:
    """Have principals hold roles, and the policy change: applied, proposed, and turned down."""
    for _ in range(9):
        change = _change(work, chance, tenants, principals)
        begun = change.id if change.state is ChangeState.APPLIED else None
        for _ in range(chance.randint(0, 2)):
            _line(work, chance, tenants, begun)
        _assignment(work, chance, tenants, principals, begun)
    await work.flush()


def _change(
    work: Work, chance: Chance, tenants: dict[str, UUID], principals: list[UUID]
) -> PolicyChange:
    state = chance.choice(tuple(ChangeState))
    decided = state is not ChangeState.PROPOSED
    change = PolicyChange(
        tenant_id=chance.choice(sorted(tenants.values())),
        kind=chance.choice(tuple(ChangeKind)),
        state=state,
        base_version=chance.randint(1, 3),
        applied_version=chance.randint(2, 4) if state is ChangeState.APPLIED else None,
        reason=chance.words() or "",
        proposed_by=chance.some(*principals, none=0.2),
        decided_by=chance.some(*principals) if decided else None,
        decided_at=chance.instant() if decided else None,
        decision=chance.words(none=0.3) if state is ChangeState.REJECTED else None,
        widens=chance.randint(0, 2),
        narrows=chance.randint(0, 2),
        people=chance.randint(0, 9),
    )
    lay(work, change)
    return change


def _line(work: Work, chance: Chance, tenants: dict[str, UUID], change: UUID | None) -> None:
    begins = chance.instant() or work.now
    ends = begins + timedelta(hours=chance.randint(0, 9))
    line = PolicyLine(
        tenant_id=chance.choice(sorted(tenants.values())),
        ptype="p",
        role=chance.choice(ROLES),
        tenant_path="/",
        object=chance.choice(("Person", "Person.*", "@P2")),
        action=chance.choice(("read", "filter", "*")),
        condition=chance.choice(("-", "self", "subtree")),
        effect=chance.choice(("allow", "deny")),
        valid_from=begins,
        valid_to=ends,
        change_id=change,
    )
    lay(work, line)


def _assignment(
    work: Work,
    chance: Chance,
    tenants: dict[str, UUID],
    principals: list[UUID],
    change: UUID | None,
) -> None:
    begins = chance.instant() or work.now
    assignment = RoleAssignment(
        tenant_id=chance.choice(sorted(tenants.values())),
        principal_id=chance.choice(principals),
        role=chance.choice(ROLES),
        valid_from=begins,
        valid_to=chance.some(begins + timedelta(hours=1), none=0.5),
        change_id=change,
    )
    lay(work, assignment)
