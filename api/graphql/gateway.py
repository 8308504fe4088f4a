"""The one door for operations: understood, planned, read or done, and answered as bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson
from graphql import OperationType
from graphql.execution.values import get_variable_values

from api.planner.cursors import Cursors
from api.planner.refusals import RequestRefused
from api.planner.selection import Selection, select
from authz.actor import DenialMode
from runtime.reader import NoConnection

from .answers import enveloped
from .asked import Asked, argued
from .documents import Document, Documents
from .hidden import prune
from .introspection import META, introspect
from .mutating import mutated
from .plans import Plans
from .problems import (
    BAD_USER_INPUT,
    UNAVAILABLE,
    NotExecuted,
    Problem,
    failed,
    of_graphql,
    of_refusal,
)
from .reading import Read, prepared, read
from .request import Answer
from .schema import Made, printed, schema
from .texts import unfit

if TYPE_CHECKING:
    from graphql import GraphQLSchema, OperationDefinitionNode
    from graphql.execution.values import VariableValues

    from api.planner.picks import Pick
    from authz.actor import Actor
    from runtime.installation import Installation

    from .request import Request

MOST_VIEWS: Final = 32
NOBODY: Final = "nobody"
EVERYTHING: Final = "everything"


@dataclass(slots=True)
class Gateway:
    """Answers operations for everyone whom an installation serves."""

    installation: Installation
    made: Made = field(default_factory=schema)
    plans: Plans = field(default_factory=Plans)
    views: OrderedDict[str, Documents] = field(default_factory=OrderedDict)
    cursors: Cursors | None = None

    async def answer(self, actor: Actor | None, request: Request) -> Answer:
        """Answer one operation of an actor, or of nobody.

        Raises StaleActor when policy or token have changed since the actor was made and nothing
        has been written: identify again and repeat.
        """
        try:
            return Answer(await self._answered(actor, request))
        except NotExecuted as not_executed:
            problems: tuple[Problem, ...] = not_executed.problems
        except RequestRefused as refused:
            problems = (of_refusal(refused),)
        except NoConnection:
            message = "All connections are busy. Try again in a moment."
            problems = (Problem(code=UNAVAILABLE, message=message),)
        return Answer(failed(problems, request.request_id), problems[0].code)

    async def _answered(self, actor: Actor | None, request: Request) -> bytes:
        documents = self._documents(actor)
        document = documents.read(request.query)
        operation = document.operation(request.operation_name)
        variables = self._variables(operation, request)
        selection = self._selection(document, operation, variables)
        arguments = tuple(argued(call, variables) for call in selection.calls)
        meta = _introspected(documents.schema, document, operation, request, selection)
        planned = tuple(pick for pick in selection.roots if pick.name not in META)
        if actor is None:
            return _merged(selection, Read(_nobody(planned)), meta)
        asked = Asked(
            installation=self.installation,
            made=self.made,
            plans=self.plans,
            cursors=await self._cursors(actor),
            request=request,
            actor=actor,
            now=self.installation.clock(),
            key=_key(document, operation, variables),
            roots=planned,
            arguments=arguments,
        )
        if operation.operation is OperationType.MUTATION:
            return await mutated(asked)
        found = await read(asked, prepared(asked, planned, part="")) if planned else Read(b"{}")
        return _merged(selection, found, meta)

    def _documents(self, actor: Actor | None) -> Documents:
        """Take the view of the schema that documents of an actor are held against."""
        name = EVERYTHING
        if actor is None or actor.denials is DenialMode.HIDDEN:
            name = NOBODY if actor is None else actor.mask.fingerprint
        if name not in self.views:
            self.views[name] = Documents(
                self.made.graphql
                if name == EVERYTHING
                else prune(self.made, actor.mask if actor else None, printed=printed())
            )
            if len(self.views) > MOST_VIEWS:
                self.views.popitem(last=False)
        self.views.move_to_end(name)
        return self.views[name]

    def _variables(self, operation: OperationDefinitionNode, request: Request) -> VariableValues:
        problem = unfit(dict(request.variables), at="variables")
        if problem is not None:
            raise NotExecuted(problem)
        coerced = get_variable_values(
            self.made.graphql,
            operation.variable_definitions or (),
            dict(request.variables),
            max_errors=50,
            hide_suggestions=True,
        )
        if isinstance(coerced, list):
            raise NotExecuted(*(of_graphql(error, BAD_USER_INPUT) for error in coerced))
        return coerced

    def _selection(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues
    ) -> Selection:
        root = self.made.graphql.get_root_type(operation.operation)
        assert root is not None, "validation has seen that the schema has this root"
        return select(self.made.graphql, operation, document.fragments, variables, root=root)

    async def _cursors(self, actor: Actor) -> Cursors:
        if self.cursors is None:
            async with self.installation.writer.transaction(actor.group_id, ()) as session:
                key = await self.installation.keyring.of_system(session, "cursors")
            self.cursors = Cursors.under(key)
        return self.cursors


def _introspected(
    schema: GraphQLSchema,
    document: Document,
    operation: OperationDefinitionNode,
    request: Request,
    selection: Selection,
) -> dict[str, Any]:
    if not any(pick.name in META for pick in selection.roots):
        return {}
    return introspect(schema, document, operation, request.variables)


def _key(
    document: Document, operation: OperationDefinitionNode, variables: VariableValues
) -> tuple[object, ...]:
    name = operation.name.value if operation.name else None
    shaping = sorted(document.shaping(operation))
    return document.text, name, tuple((one, variables.coerced[one]) for one in shaping)


def _nobody(roots: tuple[Pick, ...]) -> bytes:
    """What nobody sees: that they are nobody."""
    return orjson.dumps(
        {pick.key: "Query" if pick.name == "__typename" else None for pick in roots}
    )


def _merged(selection: Selection, found: Read, meta: dict[str, Any]) -> bytes:
    """Put planned and introspected roots together, in the order in which they were asked."""
    data = found.data
    if meta:
        whole = orjson.loads(data) | meta
        data = orjson.dumps({pick.key: whole[pick.key] for pick in selection.roots})
    return enveloped(data, denied=found.denied)
