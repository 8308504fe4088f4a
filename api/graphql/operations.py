"""An operation that was understood once is not looked at again: what is left is to fill it in.

Per document and operation name it is kept which variables shape the selection, and per values of
those the selection itself, with how each call gets its arguments.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graphql import GraphQLError, GraphQLNonNull, Undefined, VariableNode
from graphql.execution.values import get_variable_values

from api.planner.arguments import checked, shape_of
from api.planner.selection import Call, Selection, select

from .computing import COMPUTED
from .problems import BAD_USER_INPUT, NotExecuted, of_graphql
from .rationed import ration
from .variables import Plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import (
        FragmentDefinitionNode,
        GraphQLArgument,
        GraphQLSchema,
        OperationDefinitionNode,
        ValueNode,
    )
    from graphql.execution.values import VariableValues

    from api.planner.arguments import Arguments
    from api.planner.picks import Pick

MOST_SHAPES: Final = 16
META: Final = frozenset({"__schema", "__type"})
Shape = tuple[tuple[str, Any], ...]


@dataclass(slots=True, eq=False)
class Operation:
    """One operation of a document. Two are the same only where they are one."""

    schema: GraphQLSchema
    view: GraphQLSchema  # what of the schema the caller knows of
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    shaping: tuple[str, ...]  # the variables whose values decide which fields are selected
    plain: Plain = field(init=False)
    selected: OrderedDict[tuple[Any, ...], Selected] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.plain = Plain.of(self.node.variable_definitions or ())

    def filled(self, given: Mapping[str, Any]) -> Filled:
        """Fill the variables of a request in, or refuse it with what is wrong about them."""
        coerced = self.plain.coerced(given)
        if coerced is not None:
            known = self.selected.get(tuple(coerced.get(name) for name in self.shaping))
            if known is not None and known.direct:
                return known.filled(coerced)
        variables = self._variables(given)
        return self._selected(variables).filled(variables.coerced, variables)

    def _variables(self, given: Mapping[str, Any]) -> VariableValues:
        if self.view is not self.schema:
            self._coerced(self.view, given)  # an input field that is hidden is unknown, here too
        return self._coerced(self.schema, given)

    def _coerced(self, schema: GraphQLSchema, given: Mapping[str, Any]) -> VariableValues:
        definitions = self.node.variable_definitions or ()
        coerced = get_variable_values(
            schema, definitions, dict(given), max_errors=50, hide_suggestions=True
        )
        if isinstance(coerced, list):
            raise NotExecuted(*(of_graphql(error, BAD_USER_INPUT) for error in coerced))
        return coerced

    def _selected(self, variables: VariableValues) -> Selected:
        key = tuple(variables.coerced.get(name) for name in self.shaping)
        known = self.selected.get(key)
        if known is None:
            root = self.schema.get_root_type(self.node.operation)
            assert root is not None, "validation has seen that the schema has this root"
            known = self.selected[key] = Selected.of(
                select(self.schema, self.node, self.fragments, variables, root=root)
            )
            if len(self.selected) > MOST_SHAPES:
                self.selected.popitem(last=False)
        return known


@dataclass(slots=True, eq=False)
class Filled:
    """An operation with the arguments of one request, and with what of them shapes its plan."""

    selected: Selected
    arguments: tuple[Arguments, ...] = field(repr=False)
    shapes: tuple[Shape, ...]


@dataclass(slots=True, eq=False)
class Selected:
    """What is selected under some values of @include and @skip."""

    selection: Selection
    askings: tuple[Asking, ...]
    planned: tuple[Pick, ...]
    computed: tuple[Pick, ...]
    direct: bool  # whether every argument is a constant or a whole variable

    @classmethod
    def of(cls, selection: Selection) -> Selected:
        """Look at each call once."""
        ration(selection.roots)
        askings = tuple(Asking.of(call) for call in selection.calls)
        roots = [pick for pick in selection.roots if pick.name not in META]
        planned = tuple(pick for pick in roots if pick.name not in COMPUTED)
        computed = tuple(pick for pick in roots if pick.name in COMPUTED)
        return cls(selection, askings, planned, computed, all(one.direct for one in askings))

    @property
    def roots(self) -> tuple[Pick, ...]:
        """Everything that is asked for at the root."""
        return self.selection.roots

    def filled(self, coerced: Mapping[str, Any], variables: VariableValues | None = None) -> Filled:
        """Give every call its arguments."""
        asked = [one.filled(coerced, variables) for one in self.askings]
        return Filled(self, tuple(one for one, _ in asked), tuple(shape for _, shape in asked))


@dataclass(slots=True, eq=False)
class Asking:
    """How one call gets its arguments."""

    call: Call
    constant: Arguments
    by_variable: tuple[tuple[str, str, Any], ...]  # argument, variable, default
    said: frozenset[str]
    direct: bool
    settled: tuple[Arguments, Shape] | None = None

    @classmethod
    def of(cls, call: Call) -> Asking:
        """Sort the arguments into constants and variables."""
        nodes = {one.name.value: one.value for one in call.node.arguments or ()}
        whole = {name: one for name, one in nodes.items() if isinstance(one, VariableNode)}
        held = {name for name, one in nodes.items() if name not in whole and _mentions(one)}
        definitions = call.definition.args
        by_variable = tuple(
            (name, one.name.value, definitions[name].default_value) for name, one in whole.items()
        )
        # Where null is not taken and a default is, GraphQL tells null from what is not given.
        choosy = {name for name in whole if _is_choosy(definitions[name])}
        constant = {} if held else call.constant(set(whole))
        asking = cls(call, constant, by_variable, frozenset(nodes), direct=not (held | choosy))
        if not held and not whole:
            arguments = checked(constant, said=asking.said)
            asking.settled = arguments, shape_of(arguments)
        return asking

    def filled(
        self, coerced: Mapping[str, Any], variables: VariableValues | None
    ) -> tuple[Arguments, Shape]:
        """Take the arguments out of the variables, and say what shape they are of."""
        if self.settled is not None:
            return self.settled
        arguments = self._direct(coerced) if variables is None else self._coerced(variables)
        absent = {name for name, variable, _ in self.by_variable if variable not in coerced}
        arguments = checked(arguments, said=self.said - absent)
        return arguments, shape_of(arguments)

    def _direct(self, coerced: Mapping[str, Any]) -> Arguments:
        arguments = dict(self.constant)
        for name, variable, default in self.by_variable:
            value = coerced.get(variable, default)
            if value is not Undefined:
                arguments[name] = value
        return arguments

    def _coerced(self, variables: VariableValues) -> Arguments:
        try:
            return self.call.arguments(variables)
        except GraphQLError as error:
            raise NotExecuted(of_graphql(error, BAD_USER_INPUT)) from None


def _is_choosy(argument: GraphQLArgument) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is not Undefined


def _mentions(value: ValueNode) -> bool:
    """Whether a value has a variable somewhere inside."""
    match value.kind:
        case "variable":
            return True
        case "list_value":
            return any(_mentions(one) for one in value.values)  # type: ignore[attr-defined]
        case "object_value":
            return any(_mentions(one.value) for one in value.fields)  # type: ignore[attr-defined]
        case _:
            return False
