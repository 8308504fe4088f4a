"""The mutations of an operation, one after the other, each in a transaction of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from api.planner.refusals import RequestRefused
from runtime.identify import identified_again
from runtime.unit import StaleActor

from .answers import enveloped
from .problems import BAD_USER_INPUT, INTERNAL, UNAVAILABLE, NotExecuted, Problem, of_refusal
from .reading import Read, prepared, read
from .writing import Change, Changed, change_of, make, payload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .asked import Asked

LOG: Final = logging.getLogger("peiyuan.mutations")


@dataclass(slots=True)
class Outcome:
    """The answer as it grows: one entry for each mutation, and what went wrong beside it."""

    entries: list[bytes] = field(default_factory=list)
    denied: list[dict[str, object]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0


async def mutated(asked: Asked) -> bytes:
    """Do everything that an operation asks for, in its order.

    All of it is planned first: a field that is denied in strict mode refuses the operation before
    anything is done. What has been done stays done; what fails after it is null, with its error.
    """
    if asked.request.read_only:
        message = "This way only reads. Send mutations by POST."
        raise NotExecuted(Problem(code=BAD_USER_INPUT, message=message))
    changes = {pick.key: change_of(asked, pick) for pick in asked.roots if pick.call is not None}
    outcome = Outcome()
    for pick in asked.roots:
        change = changes.get(pick.key)
        data = b'"Mutation"' if change is None else await _one(asked, change, outcome)
        outcome.entries.append(b'"' + pick.key.encode() + b'":' + data)
    body = b"{" + b",".join(outcome.entries) + b"}"
    return enveloped(body, denied=outcome.denied, errors=outcome.errors)


async def _one(asked: Asked, change: Change, outcome: Outcome) -> bytes:
    """Do one mutation; a failure costs the others nothing."""
    try:
        asked, change, changed = await _made(asked, change, outcome)
        outcome.done += changed.refusal is None
        written = await payload(asked, change, changed, await _queries(asked, change))
    except StaleActor:
        if not outcome.done:
            raise
        return _failed(asked, change, outcome, _stale())
    except RequestRefused as refused:
        if not outcome.done:
            raise
        return _failed(asked, change, outcome, of_refusal(refused))
    except Exception:
        if not outcome.done and not change.given(asked).get("dryRun"):
            raise
        LOG.exception("a mutation failed", extra={"mutation": change.verb.name})
        return _failed(asked, change, outcome, _internal())
    outcome.denied += written.denied
    return written.data


async def _made(asked: Asked, change: Change, outcome: Outcome) -> tuple[Asked, Change, Changed]:
    """Make a change; where an earlier one moved the policy, as the actor of the new policy."""
    try:
        return asked, change, await make(asked, change)
    except StaleActor:
        if not outcome.done:
            raise
        again = await _again(asked)
        change = change_of(again, change.pick)
        return again, change, await make(again, change)


async def _queries(asked: Asked, change: Change) -> Mapping[str, Read]:
    """Read what was asked besides, after the change has been committed."""
    found = {}
    for key, ready in change.queries.items():
        try:
            found[key] = await read(asked, ready)
        except StaleActor:
            again = await _again(asked)
            picks = next(pick for pick in change.picks if pick.key == key)
            found[key] = await read(again, prepared(again, picks.of("Query"), part=picks.path))
    return found


async def _again(asked: Asked) -> Asked:
    actor = await identified_again(asked.installation, asked.actor)
    if actor is None:
        raise StaleActor
    return asked.by(actor)


def _failed(asked: Asked, change: Change, outcome: Outcome, problem: Problem) -> bytes:
    outcome.errors.append({**problem.written(asked.request.request_id), "path": [change.pick.key]})
    return b"null"


def _stale() -> Problem:
    message = "Your rights changed while this was executed. Read again, then repeat this part."
    return Problem(code=UNAVAILABLE, message=message)


def _internal() -> Problem:
    message = "Something went wrong on our side. Report the request id if it happens again."
    return Problem(code=INTERNAL, message=message)
