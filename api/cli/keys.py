"""`peiyuan keys move`: from the root key of one provider to that of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.models import metadata
from runtime.bring_up import bring_up, connected
from runtime.keys import keys_of, move_keys
from runtime.refused import SettingsRefused
from runtime.safety_of_keys import root_of
from runtime.settings import KeyPlace

if TYPE_CHECKING:
    from runtime.progress import Tell
    from runtime.settings import Settings


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
    tell(f"{moved} keys moved from {came_from} to {settings.key_provider}")
