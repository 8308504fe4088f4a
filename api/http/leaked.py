"""Where found tokens are reported: whoever holds one may end it, and learns nothing by that."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson
from starlette.responses import Response
from starlette.routing import Route

from domain.access.founder import founder
from domain.access.networks import neighbourhood
from domain.access.report_token import ReportToken, report_token
from domain.access.tokens import PUBLISHED, TOKEN, well_formed
from runtime.unit import perform

from .addresses import Proxies
from .sparing import Sparing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from .authentication import Authentication

REPORT: Final = "/.well-known/peiyuan/leaked-tokens"
FORMAT: Final = "/.well-known/peiyuan/token-format"
MOST: Final = 100
LARGEST: Final = 65_536  # bytes: a hundred tokens, each with where it was found
PAUSE: Final = 0.25  # seconds between reports from one network, in each process
LOG: Final = logging.getLogger("peiyuan.tokens")


@dataclass(slots=True)
class Leaked:
    """Takes reports: JSON or text, of which only what looks like a token is read.

    The answer counts what was received, and is the same for tokens that are good, over or made up.
    """

    authentication: Authentication
    proxies: Proxies = field(default=Proxies())
    pause: Sparing = field(default_factory=lambda: Sparing(PAUSE))

    def routes(self) -> list[Route]:
        """The way for reports, and the format that scanners look for."""
        return [
            Route(REPORT, self.report, methods=["POST"]),
            Route(FORMAT, token_format, methods=["GET"]),
        ]

    async def report(self, request: Request) -> Response:
        """End each token of a report that is one of ours."""
        body = await _body(request)
        if body is None:
            return _told(413, {"error": f"A report has at most {LARGEST} bytes. Split it."})
        found = dict.fromkeys(one.group() for one in TOKEN.finditer(body))
        tokens = [token for token in found if well_formed(token)]
        if len(tokens) > MOST:
            return _told(413, {"error": f"A report has at most {MOST} tokens. Split it."})
        # What holds no token costs nothing, and nobody elsewhere keeps others from reporting.
        if tokens and not self.pause.due(neighbourhood(self.proxies.client(request.scope))):
            error = {"error": "Too many reports at once. Try again in a moment."}
            return _told(429, error, {"retry-after": "1"})
        for token in tokens:
            await self._end(token)
        return _told(200, {"received": len(tokens)})

    async def _end(self, token: str) -> None:
        found = await self.authentication.found(token)
        if found is None:
            return
        installation = self.authentication.installation
        by = founder(found.group_id, "/", installation.founding.policy)
        async with perform(installation, by) as work:
            await report_token(work, ReportToken(token_id=found.token_id))
        LOG.warning("a token was reported as leaked", extra={"token_id": str(found.token_id)})


async def token_format(_: Request) -> Response:
    """Say what a token looks like, for those who scan for them."""
    return _told(200, {"regex": PUBLISHED, "report": REPORT})


async def _body(request: Request) -> str | None:
    """Read the body as text; nothing where it is longer than a report may be."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")


def _told(
    status: int, what: Mapping[str, object], more: Mapping[str, str] | None = None
) -> Response:
    headers = {"cache-control": "no-store", **(more or {})}
    return Response(orjson.dumps(what), status, headers, "application/json")
