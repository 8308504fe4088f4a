"""How somebody's learning went, told as lines of the progress log; the chance in it is fixed.

A day is counted backwards from today: 95 is ninety-five days ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from domain.learning.models import EnrolmentOrigin, ProgressSource

from .world import Course

EXAMS: Final = "在线考试系统"
STAYED: Final = 20  # days that leavers stayed
FULL: Final = Decimal(100)
FAILING, PASSING, BEST = 52, 80, 100


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the log: how many days ago, how far, how long, and with which score."""

    ago: float
    percent: Decimal
    seconds: int
    source: ProgressSource
    score: Decimal | None = None
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """When somebody began, and how a course of theirs ends, by how many days ago."""

    began: int
    ends: int | None = None  # passed then
    fails: int | None = None  # failed then, and reopened before it was passed
    percent: int = 0  # reached, where it has not ended
    until: int = 0  # when it was last worked on


def lines(chance: Random, pace: Pace, *, marked: bool) -> Iterator[Told]:
    """Tell a course: steps of learning, then its end with a score where it is marked."""
    if pace.fails is not None:
        yield from _steps(chance, pace.began, pace.fails, upto=100)
        yield _end(chance, pace.fails, FAILING, PASSING - 1, marked=True)
    if pace.ends is not None:
        begin = pace.began if pace.fails is None else pace.fails
        if pace.fails is not None:
            begin -= 2
            yield Told(begin, Decimal(0), 0, ProgressSource.STAFF, reopens=True)
        yield from _steps(chance, begin, pace.ends, upto=100)
        yield _end(chance, pace.ends, PASSING, BEST, marked=marked)
    elif pace.fails is None and pace.percent:
        yield from _steps(chance, pace.began, pace.until, upto=pace.percent)


def _steps(chance: Random, begin: float, end: float, *, upto: int) -> Iterator[Told]:
    count = chance.randint(1, 3)
    for step in range(1, count + 1):
        ago = begin - (begin - end) * step / (count + 1)
        percent = Decimal(upto * step // (count + 1))
        yield Told(ago, percent, chance.randint(300, 2400), ProgressSource.LEARNER)


def _end(chance: Random, ago: float, low: int, high: int, *, marked: bool) -> Told:
    seconds = chance.randint(600, 1800)
    if not marked:
        return Told(ago, FULL, seconds, ProgressSource.LEARNER)
    score = Decimal(chance.randint(low * 2, high * 2)) / 2
    return Told(ago, FULL, seconds, ProgressSource.AUTOMATION, score)


@dataclass(frozen=True, slots=True)
class Programme:
    """A plan of somebody: which path, since when, how each of its courses goes, when it ended."""

    path: str
    began: int
    ended: int | None


def programme(chance: Random, course: Course) -> Programme | None:
    """Say which plan somebody follows, if any."""
    match course:
        case Course.MASTERED:
            return Programme("onboarding", chance.randint(150, 178), chance.randint(100, 115))
        case Course.CAUGHT_UP:
            return Programme("onboarding", chance.randint(140, 165), chance.randint(20, 60))
        case Course.PROGRAMME_EARLY:
            return Programme("onboarding", chance.randint(140, 178), chance.randint(98, 110))
        case Course.PROGRAMME_LATE:
            return Programme("onboarding", chance.randint(130, 150), chance.randint(15, 80))
        case Course.PROGRAMME_OPEN:
            return Programme("onboarding", chance.randint(130, 140), None)
        case Course.BEGINNER:
            return Programme("onboarding", chance.randint(1, 2), None)
        case Course.IN_SERVICE:
            return Programme("in-service", chance.randint(10, 30), None)
        case Course.GONE:
            return Programme("onboarding", chance.randint(125, 170), None)
        case _:
            return None


def pace(chance: Random, course: Course, plan: Programme, *, compliance: bool, first: bool) -> Pace:
    """Say how one course of a plan goes; `first` is the first compliance course of the plan."""
    began = plan.began
    match course:
        case Course.CAUGHT_UP if compliance and first:
            return Pace(began, ends=chance.randint(61, 84), fails=began - 12)
        case Course.MASTERED | Course.CAUGHT_UP | Course.PROGRAMME_EARLY | Course.PROGRAMME_LATE:
            end = plan.ended or 0
            return Pace(began, ends=chance.randint(max(end, began - 26), began - 3))
        case Course.BEGINNER:
            done = not compliance and chance.random() < 0.5  # noqa: PLR2004
            return Pace(began, ends=1) if done else Pace(began, percent=chance.randint(10, 90))
        case Course.PROGRAMME_OPEN:
            return Pace(began, percent=chance.randint(20, 80))
        case Course.IN_SERVICE:
            return Pace(began, percent=chance.randint(0, 70))
        case _:
            return Pace(began, percent=chance.randint(5, 40), until=began - STAYED)


def single(chance: Random, course: Course) -> tuple[int, EnrolmentOrigin, Pace] | None:
    """Say how somebody fared on one edition of 催收流程模拟 (C33): which, and how."""
    match course:
        case Course.TEXT_PASSED:
            return 1, EnrolmentOrigin.PUSH, Pace(165, ends=chance.randint(150, 160))
        case Course.TEXT_FAILED:
            return 1, EnrolmentOrigin.PUSH, Pace(165, percent=chance.randint(10, 60))
        case Course.FILM_PASSED:
            return 2, EnrolmentOrigin.PUSH, Pace(110, ends=chance.randint(97, 106))
        case Course.FILM_FAILED:
            return 2, EnrolmentOrigin.PUSH, Pace(110, percent=chance.randint(10, 60))
        case _:
            return None
