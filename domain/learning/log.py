"""Adding a line to the log of an enrolment, and everything that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from .fold import Folded, fold
from .follow import follow
from .models import Enrolment, EnrolmentState, ProgressEntry, ProgressSource

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a line says: by whom, how far, for how long, with which score, and why."""

    source: ProgressSource
    percent: Decimal = Decimal(0)
    seconds: int = 0
    score: Decimal | None = None
    source_name: str | None = None
    reason: Sealed | None = None


async def held(work: Work, enrolment_id: UUID, *, to: str) -> Enrolment:
    """Take an enrolment for an act and lock it: lines are added one after the other."""
    return await work.get(Enrolment, enrolment_id, to=to, at=("enrolmentId",))


async def lines_of(work: Work, enrolment: Enrolment) -> list[ProgressEntry]:
    """Read the log of an enrolment."""
    return await work.rows(
        ProgressEntry,
        order_by=(ProgressEntry.recorded_at, ProgressEntry.id),
        enrolment_id=enrolment.id,
    )


def line_of(work: Work, enrolment: Enrolment, said: Said, state: EnrolmentState) -> ProgressEntry:
    """Make a line of the log, recorded now."""
    return ProgressEntry(
        tenant_id=enrolment.tenant_id,
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        recorded_at=work.now,
        recorded_by=work.actor.principal_id,
        percent=said.percent,
        seconds=said.seconds,
        score=said.score,
        source=said.source,
        source_name=said.source_name,
        state=state,
        reason=said.reason,
    )


async def write_line(
    work: Work, enrolment: Enrolment, line: ProgressEntry, *, folded: Folded | None = None
) -> None:
    """Add a line, fold the log anew where that is not done yet, and let the plan follow."""
    enrolment.state = line.state
    await work.add(line)
    if folded is None:
        folded = fold(await lines_of(work, enrolment), pass_mark=enrolment.pass_mark)
    show(enrolment, folded)
    if line.state is EnrolmentState.COMPLETED:
        enrolment.completed_at = line.recorded_at
    await work.flush()
    await follow(work, enrolment)


def show(enrolment: Enrolment, folded: Folded) -> None:
    """Put the folded progress where it is read."""
    enrolment.percent = folded.percent
    enrolment.passed = folded.passed
    enrolment.best_score = folded.best_score
    enrolment.progress_source = folded.source
    enrolment.seconds_spent = folded.seconds
    enrolment.last_activity_at = folded.last_at
