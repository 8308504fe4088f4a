"""Our own server with its guards taken out: `python -m tests.bench.unguarded`, as `api serve`.

Nothing is looked up again with an answer (freshness), every cell is open (masks), and connections
are bound to the one group once (wall). What the guards cost is what it costs less than ours. It
answers from the demo only, on loopback.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg

from api.cli.commands import main
from api.demo.load import GROUP
from api.graphql import reading
from api.http import authentication
from api.planner import compile as compiling
from authz.compiler import compile_mask
from authz.lines import Line
from runtime.identify import identified
from runtime.reader import ReadConnection, Reader

if TYPE_CHECKING:
    from uuid import UUID

    from authz.actor import Actor
    from domain.access.identify import Found
    from runtime.installation import Installation

EVERYTHING = Line("everything", "/", "*", "*", "-", "allow")
NOTHING_LOOKED_UP = (
    "NULL::bigint AS head, {group} IS NULL AND {now} IS NULL AND {token} IS NULL AS live"
)


async def shown_everything(installation: Installation, found: Found) -> Actor | None:
    """Make the actor as ever, and open every cell to them."""
    actor = await identified(installation, found)
    return actor and replace(actor, mask=compile_mask((EVERYTHING,), installation.catalogue))


async def bound(_connection: ReadConnection, _group: UUID) -> None:
    """Leave a connection as it is."""


async def connected_for_good(reader: Reader) -> ReadConnection:
    """Connect, bound to the group of the demo from the beginning."""
    return await asyncpg.connect(
        reader._dsn,
        connection_class=ReadConnection,
        statement_cache_size=0,
        server_settings={"app.group_id": str(GROUP)},
    )


if __name__ == "__main__":
    compiling.FRESHNESS = NOTHING_LOOKED_UP
    reading._of_today = lambda _actor, row, _now: row
    authentication.identified = shown_everything
    ReadConnection.bind = bound
    Reader._connected = connected_for_good
    os.environ["PEIYUAN_SHADOW_READS"] = "0"  # a mask that opens all is not what Casbin says
    sys.exit(main(["serve"]))
