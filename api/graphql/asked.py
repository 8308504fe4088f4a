"""One operation as it was asked: by whom, what, with which arguments, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, ValueNode, VariableNode

from api.planner.arguments import checked, shape_of
from authz.actor import DenialMode

from .problems import BAD_USER_INPUT, NotExecuted, of_graphql

if TYPE_CHECKING:
    from datetime import datetime

    from graphql.execution.values import VariableValues

    from api.planner.cursors import Cursors
    from api.planner.picks import Pick
    from api.planner.selection import Call
    from authz.actor import Actor
    from runtime.installation import Installation

    from .plans import Plans
    from .request import Request
    from .schema import Made


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation that has been understood and can be planned."""

    installation: Installation
    made: Made
    plans: Plans
    cursors: Cursors
    request: Request
    actor: Actor
    now: datetime
    key: tuple[object, ...]  # document, operation, and what shapes its selection
    roots: tuple[Pick, ...]
    arguments: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def mode(self) -> DenialMode:
        """What a denied field looks like in this answer."""
        if self.request.strict and self.actor.denials is DenialMode.PARTIAL:
            return DenialMode.STRICT
        return self.actor.denials

    @property
    def shape_of_calls(self) -> tuple[tuple[tuple[str, Any], ...], ...]:
        """What of the arguments shapes a statement."""
        return tuple(shape_of(one) for one in self.arguments)

    def by(self, actor: Actor) -> Asked:
        """The same, asked by the same principal under a later policy."""
        return replace(self, actor=actor)

    def about(self, call: int, row: str) -> Asked:
        """The same, with the id of a row in the place of a call's arguments."""
        arguments = list(self.arguments)
        arguments[call] = {"id": row}
        return replace(self, arguments=tuple(arguments))


def argued(call: Call, variables: VariableValues) -> dict[str, Any]:
    """Coerce the arguments of one call, or refuse the request with what is wrong about them."""
    try:
        arguments = call.arguments(variables)
    except GraphQLError as error:
        raise NotExecuted(of_graphql(error, BAD_USER_INPUT)) from None
    said = {one.name.value for one in call.node.arguments or () if said_by(one.value, variables)}
    return checked(arguments, said=said)


def said_by(value: ValueNode, variables: VariableValues) -> bool:
    """Whether a document gives an argument: a variable that nobody set is not given."""
    return not isinstance(value, VariableNode) or value.name.value in variables.coerced
