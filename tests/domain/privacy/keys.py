"""The keys of one person, taken as the software takes them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from domain.audit.entries import Act
from domain.audit.key_acts import ask_for_keys
from domain.audit.opened import DECRYPT
from domain.audit.trail import entry_in
from domain.privacy.container import KID, Key, unpack
from domain.privacy.keyring import unwrap_box, unwrap_window
from domain.privacy.models import WindowKey
from domain.privacy.vault import release_boxes


def opening(work, person: UUID, *, field: str = "Person.phone", purpose: str = "AUDIT"):
    """The entry of an opening of one cell."""
    cells = [{"field": field, "row": str(person)}]
    details = {"subject": str(person), "cells": cells}
    return entry_in(work, Act(verb=DECRYPT, purpose=purpose, details=details))


async def kid_of(group, person: UUID, column: str = "phone") -> bytes:
    """The id of the key under which somebody's box lies."""
    [row] = await group.rows(f"SELECT {column} FROM person WHERE group_id=:g AND id=:i", i=person)
    return unpack(bytes(row[0]))[1][KID]


async def key_of_window(group, person: UUID) -> Key:
    """The key of a person's masked forms."""
    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:
        group_key = await group.installation.keyring.of_group(session, group.id)
        row = (
            await session.scalars(
                select(WindowKey).where(
                    WindowKey.group_id == group.id, WindowKey.subject_id == person
                )
            )
        ).one()
    return unwrap_window(group_key, row)


async def key_of_box(group, person: UUID, *, column: str) -> Key:
    """The key of one box, for an entry and a ticket."""
    kid = await kid_of(group, person, column)
    async with group.work_as(group.founder) as work:
        ticket = await ask_for_keys(work, [opening(work, person)], [kid])
    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:
        group_key = await group.installation.keyring.of_group(session, group.id)
        [held] = await release_boxes(session, ticket)
    return unwrap_box(group_key, held, group_id=group.id)
