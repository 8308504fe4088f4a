"""The vault of the database: keys of boxes go in, and come out for a committed, audited ticket.

The application has no privilege on the tables of the schema `vault`, only on three functions of
its owner, which the revision that made them explains. What asks for a ticket stands with the trail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import text

from domain.kernel.store import heard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Connection
    from sqlalchemy.ext.asyncio import AsyncSession

KEEP: Final = "SELECT vault.keep($1, $2, $3)"
ERASED: Final = text("SELECT subject_id FROM vault.erased()")
RELEASE: Final = text("SELECT kid, subject_id, wrapped FROM vault.release(:ticket)")


class HeldKey(NamedTuple):
    """The key of boxes as the vault holds it: wrapped by that of the group."""

    kid: bytes
    subject: UUID
    wrapped: bytes


async def keep_boxes(
    driver: Connection,
    subjects: Sequence[UUID],
    kids: Sequence[bytes],
    wrapped: Sequence[bytes],
) -> None:
    """Put new keys of boxes into the vault; the key and the id of each are made for it alone."""
    await heard(KEEP, driver.execute(KEEP, subjects, kids, wrapped))


async def release_boxes(session: AsyncSession, ticket: UUID) -> list[HeldKey]:
    """Take the keys that a ticket is for, in another transaction than that which asked for it."""
    found = await session.execute(RELEASE, {"ticket": ticket})
    return [HeldKey(row.kid, row.subject_id, row.wrapped) for row in found]


async def erased(session: AsyncSession) -> set[UUID]:
    """Name the people of the group whose keys have been destroyed."""
    return set(await session.scalars(ERASED))
