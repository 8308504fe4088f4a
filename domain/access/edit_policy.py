"""Change the lines of the policy, all at once; or propose it, where more that is sealed would show.

The whole policy that would result is checked, and what would change is weighed. Where a P3 or P4
value would be shown to somebody to whom it is not, or the right to grant would be given, a second
person has to approve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .changes import (
    ReasonMissing,
    apply_lines,
    by_installation,
    head_of,
    new_change,
    permit_lines,
    tell,
)
from .drafts import Edit, InheritanceDraft, PolicyLineDraft
from .models import ChangeKind, PolicyChange, PolicyLine
from .weighing import weigh

if TYPE_CHECKING:
    from domain.kernel.work import Work


class NothingEdited(Refusal):
    """An edit begins or ends a line."""

    en = "Nothing would begin or end. Name lines to add, to inherit or to end."
    zh = "未指定任何新增或终止的规则,请补充。"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPolicy:
    """The version that was read, why it changes, and which lines begin and end."""

    expected_version: int
    reason: str
    add: tuple[PolicyLineDraft, ...] = ()
    inherit: tuple[InheritanceDraft, ...] = ()
    end: Annotated[tuple[UUID, ...], Ref("PolicyLine")] = ()

    @property
    def edit(self) -> Edit:
        """What begins and what ends; a line ends once, however often it is named."""
        return Edit(self.add, self.inherit, tuple(dict.fromkeys(self.end)))


@permission("Policy", "grant")
async def edit_policy(work: Work, command: EditPolicy) -> PolicyChange:
    """Edit the policy, or propose to; of two who edit one version, the second is stale."""
    change = new_change(work, ChangeKind.LINES, command.reason)
    await work.permit("grant Policy", change)
    if not change.reason:
        raise ReasonMissing
    edit = command.edit
    if edit == Edit():
        raise NothingEdited
    await head_of(work, command.expected_version)
    weighed = await weigh(work, edit)
    ended = await work.rows(PolicyLine, PolicyLine.id.in_(edit.end))
    await permit_lines(work, weighed, ended)
    change.base_version, change.diff = command.expected_version, edit.written()
    tell(change, weighed)
    await work.add(change)
    if not weighed.exposes or by_installation(work):
        await apply_lines(work, change, weighed, ended)
    return change
