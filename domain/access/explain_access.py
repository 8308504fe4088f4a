"""Explain why a principal may, or may not, do something to a row: every line of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from authz.conditions import ALWAYS
from authz.enforcer import EnforcementFailed
from authz.explain import (
    Chain,
    Question,
    Weighed,
    chains,
    deciding,
    outcome,
    speaking,
    verdict,
    weigh,
)
from domain.kernel.errors import NotFound
from domain.kernel.permission import needs_step_up

from .asked_row import AskedRow
from .deciding import Decided, decided
from .models import Principal, RoleAssignment
from .policy_at import Validity, judged_at, judged_now, validities
from .standing import Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from authz.actor import Actor
    from authz.conditions import Facts
    from authz.shelf import Judged
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainAccess:
    """Who, which row, which act on it or on a field of it, and as of when, which is now."""

    principal_id: UUID
    row: AskedRow
    action: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A role that is held, and the assignment from which it follows."""

    assignment: RoleAssignment
    chain: Chain


@dataclass(frozen=True, slots=True)
class Explained:
    """A line that was weighed, with the time for which it is in the policy."""

    weighed: Weighed
    validity: Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The decision, and everything that it follows from; no value of the row is in it.

    `shown` says whether the row itself may be read, `narrowed` whether the token of whoever asks
    about themselves keeps them from what their roles allow; nothing of others. `withheld` is what
    nobody may do while a stored policy cannot be read, `steps_up` what takes a second factor.
    `bounded` says that what the principal is forbids what the lines allow: an auditor only reads,
    an account grants nothing, and a vendor may no more than a contract in force entrusts to them.
    """

    at: datetime
    allowed: bool
    shown: bool
    bounded: bool
    narrowed: bool | None
    withheld: bool
    steps_up: bool
    roles: tuple[Held, ...]
    conditions: tuple[tuple[str, bool | None], ...]
    lines: tuple[Explained, ...]
    decided_by: tuple[Explained, ...]


async def explain_access(work: Work, command: ExplainAccess) -> Explanation:
    """Explain an act, of oneself on a row that one sees, of others by the right to read the policy.

    Row and tree are those of now; lines and assignments those of the asked time.
    """
    at = command.at or work.now
    principal = await work.row(Principal, Principal.id == command.principal_id)
    if principal is None:
        raise NotFound(at=("principalId",))
    facts = await command.row.facts(work, about=principal)
    then = judged_now(work) if command.at is None else await judged_at(work, at)
    standing = await standing_of(work, principal, at)
    actor, decision = _best(command, then, standing, facts)
    weighed = _weighed(command, then, actor, facts)
    if decision.by_lines != (verdict(weighed) and not then.withholds(command.action)):
        message = "Casbin, the mask and the lines read one by one do not agree"
        raise EnforcementFailed(message)
    validity = await validities(work, (one.line for one in weighed), at)
    explained = {one: Explained(one, validity[one.line]) for one in weighed}
    return Explanation(
        at=at,
        allowed=decision.allowed,
        shown=decided(then, actor, command.row.type, "read", facts).allowed,
        bounded=decision.by_lines and not decision.allowed,
        narrowed=_narrowed(work, command, facts, allowed=decision.allowed),
        withheld=then.withholds(command.action),
        steps_up=needs_step_up(command.action, command.row.object),
        roles=tuple(_roles(standing, then)),
        conditions=_conditions(weighed, facts, actor),
        lines=tuple(explained.values()),
        decided_by=tuple(explained[one] for one in deciding(weighed)),
    )


def _best(
    command: ExplainAccess, then: Judged, standing: Standing, facts: Facts
) -> tuple[Actor, Decided]:
    """Take of the actors that the principal can be one who may, if any may."""
    named, action = command.row.object, command.action
    told = [(one, decided(then, one, named, action, facts)) for one in standing.actors(then)]
    return max(told, key=lambda one: (one[1].allowed, one[1].by_lines))


def _weighed(
    command: ExplainAccess, then: Judged, actor: Actor, facts: Facts
) -> tuple[Weighed, ...]:
    question = Question(command.row.object, command.action, actor.tenant_path)
    lines = speaking(then.policy.lines_of(actor.roles), question, then.policy.catalogue)
    return weigh(lines, facts, actor.variables)


def _narrowed(work: Work, command: ExplainAccess, facts: Facts, *, allowed: bool) -> bool | None:
    if command.at is not None or command.principal_id != work.actor.principal_id:
        return None
    mask, variables = work.actor.mask, work.actor.variables
    type_name, number = mask.catalogue.locate(command.row.object)
    opened = mask.cell(command.action, type_name, number).opens(facts, variables)
    return allowed and not opened


def _roles(standing: Standing, then: Judged) -> Iterator[Held]:
    for assignment in standing.assignments:
        path = standing.place.tenant.path
        for chain in chains(assignment.role, then.policy.inherits, path):
            yield Held(assignment, chain)


def _conditions(
    weighed: tuple[Weighed, ...], facts: Facts, actor: Actor
) -> tuple[tuple[str, bool | None], ...]:
    """Say of each condition that was asked whether it holds on the row, and nothing more of it."""
    names = sorted({one.line.condition for one in weighed} - {ALWAYS})
    return tuple((name, outcome(name, facts, actor.variables)) for name in names)
