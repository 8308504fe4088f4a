"""The made-up group as a plan of whom it has where, and how far each of them has come.

The numbers make the figures of C04, C28 and C33 come out with their denominators.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.organisation.models import TenantKind
from domain.people.models import Stage


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant of the made-up group: its code, its parent's, its kind and its name."""

    code: str
    parent: str | None
    kind: TenantKind
    name: str


PLACES: Final = (
    Place("hq", None, TenantKind.GROUP, "示例金服集团"),
    Place("north", "hq", TenantKind.REGION, "北方大区"),
    Place("south", "hq", TenantKind.REGION, "南方大区"),
    Place("haihe", "north", TenantKind.BRANCH, "海河分公司"),
    Place("yanshan", "north", TenantKind.BRANCH, "燕山分公司"),
    Place("nanhu", "south", TenantKind.BRANCH, "南湖分公司"),
    Place("xijiang", "south", TenantKind.BRANCH, "西江分公司"),
    Place("first", "nanhu", TenantKind.TEAM, "南湖一组"),
    Place("second", "nanhu", TenantKind.TEAM, "南湖二组"),
)


class Course(Enum):
    """How somebody's learning has gone."""

    NONE = "nothing to learn yet, or no longer"
    MASTERED = "compliance and programme done long ago"
    CAUGHT_UP = "compliance failed or late at first, done since"
    PROGRAMME_EARLY = "programme completed in its time"
    PROGRAMME_LATE = "programme completed after its time"
    PROGRAMME_OPEN = "programme overdue and open"
    BEGINNER = "in the first days of the programme"
    TEXT_PASSED = "passed the text edition"
    TEXT_FAILED = "did not pass the text edition"
    FILM_PASSED = "passed the interactive edition"
    FILM_FAILED = "did not pass the interactive edition"
    IN_SERVICE = "on the path for those at work"
    GONE = "left before it was finished"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody of the group: where, in which job role and stage, with which learning."""

    at: str
    role: str
    stage: Stage
    course: Course
    persona: str | None = None
    guided: bool = False  # has a mentor and a supervisor of the same tenant


@dataclass(frozen=True, slots=True)
class Account:
    """A principal that is no person."""

    persona: str
    kind: str
    name: str


PERSONAS: Final = {
    "learner": "learner",
    "mentor": "mentor",
    "supervisor": "supervisor",
    "other_supervisor": "supervisor",
    "onboarding": "onboarding",
    "recruiter": "recruiter",
    "branch_hr": "branch_hr",
    "hq_manager": "hq_manager",
    "compliance": "compliance",
    "auditor": "auditor",
    "vendor": "vendor",
    "automation": "automation",
    "admin": "system_admin",
}
"""Each persona with the role that it holds."""

ACCOUNTS: Final = (
    Account("auditor", "AUDITOR", "外部审计员"),
    Account("vendor", "VENDOR", "内容供应商"),
    Account("automation", "SERVICE", "考试系统"),
)
BRANCHES: Final = ("haihe", "yanshan", "nanhu", "xijiang")
COLLECTOR: Final = "phone-collector"


def people() -> Iterator[Somebody]:
    """List the 240 people, those whom others answer to first."""
    yield from _head_office()
    for branch in BRANCHES:
        yield from _staff(branch)
    yield from _learners()


def _head_office() -> Iterator[Somebody]:
    for role, persona in (
        ("training-manager", "hq_manager"),
        ("compliance-officer", "compliance"),
        ("platform-administrator", "admin"),
        ("training-manager", None),
        ("compliance-officer", None),
    ):
        yield Somebody("hq", role, Stage.INDEPENDENT, Course.NONE, persona)


def _staff(branch: str) -> Iterator[Somebody]:
    own = branch == "haihe"
    supervisor = {"haihe": "supervisor", "yanshan": "other_supervisor"}.get(branch)
    yield Somebody(branch, "training-supervisor", Stage.INDEPENDENT, Course.NONE, supervisor)
    yield Somebody(
        branch, "senior-collector", Stage.INDEPENDENT, Course.NONE, "mentor" if own else None
    )
    yield Somebody(branch, "senior-collector", Stage.INDEPENDENT, Course.NONE)
    hr = "branch_hr" if own else None
    yield Somebody(branch, "hr-officer", Stage.INDEPENDENT, Course.NONE, hr)
    recruiter = "recruiter" if own else None
    yield Somebody(branch, "recruiter", Stage.INDEPENDENT, Course.NONE, recruiter)
    onboarding = "onboarding" if own else None
    yield Somebody(branch, "onboarding-supervisor", Stage.INDEPENDENT, Course.NONE, onboarding)


def _learners() -> Iterator[Somebody]:
    """The figures: 10 + 10 of haihe, 12 + 5 + 3 of yanshan, 13 + 7 and 22 + 3 in the teams."""
    yield _guided("haihe", Course.BEGINNER, Stage.IN_TRAINING, "learner")
    yield from _several(10, "haihe", Course.MASTERED, Stage.INDEPENDENT)
    yield from _several(10, "haihe", Course.CAUGHT_UP, Stage.ON_FLOOR_MENTORED)
    yield from _several(8, "haihe", Course.BEGINNER, Stage.IN_TRAINING)
    yield from _several(12, "yanshan", Course.PROGRAMME_EARLY, Stage.INDEPENDENT)
    yield from _several(5, "yanshan", Course.PROGRAMME_LATE, Stage.ON_FLOOR_MENTORED)
    yield from _several(3, "yanshan", Course.PROGRAMME_OPEN, Stage.IN_TRAINING)
    yield from _several(8, "yanshan", Course.BEGINNER, Stage.IN_TRAINING)
    yield from _several(13, "first", Course.TEXT_PASSED, Stage.INDEPENDENT)
    yield from _several(7, "first", Course.TEXT_FAILED, Stage.ON_FLOOR_MENTORED)
    yield from _several(22, "second", Course.FILM_PASSED, Stage.ON_FLOOR_MENTORED)
    yield from _several(3, "second", Course.FILM_FAILED, Stage.IN_TRAINING)
    yield from _several(24, "xijiang", Course.IN_SERVICE, Stage.INDEPENDENT)
    yield from _several(8, "xijiang", Course.BEGINNER, Stage.IN_TRAINING)
    for branch, count in zip(BRANCHES, (18, 19, 23, 17), strict=True):
        yield from _several(5, branch, Course.GONE, Stage.LEFT)
        yield from _several(4, branch, Course.NONE, Stage.PRE_ONBOARD)
        yield from _several(count - 9, branch, Course.NONE, Stage.CANDIDATE)


def _several(count: int, at: str, course: Course, stage: Stage) -> Iterator[Somebody]:
    return (_guided(at, course, stage) for _ in range(count))


def _guided(at: str, course: Course, stage: Stage, persona: str | None = None) -> Somebody:
    guided = stage not in {Stage.CANDIDATE, Stage.LEFT, Stage.PRE_ONBOARD}
    return Somebody(at, COLLECTOR, stage, course, persona, guided)
