"""The competency model, the job roles and the learning paths of the made-up group."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from domain.competencies.models import Comparator, EvidenceKind
from domain.learning.models import ActivityKind

from .library import CONTENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """An indicator: behaviour, and what makes it a number."""

    code: str
    statement: str
    evidence: EvidenceKind
    comparator: Comparator
    threshold: Decimal
    unit: str
    weight: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """A competency with its scale (level, name, cut point) and its indicators."""

    code: str
    name: str
    definition: str
    levels: tuple[tuple[int, str, Decimal], ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A job role and the level that it asks for, by competency."""

    code: str
    title: str
    targets: Mapping[str, int]
    mandatory: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The competency model with the roles that it speaks of."""

    code: str
    name: str
    abilities: tuple[Ability, ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuit:
    """What a path can ask for besides a course."""

    kind: ActivityKind
    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One item of a stage: a course or another activity, by code."""

    course: str | None = None
    activity: str | None = None
    elective: bool = False
    pass_mark: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stage: its days, counted from 1, and how many electives it asks for."""

    title: str
    from_day: int
    to_day: int
    quota: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A learning path."""

    code: str
    title: str
    phases: tuple[Phase, ...]


@cache
def model() -> Model:
    """Read the competency model."""
    told = tomllib.loads((CONTENT / "competencies.toml").read_text("utf-8"))
    return Model(
        code=told["code"],
        name=told["name"],
        abilities=tuple(_ability(each) for each in told["competency"]),
        roles=tuple(
            Role(
                code=each["code"],
                title=each["title"],
                targets=each["targets"],
                mandatory=frozenset(each["mandatory"]),
            )
            for each in told["role"]
        ),
    )


@cache
def pursuits() -> tuple[Pursuit, ...]:
    """Read the activities besides courses."""
    return tuple(
        Pursuit(kind=ActivityKind(each["kind"]), code=each["code"], title=each["title"])
        for each in _paths()["activity"]
    )


@cache
def programmes() -> tuple[Programme, ...]:
    """Read the learning paths."""
    return tuple(
        Programme(code=each["code"], title=each["title"], phases=tuple(map(_phase, each["stage"])))
        for each in _paths()["path"]
    )


def _paths() -> Mapping[str, Any]:
    return tomllib.loads((CONTENT / "paths.toml").read_text("utf-8"))


def _ability(told: Mapping[str, Any]) -> Ability:
    return Ability(
        code=told["code"],
        name=told["name"],
        definition=told["definition"],
        levels=tuple((level, name, Decimal(cut)) for level, name, cut in told["levels"]),
        signs=tuple(_sign(each) for each in told["indicator"]),
    )


def _sign(told: Mapping[str, Any]) -> Sign:
    return Sign(
        code=told["code"],
        statement=told["statement"],
        evidence=EvidenceKind(told["evidence"]),
        comparator=Comparator(told["comparator"]),
        threshold=Decimal(told["threshold"]),
        unit=told["unit"],
        weight=Decimal(told["weight"]),
        source=told["source"],
    )


def _phase(told: Mapping[str, Any]) -> Phase:
    from_day, to_day = told["days"]
    return Phase(
        title=told["title"],
        from_day=from_day,
        to_day=to_day,
        quota=told.get("quota", 0),
        steps=tuple(_step(each) for each in told["items"]),
    )


def _step(told: Mapping[str, Any]) -> Step:
    return Step(
        course=told.get("course"),
        activity=told.get("activity"),
        elective=told.get("elective", False),
        pass_mark=Decimal(told["pass_mark"]) if "pass_mark" in told else None,
    )
