"""Whom one may be in the demo, with a bearer token each."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.http.loopback import from_our_own_page

TOKENS: Final = "demo-tokens.json"
NEVER_KEPT: Final = {"Cache-Control": "no-store"}


def personas(data_dir: Path, folder: Path) -> Callable[[Request], Response]:
    """The endpoint that gives our own page its tokens, and nobody else's page."""
    described = orjson.loads((folder / "personas.json").read_bytes())

    def answer(request: Request) -> Response:
        if not from_our_own_page(request):
            return _json({"error": "Only the demo page itself, on this machine, may ask."}, 403)
        tokens = _tokens(data_dir / TOKENS)
        return _json(
            [
                who | {"token": tokens[who["persona"]]}
                for who in described
                if who["persona"] in tokens
            ],
            200,
        )

    return answer


def _tokens(file: Path) -> dict[str, str]:
    try:
        tokens: dict[str, str] = orjson.loads(file.read_bytes())
    except FileNotFoundError:  # the demo group is still being loaded
        return {}
    return tokens


def _json(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status, NEVER_KEPT, "application/json")
