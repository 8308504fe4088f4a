"""A mutation: one transaction of one verb, its payload read by the planner before it commits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy.exc import DBAPIError

from api.planner.planning import plan_rows
from domain.access.tokens import PEPPER
from domain.audit.models import Outcome
from domain.audit.trail import append
from domain.kernel.errors import BadInput, Forbidden, Refusal
from domain.kernel.ids import external_id
from domain.kernel.permission import permission_of
from runtime.unit import DryRun, perform

from .computing import planned_only
from .idempotency import SameKeyAtOnce, once
from .inputs import command_of
from .reading import Prepared, Read, bound, made_ready, prepared, revealed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from api.planner.picks import Pick
    from domain.kernel.work import Work

    from .asked import Asked
    from .verbs import Verb


@dataclass(frozen=True, slots=True)
class Change:
    """One mutation of an operation, with everything prepared that can refuse it beforehand."""

    pick: Pick
    verb: Verb
    call: int
    payloads: dict[str, Prepared]  # by answer key: what was asked of the changed row
    queries: dict[str, Prepared]  # by answer key: what was asked besides

    def given(self, asked: Asked) -> dict[str, Any]:
        """The input as it was sent."""
        given: dict[str, Any] = asked.arguments[self.call]["input"]
        return given

    @property
    def picks(self) -> tuple[Pick, ...]:
        """What was asked of the payload."""
        return self.pick.of(f"{self.verb.title}Payload")


@dataclass(frozen=True, slots=True)
class Changed:
    """How a change ended: the rows of its payload as they were read, or the refusal."""

    rows: dict[str, bytes]
    refusal: Refusal | None = None
    secret: str | None = field(default=None, repr=False)  # handed out by what was done just now


def change_of(asked: Asked, pick: Pick) -> Change:
    """Plan what a mutation gives back, so that a denied field refuses before anything is done."""
    verb, call = asked.made.verbs[pick.name], pick.call or 0
    payloads, queries = {}, {}
    for part in pick.of(f"{verb.title}Payload"):
        if part.name == verb.noun:
            payloads[part.key] = _payload(asked, part, verb, call)
        elif part.name == "query":
            queries[part.key] = prepared(asked, planned_only(part.of("Query")), part=part.path)
    return Change(pick, verb, call, payloads, queries)


def _payload(asked: Asked, part: Pick, verb: Verb, call: int) -> Prepared:
    stand_in = asked.about(call, external_id(_prefix(asked, verb), asked.actor.group_id))
    statement = asked.plans.statement(
        stand_in,
        part.path,
        lambda: plan_rows(
            part,
            type_name=verb.gives,
            call=call,
            of=asked.made.map,
            mask=asked.actor.mask,
            mode=asked.mode,
            shape_of_calls=stand_in.shape_of_calls,
        ),
    )
    return made_ready(stand_in, statement)


def _prefix(asked: Asked, verb: Verb) -> str:
    return asked.made.map.shapes[verb.gives].prefix or ""


async def make(asked: Asked, change: Change) -> Changed:
    """Make a change. A refusal is an answer too: nothing was written but the trail of it."""
    try:
        command = command_of(change.verb.command, change.given(asked))
        return await _made(asked, change, command)
    except Refusal as refusal:
        await _note(asked, change, refusal)
        return Changed({}, refusal)


async def _made(asked: Asked, change: Change, command: Any) -> Changed:
    try:
        return await _attempt(asked, change, command)
    except SameKeyAtOnce:
        return await _attempt(asked, change, command)  # the first has ended: its outcome is there
    except DBAPIError as error:
        if not str(getattr(error.orig, "sqlstate", "")).startswith("22"):
            raise
        raise BadInput(
            reason="A value lies outside of what can be kept. Check numbers and dates.",
            reason_zh="有数值超出可保存的范围,请核对数字与日期。",
        ) from error


async def _attempt(asked: Asked, change: Change, command: Any) -> Changed:
    changed = Changed({})
    with suppress(DryRun):
        async with perform(
            asked.installation, asked.actor, now=asked.now, request_id=asked.request.request_id
        ) as work:
            row_id, secret = await _do(asked, change, work, command)
            changed = Changed(await _rows(asked, change, work, row_id))
            _end(dry=bool(change.given(asked).get("dryRun")))
            changed = replace(changed, secret=secret)
    return changed


def _end(*, dry: bool) -> None:
    """Let the transaction commit, or have it undone."""
    if dry:
        raise DryRun


async def _do(asked: Asked, change: Change, work: Work, command: Any) -> tuple[UUID, str | None]:
    """Run the verb, unless its key says that it has been run; a secret is not told again."""
    verb, keyring = change.verb, asked.installation.keyring
    sent = await once(work, keyring, verb.name, change.given(asked))
    if sent is not None and (earlier := await sent.earlier(work)) is not None:
        return earlier.object_id or work.actor.group_id, None
    record = None if sent is None else await sent.begin(work)
    given = await verb.run(work, command, **await _needed(asked, work, verb))
    entity, secret = given if verb.once else (given, None)
    await work.settle()
    work.require_judgement(permission_of(verb.run))
    await append(work, verb=verb.name, on=entity)
    if record is not None:
        record.object_id = entity.id
        await work.flush()
    return entity.id, secret


async def _needed(asked: Asked, work: Work, verb: Verb) -> dict[str, Any]:
    """Give a verb what it asks of the installation besides its command."""
    keyring = asked.installation.keyring
    needed: dict[str, Any] = {}
    if "pepper" in verb.needs:
        needed["pepper"] = await keyring.of_system(work.session, PEPPER)
    return needed


async def _rows(asked: Asked, change: Change, work: Work, row_id: UUID) -> dict[str, bytes]:
    """Read what was asked of the changed row, inside the transaction that changed it."""
    about = asked.about(change.call, external_id(_prefix(asked, change.verb), row_id))
    connection = work.store.driver
    rows = {}
    for key, ready in change.payloads.items():
        rows[key] = await connection.fetchval(ready.statement.sql, *bound(about, ready))
    return rows


async def _note(asked: Asked, change: Change, refusal: Refusal) -> None:
    """Write an attempt that was refused into the trail, in a transaction of its own."""
    outcome = Outcome.DENIED if isinstance(refusal, Forbidden) else Outcome.REFUSED
    async with perform(
        asked.installation, asked.actor, now=asked.now, request_id=asked.request.request_id
    ) as work:
        await append(work, verb=change.verb.name, outcome=outcome, code=refusal.code())


async def payload(
    asked: Asked, change: Change, changed: Changed, queries: Mapping[str, Read]
) -> Read:
    """Write the payload under the keys that were asked for; sealed parts open after the commit."""
    parts: list[bytes] = []
    denied: list[dict[str, object]] = []
    for pick in change.picks:
        if pick.name == change.verb.noun and changed.refusal is None:
            statement = change.payloads[pick.key].statement
            found = await revealed(asked, statement, changed.rows[pick.key])
            # the statement answers an object of one root, under the same key
            parts.append(found.data[1:-1])
            denied += found.denied
        elif pick.name == "query":
            found = queries[pick.key]
            parts.append(_pair(pick.key, found.data))
            denied += found.denied
        else:
            parts.append(_pair(pick.key, orjson.dumps(_plain(asked, change, changed, pick))))
    return Read(b"{" + b",".join(parts) + b"}", tuple(denied))


def _plain(asked: Asked, change: Change, changed: Changed, pick: Pick) -> object:
    match pick.name:
        case "__typename":
            return f"{change.verb.title}Payload"
        case "userErrors":
            refusals = [] if changed.refusal is None else [changed.refusal]
            return [_user_error(asked, one, pick.of("Refused")) for one in refusals]
        case "secret":
            return changed.secret
        case _:
            return None


def _user_error(asked: Asked, refusal: Refusal, picks: tuple[Pick, ...]) -> dict[str, object]:
    facts: dict[str, object] = {
        "__typename": "Refused",
        "code": refusal.code(),
        "message": refusal.message(asked.request.locale),
        "path": list(refusal.at) or None,
    }
    return {pick.key: facts[pick.name] for pick in picks}


def _pair(key: str, value: bytes) -> bytes:
    return b'"' + key.encode() + b'":' + value
