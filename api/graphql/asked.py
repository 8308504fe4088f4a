"""One operation as it was asked: by whom, what, with which arguments, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from api.planner.arguments import shape_of
from authz.actor import DenialMode

if TYPE_CHECKING:
    from datetime import datetime

    from api.planner.arguments import Arguments, ShapeOfCalls
    from api.planner.cursors import Cursors
    from api.planner.picks import Pick
    from authz.actor import Actor
    from runtime.installation import Installation

    from .operations import Filled
    from .plans import Plans
    from .request import Request
    from .schema import Made
    from .shadow import Shadow


@dataclass(slots=True, kw_only=True)
class Asked:
    """An operation that has been understood and can be planned."""

    installation: Installation
    made: Made
    plans: Plans
    cursors: Cursors
    shadow: Shadow
    request: Request
    actor: Actor
    now: datetime
    filled: Filled = field(repr=False)

    @property
    def roots(self) -> tuple[Pick, ...]:
        """What is asked for at the root."""
        return self.filled.selected.planned

    @property
    def arguments(self) -> tuple[Arguments, ...]:
        """The arguments of each call."""
        return self.filled.arguments

    @property
    def mode(self) -> DenialMode:
        """What a denied field looks like in this answer."""
        if self.request.strict and self.actor.denials is DenialMode.PARTIAL:
            return DenialMode.STRICT
        return self.actor.denials

    @property
    def shape_of_calls(self) -> ShapeOfCalls:
        """What of the arguments shapes a statement."""
        return self.filled.shapes

    def by(self, actor: Actor) -> Asked:
        """The same, asked by the same principal under a later policy."""
        return replace(self, actor=actor)

    def about(self, call: int, row: str) -> Asked:
        """The same, with the id of a row in the place of a call's arguments."""
        arguments, shapes = list(self.filled.arguments), list(self.filled.shapes)
        arguments[call] = {"id": row}
        shapes[call] = shape_of(arguments[call])
        return replace(
            self, filled=replace(self.filled, arguments=tuple(arguments), shapes=tuple(shapes))
        )
