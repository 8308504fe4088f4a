"""An edition as its author hands it in, and what it must hold to be measurable (C17 to C19)."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref

from .models import Comparator, EvidenceKind

FEWEST_LEVELS: Final = 2
HIGHEST: Final = Decimal(100)
WHOLE: Final = Decimal(1)
At = tuple[str, ...]


class EditionWithoutCompetencies(Refusal):
    """There is nothing that anyone must be able to do."""

    en = "An edition needs at least one competency. Add one."
    zh = "版本至少需要一项能力,请添加。"
    path = ("competencies",)


class CompetencyBlank(Refusal):
    """A competency or an indicator lacks what it is told by."""

    en = "Code, name and wording must be filled in. Complete {part}."
    zh = "编码、名称和表述均为必填,请补充 {part}。"


class CompetencyCodeRepeated(Refusal):
    """Two of an edition would have the same code."""

    en = "The code {repeated} stands twice. Give each its own."
    zh = "编码 {repeated} 重复,请分别设置。"


class ScaleUnfit(Refusal):
    """A scale has levels from 1 whose cut points rise from 0."""

    en = "A scale has at least {fewest} levels; cut points begin at 0, rise, and end below 100."
    zh = "量表至少 {fewest} 级,分界点从 0 开始逐级上升且小于 100。"


class IndicatorsMissing(Refusal):
    """A competency that no behaviour shows cannot be measured."""

    en = "A competency needs at least one indicator. Add one."
    zh = "每项能力至少需要一条行为指标,请添加。"


class IndicatorWithoutMeasure(Refusal):
    """Nobody could tell whether the indicator is met."""

    en = "An indicator needs a measure: evidence, comparator, threshold and unit. Complete it."
    zh = "指标必须可量化:请填写证据类型、比较方式、阈值和单位。"


class IndicatorWithoutSource(Refusal):
    """Nobody answers for the indicator."""

    en = "An indicator needs its source: the interview or duty analysis, and who confirmed it."
    zh = "指标必须注明来源(访谈或岗位分析)及确认人。"


class WeightsNotWhole(Refusal):
    """The indicators of a competency do not make up the whole of it."""

    en = "The weights of a competency's indicators must be above 0 and add up to 1, not {total}."
    zh = "同一能力下各指标权重须大于 0 且合计为 1,当前合计 {total}。"


class RoleTargetUnfit(Refusal):
    """A job role asks for a level or a competency that the edition does not have."""

    en = "The edition has no competency {competency} with a level {level}. Correct the target."
    zh = "该版本没有能力 {competency} 的第 {level} 级,请更正岗位要求。"


class RoleTargetRepeated(Refusal):
    """A job role asks twice for the same competency."""

    en = "A job role asks for {competency} once only. Remove the second target."
    zh = "同一岗位对能力 {competency} 只能设置一次要求,请删除重复项。"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDraft:
    """A level of a scale; `cut_point` (0 to 100) is its lowest score."""

    name: str
    cut_point: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDraft:
    """What makes an indicator a number."""

    evidence: EvidenceKind
    comparator: Comparator
    threshold: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDraft:
    """Behaviour that shows a competency, how it is measured, and who says so."""

    code: str
    statement: str
    weight: Decimal
    measure: MeasureDraft | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyDraft:
    """Something a person can be more or less able to do; the first level is 1."""

    code: str
    name: str
    definition: str
    levels: tuple[LevelDraft, ...]
    indicators: tuple[IndicatorDraft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTargetDraft:
    """The level of a competency, named by its code, that a job role asks for."""

    job_role_id: Annotated[UUID, Ref("JobRole")]
    competency: str
    level: int
    mandatory: bool = False


def check_competencies(drafts: Sequence[CompetencyDraft]) -> None:
    """Refuse the first competency that nobody could be measured by."""
    if not drafts:
        raise EditionWithoutCompetencies
    _check_codes([draft.code for draft in drafts], ("competencies",))
    for index, draft in enumerate(drafts):
        at = ("competencies", str(index))
        _check_filled({"name": draft.name, "definition": draft.definition}, at)
        _check_scale(draft.levels, at)
        _check_indicators(draft.indicators, at)


def check_targets(
    targets: Sequence[RoleTargetDraft], competencies: Collection[CompetencyDraft]
) -> None:
    """Refuse the first target that asks for what the edition does not have, or asks twice."""
    levels = {one.code.strip(): len(one.levels) for one in competencies}
    seen: set[tuple[UUID, str]] = set()
    for index, target in enumerate(targets):
        at = ("roleTargets", str(index))
        if not 1 <= target.level <= levels.get(target.competency, 0):
            raise RoleTargetUnfit(competency=target.competency, level=target.level, at=at)
        if (target.job_role_id, target.competency) in seen:
            raise RoleTargetRepeated(competency=target.competency, at=at)
        seen.add((target.job_role_id, target.competency))


def _check_scale(levels: Sequence[LevelDraft], at: At) -> None:
    cuts = [level.cut_point for level in levels]
    rising = all(low < high for low, high in itertools.pairwise(cuts))
    if len(cuts) < FEWEST_LEVELS or cuts[0] != 0 or cuts[-1] >= HIGHEST or not rising:
        raise ScaleUnfit(fewest=FEWEST_LEVELS, at=(*at, "levels"))
    for index, level in enumerate(levels):
        _check_filled({"name": level.name}, (*at, "levels", str(index)))


def _check_indicators(indicators: Sequence[IndicatorDraft], at: At) -> None:
    at = (*at, "indicators")
    if not indicators:
        raise IndicatorsMissing(at=at)
    _check_codes([one.code for one in indicators], at)
    for index, one in enumerate(indicators):
        _check_indicator(one, (*at, str(index)))
    total = sum((one.weight for one in indicators), Decimal(0))
    if total != WHOLE or any(one.weight <= 0 for one in indicators):
        raise WeightsNotWhole(total=total.normalize(), at=at)


def _check_indicator(one: IndicatorDraft, at: At) -> None:
    _check_filled({"statement": one.statement}, at)
    if one.measure is None or not one.measure.unit.strip():
        raise IndicatorWithoutMeasure(at=(*at, "measure"))
    if one.source is None or not one.source.strip():
        raise IndicatorWithoutSource(at=(*at, "source"))


def _check_codes(codes: Sequence[str], at: At) -> None:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        _check_filled({"code": code}, (*at, str(index)))
        if code.strip() in seen:
            raise CompetencyCodeRepeated(repeated=code.strip(), at=(*at, str(index), "code"))
        seen.add(code.strip())


def _check_filled(parts: dict[str, str], at: At) -> None:
    for part, text in parts.items():
        if not text.strip():
            raise CompetencyBlank(part=part, at=(*at, part))
