"""Bring the database up to date and inspect it, without serving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.models import metadata
from runtime.bring_up import bring_up

if TYPE_CHECKING:
    from runtime.progress import Tell
    from runtime.settings import Settings


async def migrate(settings: Settings, *, tell: Tell) -> None:
    """Apply what has not been applied; safe to repeat, and with several processes at once."""
    async with bring_up(settings, metadata, tell=tell):
        tell("the database is up to date")
