"""The demo's page at `/`: one query as several personas see it, and a box for one's own."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import orjson
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.examples import read_examples
from api.http.graphiql import GraphiQL, graphiql_routes
from api.http.loopback import is_loopback
from api.http.personas import personas
from runtime.settings import Settings

FOLDER: Final = Path(__file__).parent.parent / "demo" / "page"
OWN_ONLY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
"""What an answer that is no page may load."""
SAFE: Final = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
WIDENED: Final = "; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:"


def page_routes(settings: Settings, data_dir: Path) -> list[BaseRoute]:
    """The page and what belongs to it: in the demo only, its tokens only on loopback."""
    if settings.production or not settings.demo:
        return []
    own = [Middleware(SafeHeaders, policy=OWN_ONLY)]
    widened = [Middleware(SafeHeaders, policy=OWN_ONLY + WIDENED)]
    routes: list[BaseRoute] = [
        Route("/", _index, middleware=own),
        Route("/demo/examples", _examples(), middleware=own),
        Mount("/demo/page", StaticFiles(directory=FOLDER), middleware=own),
        Mount("/graphiql", routes=graphiql_routes(GraphiQL(data_dir), FOLDER), middleware=widened),
    ]
    if is_loopback(settings.host):
        routes.append(Route("/demo/personas", personas(data_dir, FOLDER), middleware=own))
    return routes


class SafeHeaders:
    """Adds to every answer what a browser needs to be strict with it."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = SAFE | {"Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, strictly)


async def _index(_: Request) -> Response:
    return FileResponse(FOLDER / "index.html")


def _examples() -> Callable[[Request], Response]:
    answer = orjson.dumps(
        {
            kind: [asdict(example) for example in read_examples(FOLDER / kind)]
            for kind in ("stories", "examples")
        }
    )

    def examples(_: Request) -> Response:
        return Response(answer, media_type="application/json")

    return examples
