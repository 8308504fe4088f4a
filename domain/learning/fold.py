"""The log of an enrolment folded into its progress: what is shown is derived, never written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from .models import EnrolmentState, ProgressSource

NOTHING, EVERYTHING = Decimal(0), Decimal(100)


class Line(Protocol):
    """One line of the log, as far as progress follows from it."""

    id: UUID
    recorded_at: datetime
    percent: Decimal
    seconds: int
    score: Decimal | None
    source: ProgressSource
    state: EnrolmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """How far someone is: percent and score 0 to 100, the time spent in seconds."""

    percent: Decimal = NOTHING
    passed: bool | None = None
    best_score: Decimal | None = None
    source: ProgressSource | None = None
    seconds: int = 0
    last_at: datetime | None = None


def fold(lines: Iterable[Line], *, pass_mark: Decimal | None) -> Folded:
    """Fold a log, whatever order it comes in.

    Percent never falls within an attempt; a reopening begins a new one at nothing, and only its
    scores decide whether it is passed. The best score and the time spent are those of all attempts.
    """
    ordered = sorted(lines, key=lambda line: (line.recorded_at, line.id))
    attempt = _last_attempt(ordered)
    scores = [line.score for line in ordered if line.score is not None]
    return Folded(
        percent=max((line.percent for line in attempt), default=NOTHING),
        passed=_passed([line.score for line in attempt if line.score is not None], pass_mark),
        best_score=max(scores, default=None),
        source=ordered[-1].source if ordered else None,
        seconds=sum(line.seconds for line in ordered),
        last_at=ordered[-1].recorded_at if ordered else None,
    )


def state_after(
    state: EnrolmentState, folded: Folded, *, pass_mark: Decimal | None
) -> EnrolmentState:
    """Say where progress brings an open enrolment.

    All of it done completes one without a pass mark; with one, the score decides: 80 passes at 80,
    79.99 does not (C26). Until there is a score, it is in progress.
    """
    if folded.passed and folded.percent >= EVERYTHING:
        return EnrolmentState.COMPLETED
    if folded.percent >= EVERYTHING and pass_mark is None:
        return EnrolmentState.COMPLETED
    if folded.passed is False and folded.percent >= EVERYTHING:
        return EnrolmentState.FAILED
    return EnrolmentState.IN_PROGRESS if folded.last_at is not None else state


def _last_attempt(ordered: list[Line]) -> list[Line]:
    begins = [at for at, line in enumerate(ordered) if line.state is EnrolmentState.REOPENED]
    return ordered[begins[-1] + 1 :] if begins else ordered


def _passed(scores: list[Decimal], pass_mark: Decimal | None) -> bool | None:
    if pass_mark is None or not scores:
        return None
    return max(scores) >= pass_mark
