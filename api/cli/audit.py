"""The trail for whoever runs the installation: placed, exported, and the key that signs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.audit.bundle import bundle
from domain.audit.notes import Signer
from domain.audit.trail import append
from domain.audit.tree import last_checkpoint
from domain.kernel.ids import split_external_id
from runtime.refused import StartRefused
from runtime.sequencing import Sequencer, signing_seed
from runtime.sessions import at_the_door
from runtime.unit import perform

from .standing import standing

if TYPE_CHECKING:
    import argparse

    from runtime.installation import Installation
    from runtime.progress import Tell
    from runtime.settings import Settings


EXPORT: Final = "auditExport"
"""The verb under which an export of the trail stands in it."""


async def audit(settings: Settings, given: argparse.Namespace, *, tell: Tell) -> None:
    """Bring an installation up, do one of the acts in it, and say what came of it."""
    async with standing(settings) as installation:
        await done(installation, given, tell)


async def done(installation: Installation, given: argparse.Namespace, tell: Tell) -> None:
    """Do one of the acts on the trail."""
    match given.act:
        case "sequence":
            placed = await Sequencer(installation).go_through()
            tell(f"{placed} entries have got their places")
        case "key":
            seed = await signing_seed(installation)
            tell(Signer.of(_group(given.group), seed).verifier())
        case _:
            await _export(installation, given, tell)


async def _export(installation: Installation, given: argparse.Namespace, tell: Tell) -> None:
    """Write the whole trail of a group, up to its last checkpoint."""
    group = _group(given.group)
    file = Path(given.file)
    if file.exists():  # noqa: ASYNC240 - a command does nothing beside it
        raise StartRefused(f"{file} is there already: name another file")
    async with installation.writer.transaction(group, (), read_only=True) as session:
        last = await last_checkpoint(session, group)
        if last is None:
            raise StartRefused(
                f"{given.group} has no checkpoint: check the id, or run `peiyuan audit sequence`"
            )
    await _keep(installation, group)
    async with installation.writer.transaction(group, (), read_only=True) as session:
        lines = bundle(session, group, last.key, (0, last.size), subjects=given.subjects)
        with file.open("x", encoding="utf-8", newline="\n") as written:  # noqa: ASYNC230 - as above
            async for line in lines:
                written.write(f"{line}\n")
    tell(f"{last.size} events are in {file}")


async def _keep(installation: Installation, group: UUID) -> None:
    """Have it stand in the trail, before anything is handed out, that it was."""
    async with perform(installation, at_the_door(installation, group)) as work:
        await append(work, verb=EXPORT)


def _group(text: str) -> UUID:
    """Read the id of a group, as clients write it or plainly."""
    parts = split_external_id(text)
    try:
        return parts[1] if parts else UUID(text)
    except ValueError:
        raise StartRefused(f"{text} is not an id") from None
