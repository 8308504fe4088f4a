"""Sealed values are opened by an act of its own: judged by Casbin, audited, and committed first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from api.planner.refusals import RequestRefused
from domain.audit.entries import Act
from domain.audit.key_acts import ask_for_keys
from domain.audit.models import Outcome
from domain.audit.opened import DECRYPT
from domain.audit.trail import append, entry_in
from domain.kernel.entity import Entity, GroupEntity
from domain.kernel.errors import StepUpRequired
from domain.privacy.keyring import unwrap_box
from domain.privacy.models import KeyUse
from domain.privacy.vault import release_boxes
from runtime.unit import perform

from .measure import DecryptLimitReached, refuse_too_many, sound
from .problems import NotExecuted, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from api.planner.reveal import Sealed
    from api.planner.statement import SealedMark, Statement
    from domain.audit.models import AuditEntry
    from domain.kernel.work import Work
    from domain.privacy.container import Key

    from .asked import Asked


Opened: TypeAlias = defaultdict[tuple[str, str], set[tuple[str, str]]]
"""Fields and rows of the cells that are opened, by purpose and person."""


def require_step_up(asked: Asked, statement: Statement) -> None:
    """Refuse to plan the opening of boxes for a session that has not been stepped up.

    Judged again with each cell; here it is known before anything has been read or changed.
    """
    if asked.actor.stepped_up(asked.now):
        return
    if any(mark.use == KeyUse.BOX.value for mark in statement.sealed):
        refusal = StepUpRequired()
        message = refusal.message(asked.request.locale)
        raise NotExecuted(Problem(code=refusal.code(), message=message))


class PurposeNotAllowed(RequestRefused):
    """The token is not for what a value was to be opened for."""

    code = "PURPOSE_NOT_ALLOWED"

    def __init__(self, purposes: list[str], field: str) -> None:
        self.purposes, self.field = purposes, field
        super().__init__(
            "This token opens no value for that. Ask without `value`, or use another token.",
            purposes=purposes,
        )


def refuse_purposes(asked: Asked, marks: Iterable[SealedMark]) -> None:
    """Refuse to open anything for what the token is not for, before anything is read."""
    allowed = asked.actor.purposes
    if allowed is None:
        return
    wanted = {_purpose(asked, mark): mark.field for mark in marks if mark.purpose is not None}
    if refused := sorted(wanted.keys() - allowed):
        raise PurposeNotAllowed(refused, wanted[refused[0]])


async def write_down_refused(asked: Asked, refused: PurposeNotAllowed) -> None:
    """Keep that somebody tried to open values for what their token is not for."""
    async with perform(
        asked.installation, asked.actor, now=asked.now, request_id=asked.request.request_id
    ) as work:
        await append(
            work,
            verb=DECRYPT,
            outcome=Outcome.DENIED,
            code=refused.code,
            purpose=",".join(refused.purposes),
            details={"field": refused.field},
        )


async def release(asked: Asked, cells: list[Sealed]) -> dict[bytes, Key]:
    """Release the keys of boxes, by their ids; who opened what of whom, and what for, is kept.

    The vault gives them for a ticket that has been committed, and the audit with it.
    """
    refuse_purposes(asked, (cell.mark for cell in cells))
    ticket = await _ticket(asked, cells)
    group = asked.actor.group_id
    async with asked.installation.writer.transaction(group, (), read_only=True) as session:
        key = await asked.installation.keyring.of_group(session, group)
        held = await release_boxes(session, ticket)
    return {one.kid: unwrap_box(key, one, group_id=group) for one in held}


async def _ticket(asked: Asked, cells: list[Sealed]) -> UUID:
    """Have the opening judged and measured, and write it down: that gives a ticket for the keys."""
    opened = _by_purpose(asked, cells)
    asking = sum(map(len, opened.values()))
    try:
        async with perform(
            asked.installation, asked.actor, now=asked.now, request_id=asked.request.request_id
        ) as work:
            await _judge(work, cells)
            await refuse_too_many(work, asking, most=asked.installation.settings.decrypts_per_hour)
            kids = sorted({cell.kid for cell in cells})
            return await ask_for_keys(work, _entries(work, opened), kids)
    except DecryptLimitReached as reached:
        await sound(asked, asking, reached)
        raise


async def _judge(work: Work, cells: list[Sealed]) -> None:
    """Have Casbin decide every cell, on the facts of its row: the mask alone opens nothing."""
    entities = {one.__tablename__: one for one in _entities()}
    wanted: defaultdict[str, set[Sealed]] = defaultdict(set)
    for cell in cells:
        wanted[cell.mark.table].add(cell)
    for table, of_table in wanted.items():
        entity = entities[table]
        rows = await work.rows(entity, entity.id.in_({cell.row for cell in of_table}))
        by_id = {row.id: row for row in rows}
        for field, row in sorted({(cell.mark.field, cell.row) for cell in of_table}):
            await work.permit(f"decrypt {field}", by_id[row])


def _entities() -> list[type[GroupEntity]]:
    mapped = (mapper.class_ for mapper in Entity.registry.mappers)
    return [one for one in mapped if issubclass(one, GroupEntity)]


def _by_purpose(asked: Asked, cells: list[Sealed]) -> Opened:
    """Gather the cells by purpose and person: what is asked for twice is opened once."""
    opened: Opened = defaultdict(set)
    for cell in cells:
        purpose = _purpose(asked, cell.mark)
        opened[purpose, str(cell.subject)].add((cell.mark.field, str(cell.row)))
    return opened


def _entries(work: Work, opened: Opened) -> list[AuditEntry]:
    """Make one entry for each person and purpose; fields and ids, never a value."""
    return [
        entry_in(
            work,
            Act(
                verb=DECRYPT,
                purpose=purpose,
                details={
                    "subject": subject,
                    "cells": [{"field": field, "row": row} for field, row in sorted(fields)],
                },
            ),
        )
        for (purpose, subject), fields in sorted(opened.items())
    ]


def _purpose(asked: Asked, mark: SealedMark) -> str:
    if mark.purpose is None:
        message = "a box is opened for a purpose, and none was given"
        raise TypeError(message)
    call, argument = mark.purpose
    value = asked.arguments[call][argument]
    return str(getattr(value, "value", value))
