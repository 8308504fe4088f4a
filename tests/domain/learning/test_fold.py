"""Progress is folded from its log: laws that hold for every log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.learning.fold import EVERYTHING, fold, state_after
from domain.learning.models import OPEN_STATES, EnrolmentState, ProgressSource
from domain.learning.states import GOES_ON, ITEM_OF, EnrolmentClosed, check_goes_on

START = datetime(2026, 5, 4, tzinfo=UTC)


@dataclass
class Line:
    id: UUID
    recorded_at: datetime
    percent: Decimal
    seconds: int = 0
    score: Decimal | None = None
    source: ProgressSource = ProgressSource.LEARNER
    state: EnrolmentState = EnrolmentState.IN_PROGRESS


marks = st.decimals(0, 100, places=2)
lines = st.lists(
    st.builds(
        Line,
        id=st.uuids(),
        recorded_at=st.integers(0, 5000).map(lambda minute: START + timedelta(minutes=minute)),
        percent=marks,
        seconds=st.integers(0, 3600),
        score=st.none() | marks,
        state=st.sampled_from([EnrolmentState.IN_PROGRESS, EnrolmentState.REOPENED]),
    ),
    max_size=12,
    unique_by=lambda line: line.id,
)


@given(lines, st.randoms())
def test_the_order_in_which_lines_come_does_not_matter(log, chance):
    shuffled = list(log)
    chance.shuffle(shuffled)

    assert fold(shuffled, pass_mark=Decimal(80)) == fold(log, pass_mark=Decimal(80))


@given(lines, marks)
def test_within_an_attempt_percent_never_falls(log, percent):
    before = fold(log, pass_mark=None)
    later = Line(UUID(int=1), START + timedelta(days=9), percent)

    after = fold([*log, later], pass_mark=None)

    assert after.percent == max(before.percent, percent)
    assert after.seconds == before.seconds


@given(lines)
def test_a_reopening_begins_anew_and_keeps_what_was(log):
    before = fold(log, pass_mark=Decimal(80))
    reopening = Line(
        UUID(int=1), START + timedelta(days=9), Decimal(0), state=EnrolmentState.REOPENED
    )

    after = fold([*log, reopening], pass_mark=Decimal(80))

    assert (after.percent, after.passed) == (Decimal(0), None)
    assert (after.best_score, after.seconds) == (before.best_score, before.seconds)


@pytest.mark.parametrize(
    ("score", "state"),
    [
        ("80", EnrolmentState.COMPLETED),
        ("79.99", EnrolmentState.FAILED),
        ("79.999999", EnrolmentState.FAILED),
        ("100", EnrolmentState.COMPLETED),
        (None, EnrolmentState.IN_PROGRESS),
    ],
)
def test_c26_eighty_passes_and_a_hair_below_does_not(score, state):
    line = Line(UUID(int=1), START, Decimal(100), score=Decimal(score) if score else None)
    folded = fold([line], pass_mark=Decimal(80))

    assert state_after(EnrolmentState.ASSIGNED, folded, pass_mark=Decimal(80)) is state


def test_without_a_pass_mark_all_of_it_done_is_completed():
    folded = fold([Line(UUID(int=1), START, Decimal(100))], pass_mark=None)

    assert state_after(EnrolmentState.ASSIGNED, folded, pass_mark=None) is EnrolmentState.COMPLETED


def test_a_good_score_alone_does_not_complete_what_was_not_worked_through():
    folded = fold([Line(UUID(int=1), START, Decimal(60), score=Decimal(95))], pass_mark=Decimal(80))

    after = state_after(EnrolmentState.ASSIGNED, folded, pass_mark=Decimal(80))

    assert after is EnrolmentState.IN_PROGRESS


def test_every_state_has_its_item_state_and_its_ways_on():
    assert set(GOES_ON) == set(ITEM_OF) == set(EnrolmentState)


class Enrolling(RuleBasedStateMachine):
    """An enrolment that anything may be tried on."""

    def __init__(self):
        super().__init__()
        self.state = EnrolmentState.ASSIGNED
        self.log: list[Line] = []

    def add(self, percent, score, state=EnrolmentState.IN_PROGRESS):
        number = len(self.log) + 1
        line = Line(
            UUID(int=number), START + timedelta(minutes=number), percent, score=score, state=state
        )
        self.log.append(line)
        return line

    @rule(percent=marks, score=st.none() | marks)
    def progresses(self, percent, score):
        if self.state not in OPEN_STATES:
            return
        line = self.add(percent, score)
        after = state_after(
            self.state, fold(self.log, pass_mark=Decimal(80)), pass_mark=Decimal(80)
        )
        check_goes_on(self.state, after)
        line.state = self.state = after

    @rule(to=st.sampled_from(EnrolmentState))
    def is_decided(self, to):
        if to is self.state:
            return
        if to not in GOES_ON[self.state]:
            with pytest.raises(EnrolmentClosed):
                check_goes_on(self.state, to)
            return
        if to in {EnrolmentState.REOPENED, EnrolmentState.WITHDRAWN, EnrolmentState.EXEMPTED}:
            self.add(Decimal(0), None, to)
            self.state = to

    @invariant()
    def what_is_completed_was_passed(self):
        if self.state is EnrolmentState.COMPLETED:
            folded = fold(self.log, pass_mark=Decimal(80))
            assert folded.passed
            assert folded.percent == EVERYTHING

    @invariant()
    def what_has_ended_goes_nowhere(self):
        if self.state in {EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN}:
            assert not GOES_ON[self.state]


TestEnrolling = Enrolling.TestCase
