"""An edit is weighed before it is made: whether it would hold, and what would change for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from authz.exposure import exposes
from authz.impact import impact
from authz.invariants import broken, invariants
from authz.lines import Line
from authz.lint import lint
from authz.snapshot import MalformedPolicy, Policy
from domain.kernel.errors import Refusal
from domain.organisation.models import Tenant

from .holders import holders
from .models import PolicyLine
from .policy import read_policy, row_of_line, row_of_link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from authz.impact import Impact
    from authz.lines import Inheritance
    from domain.kernel.work import Work

    from .drafts import Edit
    from .policy import Stored


class PolicyMalformed(Refusal):
    """The policy would say something that holds nowhere, everywhere, or by accident."""

    en = "The policy would not be sound. {findings}"
    zh = "修改后的权限策略不成立,请按提示更正:{findings}"


class InvariantBroken(Refusal):
    """The policy would open what no policy may."""

    en = "No policy may break these statements: {broken}. Narrow the lines, or keep the deny."
    zh = "以下规则任何策略都不得违反:{broken}。请收窄新增规则,或保留原有的禁止规则。"


class LineNotInForce(Refusal):
    """Only a line that is in force can end."""

    en = "This line is not in force. Read the policy lines again."
    zh = "该规则未在生效,请重新读取策略规则。"


class LineEndsByItself(Refusal):
    """A line that allows may end by itself, later than now; what closes is ended by an edit."""

    en = "Only a line that allows may have an end, and it must lie ahead. Leave `validTo` out."
    zh = "只有允许类规则可设置失效时间,且须晚于当前时间,请去掉 `validTo`。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """An edit with the rows that it would write, and what would follow from them."""

    stored: Stored
    begins: tuple[PolicyLine, ...]
    ends: tuple[Line | Inheritance, ...]
    impact: Impact
    people: int
    exposes: bool


async def weigh(work: Work, edit: Edit) -> Weighed:
    """Make the policy as it would be; refuse it, or say what it would change. Writes nothing."""
    stored = await read_policy(work.session, work.actor.group_id, work.now)
    for place, ended in enumerate(edit.end):
        if ended not in stored.rows:
            raise LineNotInForce(at=("end", str(place)))
    begins = [row async for row in _rows(work, edit)]
    before = _as_stored(work, stored)
    after = _sound(before, _as_lines(stored, edit, begins))
    found = impact(before, after)
    people, exposing = await _reached(work, before, after)
    return Weighed(
        stored=stored,
        begins=tuple(begins),
        ends=tuple(stored.rows[ended] for ended in edit.end),
        impact=found,
        people=people,
        exposes=exposing or _exposing(found, before, after),
    )


def _as_stored(work: Work, stored: Stored) -> Policy:
    try:
        return stored.policy(work.judge.catalogue)
    except MalformedPolicy as malformed:
        raise PolicyMalformed(findings=" ".join(map(str, malformed.findings))) from malformed


def _sound(before: Policy, lines: list[Line | Inheritance]) -> Policy:
    """Make a policy of lines, if it is as sound as the one before and breaks no invariant."""
    said = tuple(line for line in lines if isinstance(line, Line))
    linked = tuple(line for line in lines if not isinstance(line, Line))
    known = {str(one) for one in lint(before.lines, before.inherits, before.catalogue)}
    found = [str(one) for one in lint(said, linked, before.catalogue) if str(one) not in known]
    if found:
        raise PolicyMalformed(findings=" ".join(f"{one}." for one in dict.fromkeys(found)))
    after = Policy(
        version=before.version + 1, lines=said, inherits=linked, catalogue=before.catalogue
    )
    if wrong := broken(after, invariants()):
        raise InvariantBroken(broken="; ".join(str(one) for one in wrong))
    return after


def _as_lines(stored: Stored, edit: Edit, begins: list[PolicyLine]) -> list[Line | Inheritance]:
    ended = set(edit.end)
    kept = [line for row_id, line in stored.rows.items() if row_id not in ended]
    return [*kept, *(as_line(row) for row in begins)]


def as_line(row: PolicyLine) -> Line | Inheritance:
    """Read a row as it stands in the policy."""
    if row.ptype == "g":
        return row.role, row.inherits or "", row.tenant_path
    return Line(row.role, row.tenant_path, row.object, row.action, row.condition, row.effect)


async def _rows(work: Work, edit: Edit) -> AsyncIterator[PolicyLine]:
    """Write drafts as rows, each at its tenant; they are not in the session yet."""
    for place, one in enumerate(edit.add):
        tenant_id, path = await _place(work, one.tenant_id, ("add", str(place), "tenantId"))
        ends = one.valid_to
        if ends is not None and (one.effect != "allow" or ends <= work.now):
            raise LineEndsByItself(at=("add", str(place), "validTo"))
        line = Line(one.role, path, one.object, one.action, one.condition, one.effect)
        yield row_of_line(line, tenant_id, work.now, until=ends)
    for place, link in enumerate(edit.inherit):
        tenant_id, path = await _place(work, link.tenant_id, ("inherit", str(place), "tenantId"))
        yield row_of_link((link.role, link.inherits, path), tenant_id, work.now)


async def _place(work: Work, tenant_id: UUID | None, at: tuple[str, ...]) -> tuple[UUID, str]:
    if tenant_id is None:
        return work.actor.group_id, "/"
    tenant = await work.get(Tenant, tenant_id, at=at)
    return tenant.id, tenant.path


async def _reached(work: Work, before: Policy, after: Policy) -> tuple[int, bool]:
    """Count whose mask changes, and say whether anybody's shows more of what is sealed."""
    people, exposing = 0, False
    for held in await holders(work):
        was, now = before.mask(held.roles, held.path), after.mask(held.roles, held.path)
        if was != now:
            people += held.people
            exposing = exposing or exposes(was, now)
    return people, exposing


def _exposing(found: Impact, before: Policy, after: Policy) -> bool:
    places = {(one.role, one.tenant_path) for one in found.differences}
    return any(exposes(before.mask({role}, at), after.mask({role}, at)) for role, at in places)
