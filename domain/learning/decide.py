"""A decision about an enrolment: someone responsible says how it goes on, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.kernel.errors import Refusal, StaleVersion

from .events import EnrolmentDecided
from .log import Said, held, line_of, write_line
from .models import Enrolment, EnrolmentState, ProgressSource
from .states import check_goes_on

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.sealed import Sealed


class DecisionUnexplained(Refusal):
    """A decision about someone has a reason, which is kept sealed."""

    en = "Give the reason: whoever asks later must be told. It is kept sealed."
    zh = "请填写理由,以备日后查询;理由将加密保存。"
    path = ("reason",)


async def decide(
    work: Work, enrolment_id: UUID, to: EnrolmentState, *, expected: int, reason: Sealed
) -> Enrolment:
    """Bring an enrolment into a state by decision, as a line of its log with the reason in it."""
    enrolment = await held(work, enrolment_id, to="write Enrolment")
    if enrolment.row_version != expected:
        raise StaleVersion(current=enrolment.row_version)
    if not (reason.fresh or "").strip():
        raise DecisionUnexplained
    check_goes_on(enrolment.state, to)
    percent = enrolment.percent
    said = Said(source=ProgressSource.STAFF, percent=percent, reason=reason)
    await write_line(work, enrolment, line_of(work, enrolment, said, to))
    work.record(EnrolmentDecided(enrolment_id=enrolment.id, person_id=enrolment.person_id))
    return enrolment
