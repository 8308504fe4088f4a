"""Statements that have been planned and written, for whoever asks the same under the same mask."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from api.planner.compile import compile_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.planner.plan import ReadPlan
    from api.planner.statement import Statement

    from .asked import Asked

MOST_KEPT: Final = 1024


@dataclass(slots=True)
class Plans:
    """The statements of a process; the one that was used longest ago makes room.

    The key is everything that a statement depends on: what is selected (of one document and
    operation, under one set of values of @include and @skip), the contents of the mask's lanes,
    scope and denial mode, and the shape of the arguments. It never holds an argument's value.
    """

    kept: OrderedDict[tuple[object, ...], Statement] = field(default_factory=OrderedDict)

    def statement(self, asked: Asked, part: str, plan: Callable[[], ReadPlan]) -> Statement:
        """Take the statement of a part of an operation, planning it the first time."""
        shape = asked.shape_of_calls
        actor = asked.actor
        # Members of an enum are known by where they lie: their own hash is a call into Python.
        kinds = id(actor.scope), id(asked.mode)
        key = (asked.filled.selected, part, actor.mask.fingerprint, kinds, shape)
        known = self.kept.get(key)
        if known is None:
            known = self.kept[key] = compile_plan(plan(), scope=actor.scope, shape_of_calls=shape)
            if len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)
        else:
            self.kept.move_to_end(key)
        return known
