"""The stages of a path as an author hands them in, and what they must keep to (C25, C26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from domain.content.marks import is_mark
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref

from .models import Requirement

LAST_DAY: Final = 366 * 3
At = tuple[str, ...]


class PathEmpty(Refusal):
    """There is nothing to do."""

    en = "An edition needs at least one stage, and a stage at least one item. Add one."
    zh = "版本至少需要一个阶段,每个阶段至少需要一个项目,请添加。"
    path = ("stages",)


class StageUnnamed(Refusal):
    """A stage is told by its title."""

    en = "A stage needs a title. Fill it in."
    zh = "阶段必须有名称,请填写。"


class StageDaysUnfit(Refusal):
    """A stage ends before it begins, or begins before the former one has ended."""

    en = "Stages follow each other, from day 1 to day {last} at most. Correct the days."
    zh = "各阶段须依次衔接,从第 1 天开始且不超过第 {last} 天,请更正。"


class QuotaUnfit(Refusal):
    """A stage asks for more electives than it offers."""

    en = "The stage offers {offered} electives; its quota must lie between 0 and that."
    zh = "该阶段共有 {offered} 个选修项目,选修数应在 0 与其之间。"


class MandatoryMarkTooLow(Refusal):
    """A mandatory item would pass below the mark that is in force (C26)."""

    en = "A mandatory item needs a pass mark from {least} to 100. Raise it."
    zh = "必修项目的合格分应在 {least} 到 100 之间,请提高。"


class PassMarkUnfit(Refusal):
    """A pass mark that cannot be meant."""

    en = "A pass mark lies between 0 and 100. Correct it."
    zh = "合格分应在 0 到 100 之间,请更正。"


class ActivityRepeated(Refusal):
    """An edition asks twice for the same."""

    en = "The edition already asks for this activity. Ask for it once."
    zh = "该版本已包含此活动,请勿重复。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathItemDraft:
    """One activity of a stage; without a pass mark a mandatory course has that in force."""

    requirement: Requirement
    activity_id: Annotated[UUID, Ref("PathActivity")]
    pass_mark: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStageDraft:
    """A phase of time: its days, counted from the first day of a plan, which is 1."""

    title: str
    from_day: int
    to_day: int
    elective_quota: int = 0
    items: tuple[PathItemDraft, ...] = ()


def check_stages(stages: Sequence[PathStageDraft], *, least: Decimal) -> None:
    """Refuse the first stage that cannot be followed; `least` is the pass mark in force."""
    if not stages:
        raise PathEmpty
    seen: set[UUID] = set()
    ended = 0
    for index, stage in enumerate(stages):
        at = ("stages", str(index))
        _check_stage(stage, at)
        if not ended < stage.from_day <= stage.to_day <= LAST_DAY:
            raise StageDaysUnfit(last=LAST_DAY, at=(*at, "fromDay"))
        ended = stage.to_day
        for number, item in enumerate(stage.items):
            _check_item(item, seen, least, (*at, "items", str(number)))


def _check_stage(stage: PathStageDraft, at: At) -> None:
    if not stage.title.strip():
        raise StageUnnamed(at=(*at, "title"))
    if not stage.items:
        raise PathEmpty(at=(*at, "items"))
    offered = sum(item.requirement is Requirement.ELECTIVE for item in stage.items)
    if not 0 <= stage.elective_quota <= offered:
        raise QuotaUnfit(offered=offered, at=(*at, "electiveQuota"))


def _check_item(item: PathItemDraft, seen: set[UUID], least: Decimal, at: At) -> None:
    if item.activity_id in seen:
        raise ActivityRepeated(at=(*at, "activityId"))
    seen.add(item.activity_id)
    if item.pass_mark is None:
        return
    if not is_mark(item.pass_mark):
        raise PassMarkUnfit(at=(*at, "passMark"))
    if item.requirement is Requirement.MANDATORY and item.pass_mark < least:
        raise MandatoryMarkTooLow(least=least, at=(*at, "passMark"))
