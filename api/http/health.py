"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.graphql.shadow import Shadow
    from runtime.installation import Installation

Answer = Callable[["Request"], Awaitable[Response]]
NO_GROUP: Final = UUID(int=0)
LATE: Final = 60.0  # seconds
LOG: Final = logging.getLogger("peiyuan.health")


def health_routes(installation: Installation, shadow: Shadow) -> list[Route]:
    """`/livez` says that the process runs; `/readyz` that its database answers as well.

    A group whose stored policy is malformed makes it degraded, and so does a mask that Casbin did
    not confirm, whose reads are refused, a key that its provider does not give out, and a trail
    whose entries have waited for their places too long; it is no less ready for the others.
    """
    return [Route("/livez", _live), Route("/readyz", _ready(installation, shadow))]


async def _live(_: Request) -> Response:
    return _told(200, "live")


def _ready(installation: Installation, shadow: Shadow) -> Answer:
    async def ready(_: Request) -> Response:
        try:
            await installation.reader.fetch_row(NO_GROUP, "SELECT 1")
        except Exception:
            LOG.exception("the database does not answer")
            return _told(503, "the database does not answer")
        figures = {
            "refusedPolicies": len(installation.refused),
            "mismatches": shadow.mismatches,
            "keysOutOfReach": installation.keyring.groups.troubled,
            "auditLag": _late(installation),
        }
        wrong = {name: count for name, count in figures.items() if count}
        if wrong:
            return _told(200, "degraded", **wrong)
        return _told(200, "ready")

    return ready


def _late(installation: Installation) -> int:
    """The seconds that the sequencer of this process is behind, if they are too many."""
    lag = 0.0 if installation.sequencer is None else installation.sequencer.lag
    return int(lag) if lag > LATE else 0


def _told(status: int, state: str, **figures: int) -> Response:
    body = orjson.dumps({"status": state, **figures})
    return Response(body, status, {"cache-control": "no-store"}, "application/json")
