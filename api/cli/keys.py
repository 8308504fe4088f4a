"""`peiyuan keys`: whether the root key is the right one, and how keys move to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.models import metadata
from runtime.bring_up import bring_up, connected
from runtime.keys import forget_root, keys_of, move_keys
from runtime.refused import SettingsRefused
from runtime.safety_of_keys import root_of
from runtime.settings import KeyPlace

from .standing import standing

if TYPE_CHECKING:
    import argparse

    from runtime.progress import Tell
    from runtime.settings import Settings


async def keys(settings: Settings, given: argparse.Namespace, *, tell: Tell) -> None:
    """Do one of the acts, and say what came of it."""
    match given.act:
        case "move":
            await move(settings, given.came_from, tell=tell)
        case _:
            async with standing(settings):
                tell(f"the root key of {settings.key_provider} opens this installation")


async def move(settings: Settings, came_from: str, *, tell: Tell) -> None:
    """Wrap all keys, which came from one place, under the root that the settings name."""
    if problems := list(root_of(settings, came_from)):
        raise SettingsRefused(*problems)
    async with (
        keys_of(settings, KeyPlace(came_from)) as before,
        keys_of(settings) as after,
        bring_up(settings, metadata, tell=tell) as addresses,
        connected(addresses.owner) as connection,
    ):
        moved = await move_keys(connection, before, after)
    if settings.key_provider is not KeyPlace.FILE:
        forget_root(settings)
    tell(f"{moved} keys moved from {came_from} to {settings.key_provider}")
