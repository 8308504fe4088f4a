"""Planned roots are read: one statement, one row, one snapshot of data, policy and token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from api.planner.compile import FRESHNESS
from api.planner.cursors import list_named
from api.planner.parameters import Given
from api.planner.planning import plan
from api.planner.refusals import Denied
from api.planner.reveal import Revealing, boxes_in
from authz.actor import DenialMode
from authz.catalogue import ROW
from domain.privacy.models import KeyUse
from domain.privacy.providing import KmsUnavailable
from runtime.unit import StaleActor

from .opening import refuse_purposes, release, require_step_up
from .viewer import known_cells

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from asyncpg import Record

    from api.planner.picks import Pick
    from api.planner.statement import SealedMark, Statement
    from authz.actor import Actor
    from domain.privacy.container import Key
    from runtime.installation import Installation

    from .asked import Asked


PLACES: Final = {"group": "$1::uuid", "now": "$2::timestamptz", "token": "$3::uuid"}
STANDING: Final = "SELECT " + FRESHNESS.format(**PLACES)
Opened: TypeAlias = "Mapping[str, Sequence[str | None]]"
"""What the cursors of one call hold, by argument."""


@dataclass(slots=True)
class Prepared:
    """A statement with the cursors it goes on behind: all that can be refused has been."""

    statement: Statement
    cursors: tuple[Opened, ...]


@dataclass(slots=True)
class Read:
    """A part of an answer, and what of it was withheld."""

    data: bytes
    denied: tuple[dict[str, object], ...] = ()
    withheld: int = 0  # how many cells, in whichever mode


def prepared(asked: Asked, roots: tuple[Pick, ...], *, part: str) -> Prepared:
    """Plan roots, and refuse what no row could answer: a denied field, a foreign cursor."""
    statement = asked.plans.statement(
        asked,
        part,
        lambda: plan(
            roots,
            of=asked.made.map,
            mask=asked.actor.mask,
            mode=asked.mode,
            shape_of_calls=asked.shape_of_calls,
        ),
    )
    return made_ready(asked, statement)


def made_ready(asked: Asked, statement: Statement) -> Prepared:
    """Hold a statement against what only this request brings: factor, purposes, and cursors."""
    require_step_up(asked, statement)
    refuse_purposes(asked, statement.sealed)
    return Prepared(statement, opened_cursors(asked, statement))


def opened_cursors(asked: Asked, statement: Statement) -> tuple[Opened, ...]:
    """Open the cursors of every call that brings one."""
    if not statement.lists:
        return ()
    return tuple(
        {
            name: asked.cursors.open(
                arguments[name],
                of=list_named(statement.lists[call], arguments),
                actor=asked.actor,
                argument=name,
            )
            for name in ("after", "before")
            if arguments.get(name) is not None and call in statement.lists
        }
        for call, arguments in enumerate(asked.arguments)
    )


def bound(asked: Asked, ready: Prepared) -> list[Any]:
    """Give a statement its values."""
    known = ready.statement.known
    given = Given(
        asked.actor,
        asked.arguments,
        ready.cursors,
        known_cells(known, asked.actor, list(asked.arguments)) if known else (),
        asked.now,
    )
    return [parameter.value(given) for parameter in ready.statement.parameters]


async def read(asked: Asked, ready: Prepared) -> Read:
    """Answer a statement; an actor whom the same snapshot shows to be of yesterday is refused.

    Now and then Casbin is asked first whether the mask is right.
    """
    if asked.shadow.due(asked.actor):
        await asked.shadow.check(asked.installation, asked.actor, ready.statement.judged)
    row = await asked.installation.reader_of(asked.actor).fetch_row(
        asked.actor.group_id, ready.statement.sql, bound(asked, ready)
    )
    return await revealed(asked, ready.statement, _of_today(asked.actor, row, asked.now)["data"])


async def confirm(installation: Installation, actor: Actor) -> None:
    """Look policy and token up where no statement brings them: before a refusal, for the schema."""
    now = installation.clock()
    row = await installation.reader_of(actor).fetch_row(
        actor.group_id, STANDING, (actor.group_id, now, actor.token_id)
    )
    _of_today(actor, row, now)


def _of_today(actor: Actor, row: Record | None, now: datetime) -> Record:
    if row is None or row["head"] != actor.policy_version or row["live"] is False:
        raise StaleActor
    if not actor.of_today(now):
        raise StaleActor
    if actor.token_id is not None and row["live"] is None:
        raise StaleActor
    return row


async def revealed(asked: Asked, statement: Statement, data: bytes) -> Read:
    """Resolve the marks in what a statement answered; boxes are opened by an audited act."""
    if not statement.marked:
        return Read(data)
    group_key, boxes = await _keys(asked, statement, data)
    revealing = Revealing(
        statement=statement,
        actor=asked.actor,
        cursors=asked.cursors,
        keyring=asked.installation.keyring,
        lists={
            call: list_named(statement.lists[call], asked.arguments[call])
            for call in set(statement.cursors)
        },
        group_key=group_key,
        boxes=boxes,
    )
    resolved = revealing.resolve(data)
    denied = await _denials(asked, statement, revealing.denied)
    shut = tuple(_shut(statement.sealed[one], count) for one, count in revealing.unopened.items())
    return Read(resolved, denied + shut, revealing.denied.total() + revealing.unopened.total())


async def _keys(
    asked: Asked, statement: Statement, data: bytes
) -> tuple[Key | None, Mapping[bytes, Key]]:
    """Take the keys that an answer needs; without the group's nothing is opened, nor put down."""
    if not statement.sealed:
        return None, {}
    try:
        group_key = await _group_key(asked)
        boxes = boxes_in(statement, data)
        return group_key, await release(asked, boxes) if boxes else {}
    except KmsUnavailable:
        return None, {}


async def _group_key(asked: Asked) -> Key:
    group = asked.actor.group_id
    keyring = asked.installation.keyring
    known = keyring.groups.young(group)
    if known is not None:
        return known
    async with asked.installation.writer.transaction(group, (), read_only=True) as session:
        return await keyring.of_group(session, group)


def _shut(mark: SealedMark, count: int) -> dict[str, object]:
    """Say that sealed cells stayed shut: no role would have opened them."""
    type_name, _, field = mark.field.partition(".")
    action = "read" if mark.use == KeyUse.WINDOW.value else "decrypt"
    denied = Denied(mark.path, type_name, field, action, KmsUnavailable.code())
    return told(denied, count, [])


async def _denials(
    asked: Asked, statement: Statement, counted: Counter[int]
) -> tuple[dict[str, object], ...]:
    """Say what was withheld where, how often, and which roles would have shown it."""
    if not counted or asked.mode is not DenialMode.PARTIAL:
        return ()
    return tuple(
        [
            await _denial(asked, statement.denials[number], count)
            for number, count in sorted(counted.items())
        ]
    )


async def _denial(asked: Asked, denied: Denied, count: int) -> dict[str, object]:
    judged_as = asked.made.map.shapes[denied.type].policy_name  # lines speak of every kind of block
    granting = await granted_by(asked, denied.action, judged_as, denied.field)
    return told(denied, count, granting)


def told(denied: Denied, count: int, granting: list[str]) -> dict[str, object]:
    """Say that a field was withheld: where, how often, and which roles would show it."""
    return {
        "path": denied.path,
        "field": f"{denied.type}.{denied.field}",
        "action": denied.action,
        "reason": denied.reason,
        "count": count,
        "grantedBy": granting,
    }


async def granted_by(
    asked: Asked, action: str, type_name: str, field: int | str = ROW
) -> list[str]:
    """Name the roles, beyond the actor's own, that open something on some row here."""
    actor = asked.actor
    judged = await asked.installation.policy_of(actor.group_id, version=actor.policy_version)
    policy = judged.policy
    roles = sorted({line.role for line in policy.lines} - actor.roles)
    return [
        role
        for role in roles
        if not policy.mask({role}, actor.tenant_path).cell(action, type_name, field).never
    ]
