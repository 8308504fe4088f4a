"""Whom erasure has reached stays erased: tombstones lie outside of the database too.

A copy of older data brings back keys and names. So each tombstone is written to a file beside the
database, and before anybody is answered whoever has one there, and none in the database, is erased
again. Keep the file where a restore of the database does not reach it (PEIYUAN_TOMBSTONES).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import defaultdict
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import select

from domain.access.founder import founder
from domain.audit.key_acts import shred_keys
from domain.audit.models import AuditDirectory
from domain.people.erasing import erase
from domain.people.models import Person
from domain.privacy.vault import erased

from .sessions import BEFORE_ANY_GROUP
from .unit import perform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from .installation import Installation

NAME: Final = "tombstones.jsonl"
PAUSE: Final = 5.0  # seconds between an erasure and its tombstone outside, at most
RESTORED: Final = "RESTORED"
"""What for somebody is erased again: a copy of older data had brought them back."""
LOG: Final = logging.getLogger("peiyuan.erasure")
Buried = defaultdict[UUID, set[UUID]]
"""The people who have been erased, by group."""


@asynccontextmanager
async def burying(installation: Installation) -> AsyncIterator[None]:
    """Erase again whoever has come back, and keep tombstones outside as long as this is entered."""
    await erase_again(installation)
    await keep_outside(installation)
    task = asyncio.create_task(_go_on(installation))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await keep_outside(installation)


async def erase_again(installation: Installation) -> int:
    """Erase whoever has a tombstone outside and none in the database; say how many."""
    buried, done = _read(place_of(installation)), 0
    for group_id, subjects in sorted(buried.items()):
        for subject in sorted(subjects - await _known(installation, group_id)):
            await _erase(installation, group_id, subject)
            done += 1
    if done:
        LOG.warning("erasure.repeated", extra={"people": done})
    return done


async def keep_outside(installation: Installation) -> None:
    """Write down the tombstones that the file does not have."""
    place = place_of(installation)
    held = await asyncio.to_thread(_read, place)
    fresh = [
        (group_id, subject)
        for group_id in await _groups(installation)
        for subject in sorted(await _known(installation, group_id) - held[group_id])
    ]
    if fresh:
        await asyncio.to_thread(_append, place, fresh)


def place_of(installation: Installation) -> Path:
    """Where the file lies."""
    settings = installation.settings
    return settings.tombstones or settings.data_dir / NAME


async def _go_on(installation: Installation) -> None:
    while True:
        await asyncio.sleep(PAUSE)
        try:
            await keep_outside(installation)
        except Exception:
            LOG.exception("tombstones could not be kept outside of the database")


async def _erase(installation: Installation, group_id: UUID, subject: UUID) -> None:
    actor = founder(group_id, "/", installation.founding.policy)
    async with perform(installation, actor) as work:
        person = await work.row(Person, Person.id == subject)
        if person is None:
            await shred_keys(work, subject, purpose=RESTORED)
        else:
            await erase(work, person, purpose=RESTORED)


async def _known(installation: Installation, group_id: UUID) -> set[UUID]:
    async with installation.writer.transaction(group_id, (), read_only=True) as session:
        return await erased(session)


async def _groups(installation: Installation) -> list[UUID]:
    writer = installation.writer
    async with writer.transaction(BEFORE_ANY_GROUP, (), read_only=True) as session:
        return list(await session.scalars(select(AuditDirectory.group_id)))


def _read(place: Path) -> Buried:
    """Read the file; a line that a crash has cut off is written again from the database."""
    found: Buried = defaultdict(set)
    with suppress(FileNotFoundError), place.open() as lines:
        for line in filter(str.strip, lines):
            try:
                one = json.loads(line)
                found[UUID(one["group"])].add(UUID(one["subject"]))
            except (ValueError, KeyError, TypeError):
                LOG.warning("erasure.tombstone_unreadable", extra={"file": str(place)})
    return found


def _append(place: Path, fresh: Iterable[tuple[UUID, UUID]]) -> None:
    """Add lines to a file of mode 0600, and have them on the disk before going on."""
    lines = [json.dumps({"group": str(group), "subject": str(one)}) for group, one in fresh]
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n" + "\n".join(lines) + "\n")  # what was cut off stays on its own line
        stream.flush()
        os.fsync(stream.fileno())
