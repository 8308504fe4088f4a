"""Whoever watches is watched: what an auditor reads is in the trail before they have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from domain.audit.reading import read_by

from .database import NotCommitted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from authz.actor import Actor
    from domain.audit.models import AuditEntry
    from domain.audit.reading import Reading

    from .installation import Installation

FAILED: Final = (
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    NotCommitted,
    OSError,
    TimeoutError,
)


class NotWrittenDown(Exception):
    """The trail could not be written, so what was read is not handed out."""


async def write_down(
    installation: Installation, actor: Actor, reading: Reading, *, now: datetime, request_id: str
) -> None:
    """Commit what an auditor has read, on a connection that is not theirs."""
    entry = read_by(actor, reading, now=now, request_id=request_id)
    try:
        await keep(installation, actor, [entry])
    except FAILED as error:
        raise NotWrittenDown from error


async def keep(installation: Installation, actor: Actor, entries: Iterable[AuditEntry]) -> None:
    """Commit entries about an actor, whatever they may write themselves."""
    tenants = (actor.tenant_id,)
    async with installation.writer.transaction(actor.group_id, tenants) as session:
        session.add_all(entries)
