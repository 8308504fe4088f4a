"""Record how far someone is on a course: a line of the log, from which progress is folded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from authz.actor import PrincipalKind
from domain.content.marks import is_mark
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .events import ProgressRecorded
from .fold import fold, state_after
from .log import Said, held, line_of, lines_of, write_line
from .models import OPEN_STATES, Enrolment, EnrolmentState, ProgressSource
from .states import EnrolmentClosed

if TYPE_CHECKING:
    from domain.kernel.work import Work

LONGEST_SECONDS = 24 * 60 * 60


class ProgressOutOfRange(Refusal):
    """A number that cannot be meant."""

    en = "Percent and score lie between 0 and 100, seconds between 0 and {longest}. Correct them."
    zh = "进度与分数应在 0 到 100 之间,用时应在 0 到 {longest} 秒之间,请更正。"


class ScoreNeedsGrading(Refusal):
    """A person writes down a score: scores come from grading, or from a named source."""

    en = "A score is written by grading, or by automation that names its source. Leave it out."
    zh = "分数只能由评分产生,或由自动化程序注明来源后写入,请勿填写。"
    path = ("score",)


class SourceUnnamed(Refusal):
    """A program carries a score, and does not say where it comes from."""

    en = "Name where the score comes from, such as the examination system."
    zh = "请注明分数来源,例如考试系统名称。"
    path = ("sourceName",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordProgress:
    """How far (0 to 100), the seconds spent since the line before, and a score with its source."""

    enrolment_id: Annotated[UUID, Ref("Enrolment")]
    percent: Decimal
    seconds: int = 0
    score: Decimal | None = None
    source_name: str | None = None


@permission("Progress", "create")
async def record_progress(work: Work, command: RecordProgress) -> Enrolment:
    """Add a line to the log. Whoever comes at the same time waits; no line is lost."""
    enrolment = await held(work, command.enrolment_id, to="create Progress")
    if enrolment.state not in OPEN_STATES:
        raise EnrolmentClosed(state=enrolment.state.value, wanted=EnrolmentState.IN_PROGRESS.value)
    said = _said(work, command, enrolment)
    line = line_of(work, enrolment, said, EnrolmentState.IN_PROGRESS)
    line.id = work.new_id()
    folded = fold(
        [*await lines_of(work, enrolment), line],
        pass_mark=enrolment.pass_mark,
    )
    line.state = state_after(enrolment.state, folded, pass_mark=enrolment.pass_mark)
    await write_line(work, enrolment, line, folded=folded)
    work.record(ProgressRecorded(enrolment_id=enrolment.id, person_id=enrolment.person_id))
    return enrolment


def _said(work: Work, command: RecordProgress, enrolment: Enrolment) -> Said:
    _check_numbers(command)
    source = _source(work, enrolment)
    name = (command.source_name or "").strip() or None
    if command.score is not None and source is not ProgressSource.AUTOMATION:
        raise ScoreNeedsGrading
    if command.score is not None and name is None:
        raise SourceUnnamed
    return Said(
        source=source,
        percent=command.percent,
        seconds=command.seconds,
        score=command.score,
        source_name=name,
    )


def _check_numbers(command: RecordProgress) -> None:
    for part, value in (("percent", command.percent), ("score", command.score)):
        if value is not None and not is_mark(value):
            raise ProgressOutOfRange(longest=LONGEST_SECONDS, at=(part,))
    if not 0 <= command.seconds <= LONGEST_SECONDS:
        raise ProgressOutOfRange(longest=LONGEST_SECONDS, at=("seconds",))


def _source(work: Work, enrolment: Enrolment) -> ProgressSource:
    if work.actor.kind is not PrincipalKind.PERSON:
        return ProgressSource.AUTOMATION
    if work.actor.person_id == enrolment.person_id:
        return ProgressSource.LEARNER
    return ProgressSource.STAFF
