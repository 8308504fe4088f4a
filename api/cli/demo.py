"""The demo group by itself: loaded at one of two scales, or taken away."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from api.demo.load import load_demo
from runtime.postgres.place import POINTER
from runtime.refused import StartRefused

from .standing import standing

if TYPE_CHECKING:
    from runtime.progress import Tell
    from runtime.settings import Settings


async def load(settings: Settings, *, tell: Tell) -> None:
    """Load the demo group, unless it is there."""
    _refuse_production(settings)
    async with standing(replace(settings, demo=True), tell=tell) as installation:
        await load_demo(installation, tell=tell)


def reset(settings: Settings, *, tell: Tell) -> None:
    """Remove the embedded database with everything in it; the next start begins anew."""
    _refuse_production(settings)
    if settings.database_url is not None:
        raise StartRefused("the database is not ours alone: drop it where it runs")
    pointer = settings.data_dir / POINTER
    if (pointer.resolve() / "cluster" / "postmaster.pid").exists():
        raise StartRefused("the server runs: stop it first")
    home = pointer.resolve()
    if pointer.is_symlink():
        pointer.unlink()
    shutil.rmtree(home, ignore_errors=True)
    (settings.data_dir / "demo-tokens.json").unlink(missing_ok=True)
    tell("the demo is gone; the next start loads it anew")


def _refuse_production(settings: Settings) -> None:
    if settings.production:
        raise StartRefused("there is no demo in production")
