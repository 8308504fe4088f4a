"""Working days are counted as the State Council has announced them, and as weekdays beyond that."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.kernel.working_days import Deadline, after_working_days, works

KNOWN = some.dates(date(2004, 1, 1), date(2026, 10, 1))


def test_holidays_are_passed_over_and_a_worked_saturday_counts():
    # National Day 2026: 1 to 7 October are off; 20 September and 10 October are worked.
    assert works(date(2026, 9, 20)) is True
    assert works(date(2026, 10, 10)) is True
    assert works(date(2026, 10, 7)) is False
    assert after_working_days(date(2026, 9, 30), 1) == Deadline(date(2026, 10, 8), False)
    assert after_working_days(date(2026, 10, 9), 1) == Deadline(date(2026, 10, 10), False)


def test_fifteen_working_days_behind_labour_day():
    # From Monday 4 May 2026, a holiday as the 5th is; Saturday 9 May is worked.
    assert works(date(2026, 5, 4)) is False
    assert after_working_days(date(2026, 5, 4), 10) == Deadline(date(2026, 5, 18), False)
    assert after_working_days(date(2026, 5, 4), 15) == Deadline(date(2026, 5, 25), False)


def test_a_year_that_nobody_has_announced_makes_a_day_provisional():
    known = after_working_days(date(2026, 12, 21), 9)
    beyond = after_working_days(date(2026, 12, 21), 10)

    assert known == Deadline(date(2026, 12, 31), False) or known.provisional
    assert beyond.provisional
    assert beyond.day > date(2026, 12, 31)
    assert works(date(2027, 1, 4)) is None
    assert after_working_days(date(2027, 3, 5), 1) == Deadline(date(2027, 3, 8), True)


@given(start=KNOWN, days=some.integers(1, 30), more=some.integers(1, 10))
def test_counting_on_is_counting_further(start, days, more):
    first = after_working_days(start, days)
    assert after_working_days(first.day, more).day == after_working_days(start, days + more).day


@given(start=KNOWN, days=some.integers(1, 30))
def test_a_deadline_is_worked_on_and_as_many_days_are_worked_up_to_it(start, days):
    deadline = after_working_days(start, days)

    between = [start + timedelta(days=n) for n in range(1, (deadline.day - start).days + 1)]
    assert works(deadline.day)
    assert sum(bool(works(day)) for day in between) == days
    assert not deadline.provisional


def test_none_at_all_cannot_be_counted():
    with pytest.raises(ValueError, match="lead nowhere"):
        after_working_days(date(2026, 5, 4), 0)
