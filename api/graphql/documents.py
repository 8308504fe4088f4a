"""A document is parsed and held against the schema once; whoever sends it again finds it ready."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    parse,
    validate,
    visit,
)

from api.planner.selection import conditions

from .operations import Operation
from .problems import (
    COST_LIMIT,
    NO_OPERATION,
    PARSE_FAILED,
    VALIDATION_FAILED,
    NotExecuted,
    Problem,
    of_graphql,
)
from .texts import unfit

if TYPE_CHECKING:
    from graphql import DocumentNode

MOST_TOKENS: Final = 2_000
LONGEST: Final = 16_384  # characters
MOST_KEPT: Final = 512


@dataclass(slots=True, kw_only=True, eq=False)
class Document:
    """A valid document: its operations, and the fragments that they share."""

    operations: tuple[OperationDefinitionNode, ...]
    fragments: dict[str, FragmentDefinitionNode]
    view: GraphQLSchema
    executed_on: GraphQLSchema
    understood: dict[str | None, Operation] = field(default_factory=dict)

    def operation(self, name: str | None) -> Operation:
        """Take the operation that is meant."""
        known = self.understood.get(name)
        if known is None:
            node = self._meant(name)
            shaping = tuple(sorted(conditions(node, self.fragments)))
            known = Operation(self.executed_on, self.view, node, self.fragments, shaping)
            self.understood[name] = known
        return known

    def _meant(self, name: str | None) -> OperationDefinitionNode:
        meant = [
            one
            for one in self.operations
            if name is None or (one.name is not None and one.name.value == name)
        ]
        if len(meant) == 1:
            return meant[0]
        message = (
            "The document has several operations: say in `operationName` which one is meant."
            if name is None and self.operations
            else "The document has no such operation. Check `operationName`."
        )
        raise NotExecuted(Problem(code=NO_OPERATION, message=message))


@dataclass(slots=True)
class Documents:
    """The documents that are valid for one view of the schema; the oldest make room.

    They are held against the view, and executed on the whole schema.
    """

    schema: GraphQLSchema
    executed_on: GraphQLSchema
    kept: OrderedDict[str, Document] = field(default_factory=OrderedDict)

    def read(self, text: str) -> Document:
        """Parse and validate a document, or refuse it with everything that is wrong."""
        known = self.kept.get(text)
        if known is None:
            known = self.kept[text] = self._made(text)
            if len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)
        else:
            self.kept.move_to_end(text)
        return known

    def _made(self, text: str) -> Document:
        node = parsed(text)
        # A suggestion would name what is hidden from one caller and plain to another.
        found = validate(self.schema, node, hide_suggestions=True)
        if found:
            raise NotExecuted(*(of_graphql(one, VALIDATION_FAILED) for one in found))
        _check_literals(node)
        return Document(
            operations=tuple(
                one for one in node.definitions if isinstance(one, OperationDefinitionNode)
            ),
            fragments={
                one.name.value: one
                for one in node.definitions
                if isinstance(one, FragmentDefinitionNode)
            },
            view=self.schema,
            executed_on=self.executed_on,
        )


def parsed(text: str) -> DocumentNode:
    """Parse a document within the limits of one request."""
    if len(text) > LONGEST:
        message = f"The document is longer than {LONGEST} characters. Split it."
        raise NotExecuted(Problem(code=COST_LIMIT, message=message))
    try:
        return parse(text, max_tokens=MOST_TOKENS)
    except RecursionError:
        message = "The document is nested too deeply. Ask for fewer levels."
        raise NotExecuted(Problem(code=COST_LIMIT, message=message)) from None
    except GraphQLError as error:
        raise NotExecuted(of_graphql(error, PARSE_FAILED)) from None


def _check_literals(node: DocumentNode) -> None:
    class Literals(Visitor):
        def enter_string_value(self, value: StringValueNode, *_: object) -> None:
            problem = unfit(value.value, at="a literal")
            if problem is not None:
                raise NotExecuted(problem)

    visit(node, Literals())
