"""The policy as it is judged now, or as it was or will be: a line holds for the time it says."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import or_

from authz.judge import Judge
from authz.lines import Line
from authz.shelf import Judged
from authz.snapshot import MalformedPolicy, load
from domain.kernel.errors import Refusal

from .models import PolicyLine
from .weighing import as_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from authz.catalogue import Catalogue
    from authz.lines import Inheritance
    from domain.kernel.work import Work

Validity: TypeAlias = "tuple[datetime | None, datetime | None]"
"""From when on a line holds, and when it ends if it does."""

NOT_STORED: Final[Validity] = (None, None)
"""That of a line whose row was altered by hand: its last good version stands in for it."""


class PolicyUnreadable(Refusal):
    """The policy of that time says what cannot be judged by today."""

    en = "The policy of that time names what does not exist. Ask about another time, or about now."
    zh = "该时间点的权限规则引用了不存在的内容,请查询其他时间,或不填时间以查询当前。"
    path = ("at",)


def judged_now(work: Work) -> Judged:
    """Take the policy by which this very work is judged, with what is withheld under it."""
    judge = work.judge
    return Judged(policy=judge.policy, judge=judge, version=work.actor.policy_version)


async def judged_at(work: Work, at: datetime) -> Judged:
    """Read the lines that hold at an instant; today's catalogue says what they mean."""
    stored = await work.rows(
        PolicyLine,
        PolicyLine.valid_from <= at,
        or_(PolicyLine.valid_to.is_(None), PolicyLine.valid_to > at),
    )
    version, catalogue = work.actor.policy_version, work.judge.catalogue
    try:
        return await asyncio.to_thread(_judged, version, list(map(as_line, stored)), catalogue)
    except MalformedPolicy:
        raise PolicyUnreadable from None


def _judged(version: int, stored: Sequence[Line | Inheritance], catalogue: Catalogue) -> Judged:
    policy = load(
        version=version,
        rows=[line.row for line in stored if isinstance(line, Line)],
        inherits=[link for link in stored if not isinstance(link, Line)],
        catalogue=catalogue,
    )
    return Judged(policy=policy, judge=Judge(policy, catalogue), version=version)


async def validities(work: Work, lines: Iterable[Line], at: datetime) -> Mapping[Line, Validity]:
    """Say of each line from when to when it is in the policy, around an instant."""
    wanted = set(lines)
    stored = await work.rows(
        PolicyLine, PolicyLine.ptype == "p", PolicyLine.role.in_({line.role for line in wanted})
    )
    rows = defaultdict(list)
    for row in stored:
        rows[as_line(row)].append(row)
    return {line: _around(rows[line], at) for line in wanted}


def _around(rows: Sequence[PolicyLine], at: datetime) -> Validity:
    """Join the rows that say the same and hold then; a line that is given twice ends once."""
    told = [row for row in rows if row.valid_from <= at and _lasts(row, at)] or rows
    if not told:
        return NOT_STORED
    ends = [row.valid_to for row in told if row.valid_to is not None]
    begins = min(row.valid_from for row in told)
    return begins, max(ends) if len(ends) == len(told) else None


def _lasts(row: PolicyLine, at: datetime) -> bool:
    return row.valid_to is None or row.valid_to > at
