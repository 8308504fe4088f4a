"""Whether an edition keeps what it promises: its time, and the forms that its family demands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from domain.kernel.errors import Refusal

from .marks import between
from .models import Block, BlockKind, CourseFamily

MOST_HOURS = 1000
MINUTES_AN_HOUR = 60

FORMS: Mapping[CourseFamily, frozenset[BlockKind]] = {
    # C11: complete only when video, test and case are, so an edition must hold all three.
    CourseFamily.COMPLIANCE: frozenset({BlockKind.VIDEO, BlockKind.TEST, BlockKind.CASE}),
}


class HoursOutOfRange(Refusal):
    """Learning time that cannot be meant."""

    en = "Hours must be more than 0 and at most {most}. Correct them."
    zh = "学时必须大于 0 且不超过 {most},请更正。"
    path = ("hours",)


class EditionEmpty(Refusal):
    """There is nothing to review."""

    en = "An edition needs at least one block. Add one."
    zh = "版本至少需要一个内容块,请添加。"


class BlocksExceedHours(Refusal):
    """The blocks take longer than the edition promises."""

    en = "The blocks take {minutes} minutes, more than the {hours} hours planned. Change either."
    zh = "内容块共需 {minutes} 分钟,超过计划的 {hours} 学时,请调整其一。"


class ComplianceFormsMissing(Refusal):
    """A course that everyone must master has to be taught, tested and practised on cases."""

    en = "A course of the family {family} needs blocks of these kinds as well: {kinds}."
    zh = "{family} 类课程还必须包含以下类型的内容块:{kinds}。"


def check_hours(hours: Decimal) -> None:
    """Refuse learning time of nothing, or of more than anyone plans (C43)."""
    if not between(hours, 0, MOST_HOURS) or not hours:
        raise HoursOutOfRange(most=MOST_HOURS)


def check_time(hours: Decimal, blocks: Sequence[Block]) -> None:
    """Refuse an edition without blocks, or with more minutes of them than it has hours (C15)."""
    if not blocks:
        raise EditionEmpty
    minutes = sum(block.minutes for block in blocks)
    if minutes > hours * MINUTES_AN_HOUR:
        raise BlocksExceedHours(minutes=minutes, hours=hours)


def check_forms(family: CourseFamily, kinds: Collection[BlockKind]) -> None:
    """Refuse an edition that lacks a form which its family demands (C11)."""
    missing = FORMS.get(family, frozenset()) - set(kinds)
    if missing:
        names = ", ".join(sorted(kind.value for kind in missing))
        raise ComplianceFormsMissing(family=family.value, kinds=names)
