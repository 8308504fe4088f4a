"""The demo group by itself: loaded at one of two scales, or taken away."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from api.demo.large import load_large
from api.demo.load import GROUP, load_demo
from api.demo.logins import passwords_file
from api.demo.tokens import tokens_file
from domain.access.founder import founder
from runtime.postgres.place import POINTER
from runtime.refused import StartRefused

from .standing import standing

if TYPE_CHECKING:
    from runtime.progress import Tell
    from runtime.settings import Settings


async def load(settings: Settings, *, scale: str, tell: Tell) -> None:
    """Load the demo group, unless it is there; at the large scale with twenty thousand people."""
    _refuse_production(settings)
    demo = replace(settings, demo=True)
    async with standing(demo, tell=tell) as installation:
        await load_demo(installation, tell=tell)
    if scale == "large":
        async with standing(demo, tell=tell, as_owner=True) as installation:
            actor = founder(GROUP, "/hq/", installation.founding.policy)
            await load_large(installation, actor, tell=tell)


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
    for file in (tokens_file(settings.data_dir), passwords_file(settings.data_dir)):
        file.unlink(missing_ok=True)
    tell("the demo is gone; the next start loads it anew")


def _refuse_production(settings: Settings) -> None:
    if settings.production:
        raise StartRefused("there is no demo in production")
