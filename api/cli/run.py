"""Run the demo: the database, the demo group at the first start, the server, the personas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.demo.load import load_demo
from api.demo.logins import passwords_file
from api.demo.tokens import tokens_file

from .serve import serve

if TYPE_CHECKING:
    from runtime.installation import Installation
    from runtime.progress import Tell
    from runtime.settings import Settings


async def run(settings: Settings, *, tell: Tell) -> None:
    """Serve the demo group; in production, plainly serve."""
    if settings.production:
        await serve(settings, tell=tell)
        return

    async def prepare(installation: Installation) -> None:
        for persona, says in (await load_demo(installation, tell=tell)).items():
            tell(f"  {persona:<17} {says}")
        tell(f"their tokens are in {tokens_file(settings.data_dir)}")
        tell(f"their passwords are in {passwords_file(settings.data_dir)}")

    await serve(replace(settings, demo=True), tell=tell, prepare=prepare)
