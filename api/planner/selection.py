"""GraphQL becomes a selection: aliases, fragments and directives are gone, the asking remains.

This is the only file of the planner that knows GraphQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
)

from .picks import Pick
from .refusals import TooMuch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from graphql.execution.values import VariableValues

DEEPEST, MOST = 12, 1000
MOST_READ = 20_000
"""So many nodes are looked at: a field that is asked for again and again is merged, and costs."""


@dataclass(slots=True)
class Call:
    """A field that takes arguments, kept so that each request can fill them in."""

    definition: GraphQLField
    node: FieldNode

    def arguments(self, variables: VariableValues) -> dict[str, Any]:
        """Coerce the arguments for one request."""
        return get_argument_values(self.definition, self.node, variables)

    def constant(self, but: Collection[str]) -> dict[str, Any]:
        """Coerce the arguments that no variable has a part in: they are the same each time."""
        arguments = {name: one for name, one in self.definition.args.items() if name not in but}
        kept = tuple(one for one in self.node.arguments or () if one.name.value not in but)
        definition = GraphQLField(self.definition.type, args=arguments)
        return get_argument_values(definition, FieldNode(name=self.node.name, arguments=kept))


@dataclass(slots=True)
class Selection:
    """What an operation asks for at its root, and the calls in it."""

    roots: tuple[Pick, ...]
    calls: tuple[Call, ...]


@dataclass(slots=True)
class _Reading:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    calls: list[Call] = field(default_factory=list)
    seen: int = 0
    read: int = 0


def select(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: VariableValues,
    *,
    root: GraphQLObjectType,
    sets: Iterable[SelectionSetNode] | None = None,
) -> Selection:
    """Read an operation (or the given selection sets of it) as picks from `root`."""
    reading = _Reading(schema, fragments, variables)
    picks = _picks(reading, root, list(sets or [operation.selection_set]), path="", depth=0)
    return Selection(picks, tuple(reading.calls))


def conditions(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> frozenset[str]:
    """Name the variables that @include and @skip look at: their values shape the selection."""
    found: set[str] = set()
    pending: list[Any] = [operation.selection_set]
    pending += [fragment.selection_set for fragment in fragments.values()]
    while pending:
        for node in pending.pop().selections:
            for directive in node.directives or ():
                if directive.name.value in {"include", "skip"}:
                    value = directive.arguments[0].value
                    found.update([value.name.value] if value.kind == "variable" else [])
            if getattr(node, "selection_set", None):
                pending.append(node.selection_set)
    return frozenset(found)


def _picks(
    reading: _Reading,
    parent: GraphQLObjectType,
    sets: list[SelectionSetNode],
    *,
    path: str,
    depth: int,
) -> tuple[Pick, ...]:
    if depth > DEEPEST:
        raise TooMuch(what="depth", most=DEEPEST)
    grouped: dict[str, list[FieldNode]] = {}
    visited: set[str] = set()  # one for all sets, as the specification has it
    for selection_set in sets:
        _collect(reading, parent, selection_set, grouped, visited)
    reading.seen += len(grouped)
    if reading.seen > MOST:
        raise TooMuch(what="fields", most=MOST)
    return tuple(
        _pick(reading, parent, key, nodes, path=path, depth=depth) for key, nodes in grouped.items()
    )


def _pick(
    reading: _Reading,
    parent: GraphQLObjectType,
    key: str,
    nodes: list[FieldNode],
    *,
    path: str,
    depth: int,
) -> Pick:
    name, here = nodes[0].name.value, f"{path}.{key}" if path else key
    if name.startswith("__"):
        return Pick(key, name, here)
    definition = parent.fields[name]
    sets = [node.selection_set for node in nodes if node.selection_set]
    under = {
        member.name: _picks(reading, member, sets, path=here, depth=depth + 1)
        for member in _concrete(reading.schema, definition)
        if sets
    }
    return Pick(key, name, here, _call(reading, definition, nodes[0]), under)


def _call(reading: _Reading, definition: GraphQLField, node: FieldNode) -> int | None:
    if not definition.args:
        return None
    reading.calls.append(Call(definition, node))
    return len(reading.calls) - 1


def _concrete(schema: GraphQLSchema, definition: GraphQLField) -> list[GraphQLObjectType]:
    named = get_named_type(definition.type)
    if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
        return list(schema.get_possible_types(named))
    return [named] if isinstance(named, GraphQLObjectType) else []


def _collect(
    reading: _Reading,
    parent: GraphQLObjectType,
    selection_set: SelectionSetNode,
    grouped: dict[str, list[FieldNode]],
    visited: set[str],
) -> None:
    reading.read += len(selection_set.selections)
    if reading.read > MOST_READ:
        raise TooMuch(what="nodes", most=MOST_READ)
    for node in selection_set.selections:
        if not _included(reading, node):
            continue
        match node:
            case FieldNode():
                key = node.alias.value if node.alias else node.name.value
                grouped.setdefault(key, []).append(node)
            case InlineFragmentNode() if _applies(reading, parent, node.type_condition):
                _collect(reading, parent, node.selection_set, grouped, visited)
            case FragmentSpreadNode() if node.name.value not in visited:
                visited.add(node.name.value)
                fragment = reading.fragments[node.name.value]
                if _applies(reading, parent, fragment.type_condition):
                    _collect(reading, parent, fragment.selection_set, grouped, visited)


def _included(reading: _Reading, node: Any) -> bool:
    if not node.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, node, reading.variables)
    if skip and skip["if_" if "if_" in skip else "if"]:
        return False
    include = get_directive_values(GraphQLIncludeDirective, node, reading.variables)
    return not include or bool(include["if_" if "if_" in include else "if"])


def _applies(reading: _Reading, parent: GraphQLObjectType, condition: Any) -> bool:
    if condition is None or condition.name.value == parent.name:
        return True
    named = reading.schema.get_type(condition.name.value)
    return isinstance(
        named, GraphQLInterfaceType | GraphQLUnionType
    ) and reading.schema.is_sub_type(named, parent)
