"""The one door for operations: understood, planned, read or done, and answered as bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from graphql import OperationType

from api.planner.cursors import Cursors
from api.planner.refusals import FieldsForbidden, RequestRefused
from authz.actor import DenialMode, PrincipalKind
from runtime.installation import PolicyUnavailable
from runtime.reader import NoConnection
from runtime.unit import AuditorsOnlyRead
from runtime.watching import NotWrittenDown

from .answers import enveloped
from .asked import Asked
from .attempts import put_attempts_on_record
from .computing import answers, closed
from .introspection import introspect
from .mutating import mutated
from .opening import PurposeNotAllowed, write_down_refused
from .plans import Plans
from .problems import FORBIDDEN, UNAVAILABLE, NotExecuted, Problem, failed, of_refusal
from .reading import Prepared, Read, confirm, prepared, read
from .request import Answer
from .schema import Made, schema
from .shadow import Shadow
from .texts import unfit
from .views import Views
from .watched import put_on_record

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from api.planner.picks import Pick
    from authz.actor import Actor
    from runtime.installation import Installation

    from .operations import Operation, Selected
    from .request import Request


@dataclass(slots=True)
class Gateway:
    """Answers operations for everyone whom an installation serves."""

    installation: Installation
    made: Made = field(default_factory=schema)
    plans: Plans = field(default_factory=Plans)
    views: Views = field(init=False)
    cursors: Cursors | None = None
    shadow: Shadow = field(init=False)

    def __post_init__(self) -> None:
        """Count reads from here on."""
        self.views = Views(self.made)
        self.shadow = Shadow(self.installation.settings.shadow_reads)

    async def answer(self, actor: Actor | None, request: Request) -> Answer:
        """Answer one operation of an actor, or of nobody.

        Raises StaleActor when policy or token have changed since the actor was made and nothing
        has been written: identify again and repeat.
        """
        try:
            return await self._answered_or_refused(actor, request)
        except NoConnection:
            message = "All connections are busy. Try again in a moment."
        except PolicyUnavailable:
            message = "The policy of your group cannot be read. Tell its operator."
        except NotWrittenDown:
            message = "What auditors read is written down, and it could not be. Try again later."
        problem = Problem(code=UNAVAILABLE, message=message)
        return Answer(failed((problem,), request.request_id), problem.code)

    async def _answered_or_refused(self, actor: Actor | None, request: Request) -> Answer:
        """Answer, or refuse: a refusal too is made only for an actor of today."""
        try:
            return Answer(await self._answered(actor, request))
        except NotExecuted as not_executed:
            problems: tuple[Problem, ...] = not_executed.problems
        except RequestRefused as refused:
            problems = (of_refusal(refused),)
        except AuditorsOnlyRead as refused:
            problems = (Problem(code=FORBIDDEN, message=refused.message(request.locale)),)
        if actor is not None:
            await confirm(self.installation, actor)
        return Answer(failed(problems, request.request_id), problems[0].code)

    async def _answered(self, actor: Actor | None, request: Request) -> bytes:
        problem = unfit(request.variables, at="variables")
        if problem is not None:
            raise NotExecuted(problem)
        documents = self.views.of(actor)
        operation = documents.read(request.query).operation(request.operation_name)
        filled = operation.filled(request.variables)
        selected = filled.selected
        meta = _introspected(documents.schema, operation, request, selected)
        if actor is None:
            return _merged(selected, Read(_nobody(selected.planned)), meta)
        asked = Asked(
            installation=self.installation,
            made=self.made,
            plans=self.plans,
            cursors=self.cursors or await self._cursors(actor),
            shadow=self.shadow,
            request=request,
            actor=actor,
            now=self.installation.clock(),
            filled=filled,
        )
        try:
            if operation.node.operation is OperationType.MUTATION:
                return await _mutated(asked)
            found = await _read(asked, selected)
        except PurposeNotAllowed as refused:
            await write_down_refused(asked, refused)
            raise
        if actor.kind is PrincipalKind.AUDITOR:
            await put_on_record(asked, found)
        whole = len(selected.planned) == len(selected.roots)
        return enveloped(found.data, found.denied) if whole else _merged(selected, found, meta)

    async def _cursors(self, actor: Actor) -> Cursors:
        async with self.installation.writer.transaction(actor.group_id, ()) as session:
            key = await self.installation.keyring.of_system(session, "cursors")
        self.cursors = Cursors.under(key)
        return self.cursors


async def _mutated(asked: Asked) -> bytes:
    """Do what an operation asks for; who may not is refused, and that they tried is kept."""
    try:
        return await mutated(asked)
    except (FieldsForbidden, AuditorsOnlyRead):
        await put_attempts_on_record(asked)
        raise


async def _read(asked: Asked, selected: Selected) -> Read:
    """Read what is planned in one statement, and compute what is not."""
    ready = _prepared(asked, selected)
    if ready is None and not selected.computed:
        await confirm(asked.installation, asked.actor)
        return Read(b"{}")
    found = await read(asked, ready) if ready else Read(b"{}")
    if not selected.computed:
        return found
    computed = await answers(asked, selected.computed)
    return Read(_joined(found.data, computed.data), (*found.denied, *computed.denied))


def _prepared(asked: Asked, selected: Selected) -> Prepared | None:
    """Plan, or refuse with every field that is closed, whether planned or computed."""
    denied = closed(asked, selected.computed) if asked.mode is not DenialMode.PARTIAL else ()
    try:
        ready = prepared(asked, selected.planned, part="") if selected.planned else None
    except FieldsForbidden as forbidden:
        raise FieldsForbidden((*forbidden.denied, *denied)) from None
    if denied:
        raise FieldsForbidden(denied)
    return ready


def _joined(one: bytes, other: bytes) -> bytes:
    """Write two objects as one."""
    return orjson.dumps(orjson.loads(one) | orjson.loads(other))


def _introspected(
    schema: GraphQLSchema, operation: Operation, request: Request, selected: Selected
) -> dict[str, Any]:
    if len(selected.planned) + len(selected.computed) == len(selected.roots):
        return {}
    return introspect(schema, operation, request.variables)


def _nobody(roots: tuple[Pick, ...]) -> bytes:
    """What nobody sees: that they are nobody."""
    return orjson.dumps(
        {pick.key: "Query" if pick.name == "__typename" else None for pick in roots}
    )


def _merged(selected: Selected, found: Read, meta: dict[str, Any]) -> bytes:
    """Put planned and introspected roots together, in the order in which they were asked."""
    data = found.data
    if meta or selected.computed:
        whole = orjson.loads(data) | meta
        data = orjson.dumps({pick.key: whole[pick.key] for pick in selected.roots})
    return enveloped(data, found.denied)
