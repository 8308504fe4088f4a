"""What a schema says of itself is asked of graphql-core, apart from what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    SelectionSetNode,
    execute_sync,
)

from .operations import META

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import SelectionNode

    from .operations import Operation

N = TypeVar("N", bound=Node)


def introspect(
    schema: GraphQLSchema,
    operation: Operation,
    variables: Mapping[str, Any],
) -> dict[str, Any]:
    """Answer the roots of an operation that ask about the schema."""
    kept = tuple(_kept(operation, operation.node.selection_set))
    asked = changed(operation.node, selection_set=SelectionSetNode(selections=kept))
    whole = DocumentNode(definitions=(asked, *operation.fragments.values()))
    result = execute_sync(schema, whole, variable_values=dict(variables))
    if result.errors:
        raise result.errors[0]
    return result.data or {}


def _kept(operation: Operation, selections: SelectionSetNode) -> Iterator[SelectionNode]:
    """Keep the meta fields; a fragment is written out where it stands."""
    for node in selections.selections:
        match node:
            case FieldNode():
                if node.name.value in META:
                    yield node
            case InlineFragmentNode():
                yield from _inside(operation, node, node.type_condition, node.selection_set)
            case FragmentSpreadNode():
                fragment = operation.fragments[node.name.value]
                yield from _inside(operation, node, fragment.type_condition, fragment.selection_set)


def _inside(
    operation: Operation, node: Any, condition: Any, selections: SelectionSetNode
) -> Iterator[SelectionNode]:
    kept = tuple(_kept(operation, selections))
    if kept:
        yield InlineFragmentNode(
            type_condition=condition,
            directives=node.directives,
            selection_set=SelectionSetNode(selections=kept),
        )


def changed(node: N, **parts: object) -> N:
    """The node with some parts replaced."""
    return type(node)(**{**{key: getattr(node, key) for key in node.keys}, **parts})
