"""Let the training of someone begin who was hired ahead and has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .events import TrainingStarted
from .models import Person, Stage

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NotAwaited(Refusal):
    """Only someone who was hired and has not begun yet can begin."""

    en = "This person is not awaiting the first day. Only people hired ahead start this way."
    zh = "该人员不处于待入职状态,只有已录用待入职人员可开始培训。"
    path = ("personId",)


class FirstDayAhead(Refusal):
    """The first day has not come."""

    en = "The first day is {hired_on}. Training starts then or later."
    zh = "入职日期为 {hired_on},培训须从该日起开始。"
    path = ("personId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTraining:
    """Who has come."""

    person_id: Annotated[UUID, Ref("Person")]
    expected_version: int


@permission("Person", "write")
async def start_training(work: Work, command: StartTraining) -> Person:
    """Take someone from PRE_ONBOARD to IN_TRAINING, on the first day or after it."""
    person = await work.get(
        Person,
        command.person_id,
        to="write Person",
        expected=command.expected_version,
        at=("personId",),
    )
    if person.stage is not Stage.PRE_ONBOARD:
        raise NotAwaited
    if person.hired_on is not None and person.hired_on > work.today:
        raise FirstDayAhead(hired_on=person.hired_on)

    person.stage = Stage.IN_TRAINING
    await work.flush()
    work.record(TrainingStarted(person_id=person.id))
    return person
