"""What a document asks of a type: fields collected as the specification tells it (6.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values

Sets = Sequence[SelectionSetNode]


@dataclass(slots=True)
class Asking:
    """One operation with its variables filled in."""

    schema: GraphQLSchema
    document: str
    given: dict[str, Any]
    operation: OperationDefinitionNode = field(init=False)
    fragments: dict[str, FragmentDefinitionNode] = field(init=False)
    variables: VariableValues = field(init=False)

    def __post_init__(self) -> None:
        definitions = parse(self.document).definitions
        [self.operation] = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        self.fragments = {
            one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)
        }
        defined = self.operation.variable_definitions or ()
        coerced = get_variable_values(self.schema, defined, self.given)
        assert isinstance(coerced, VariableValues), coerced
        self.variables = coerced

    @property
    def roots(self) -> Sets:
        """What is asked for at the root."""
        return [self.operation.selection_set]

    def fields(self, type_name: str, sets: Sets) -> dict[str, list[FieldNode]]:
        """The fields that are asked of a type, by the key that each is answered with."""
        found: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for one in sets:
            self._collect(type_name, one, found, visited)
        return found

    def arguments(self, type_name: str, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, defaults included."""
        definition = self.schema.type_map[type_name].fields[node.name.value]
        return get_argument_values(definition, node, self.variables)

    def _collect(
        self,
        type_name: str,
        selections: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._wanted(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._means(node.type_condition, type_name):
                    self._collect(type_name, node.selection_set, found, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._means(fragment.type_condition, type_name):
                    self._collect(type_name, fragment.selection_set, found, visited)

    def _wanted(self, node: Any) -> bool:
        """Whether no @skip is true of it and no @include is false."""
        for directive in node.directives or ():
            value = directive.arguments[0].value
            said = (
                self.variables.coerced[value.name.value]
                if value.kind == "variable"
                else value.value
            )
            if said is (directive.name.value == "skip"):
                return False
        return True

    def _means(self, condition: Any, type_name: str) -> bool:
        """Whether a type condition, which may name an interface or a union, is true of a type."""
        if condition is None or condition.name.value == type_name:
            return True
        abstract = self.schema.type_map[condition.name.value]
        members = getattr(abstract, "types", None)
        if members is None:
            members = self.schema.get_possible_types(abstract) if _is_interface(abstract) else ()
        return type_name in {member.name for member in members}


def _is_interface(kind: Any) -> bool:
    return type(kind).__name__.endswith("InterfaceType")


def sets_of(nodes: list[FieldNode]) -> Sets:
    """What is asked below a field, merged from everywhere where it is asked for."""
    return [node.selection_set for node in nodes if node.selection_set]
