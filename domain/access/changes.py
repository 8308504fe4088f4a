"""A change of the policy on its way: proposed, decided by somebody else, and applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_

from domain.kernel.errors import Refusal, StaleVersion

from .founder import INSTALLATION
from .head import hold_head
from .models import ChangeKind, ChangeState, PolicyChange, PolicyHead, PolicyLine, Principal

if TYPE_CHECKING:
    from uuid import UUID

    from domain.kernel.work import Work

    from .weighing import Weighed

CELLS_KEPT = 50


class ReasonMissing(Refusal):
    """Whoever reads the history of the policy wants to know why."""

    en = "Say why the policy is changed."
    zh = "请说明修改权限策略的原因。"
    path = ("reason",)


class ChangeDecided(Refusal):
    """A change is decided once."""

    en = "This change is {state} already. Read it again."
    zh = "该变更已处理({state}),请重新读取。"
    path = ("policyChangeId",)


class SecondPersonNeeded(Refusal):
    """Nobody decides about what they have proposed themselves, under whichever account."""

    en = "Somebody else has to decide about this: you proposed it. You may withdraw it."
    zh = "该变更由您提出,须由他人审批;您可以撤回。"
    path = ("policyChangeId",)


def new_change(work: Work, kind: ChangeKind, reason: str) -> PolicyChange:
    """Begin a change; what the installation itself does when it founds a group is nobody's."""
    return PolicyChange(
        tenant_id=work.actor.tenant_id,
        kind=kind,
        base_version=work.actor.policy_version,
        reason=reason.strip(),
        proposed_by=None if by_installation(work) else work.actor.principal_id,
    )


def by_installation(work: Work) -> bool:
    """Whether nobody is there yet who could be asked."""
    return work.actor.principal_id == INSTALLATION


async def head_of(work: Work, expected: int) -> PolicyHead:
    """Lock the head, which must be the one that was read: what was weighed is what is done."""
    head = await hold_head(work)
    if head.version != expected:
        raise StaleVersion(current=head.version)
    return head


async def permit_lines(work: Work, weighed: Weighed, ended: list[PolicyLine]) -> None:
    """Have Casbin judge the right to grant at every tenant where a line begins or ends."""
    for line in {row.tenant_id: row for row in (*weighed.begins, *ended)}.values():
        await work.permit("grant Policy", line)


def tell(change: PolicyChange, weighed: Weighed) -> None:
    """Write down what follows from a change."""
    change.widens, change.narrows = weighed.impact.widens, weighed.impact.narrows
    change.people = weighed.people
    change.impact = {
        "exposes": weighed.exposes,
        "cells": [
            f"{one.direction.value} {one.role} {one.tenant_path} {one.action} {one.object}"
            for one in weighed.impact.cells(CELLS_KEPT)
        ],
    }


async def apply_lines(
    work: Work, change: PolicyChange, weighed: Weighed, ended: list[PolicyLine]
) -> None:
    """Have lines begin and end, at one instant."""
    for line in weighed.begins:
        line.change_id = change.id
    for line in ended:
        line.valid_to = work.now
    await work.add(*weighed.begins)
    applied(work, change, version=weighed.stored.version + 1)


def applied(work: Work, change: PolicyChange, *, version: int | None) -> None:
    """Say that a change has been applied; the head rises with this transaction."""
    change.state = ChangeState.APPLIED
    change.applied_version = version
    work.policy_changed()


def decided(work: Work, change: PolicyChange) -> None:
    """Say who has decided about a change, and when."""
    change.decided_by, change.decided_at = work.actor.principal_id, work.now


def require_open(change: PolicyChange) -> None:
    """Refuse what has been decided."""
    if change.state is not ChangeState.PROPOSED:
        raise ChangeDecided(state=change.state.value)


async def require_somebody_else(work: Work, change: PolicyChange) -> None:
    """Refuse whoever proposed a change, and whoever is the same person."""
    if change.proposed_by is not None and await is_oneself(work, change.proposed_by):
        raise SecondPersonNeeded


async def is_oneself(work: Work, principal_id: UUID) -> bool:
    """Whether a principal is the actor, or another account behind which the same person stands."""
    return work.actor.principal_id in await accounts_of(work, principal_id)


async def accounts_of(work: Work, principal_id: UUID) -> set[UUID]:
    """Name the principals that speak for the person behind one: theirs, and those they answer for.

    An account that nobody answers for stands for itself.
    """
    principal = await work.row(Principal, Principal.id == principal_id)
    person = (principal.owner_id if principal else None) or principal_id
    owned = await work.rows(Principal, or_(Principal.id == person, Principal.owner_id == person))
    return {principal_id, *(one.id for one in owned)}
