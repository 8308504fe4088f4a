"""GraphiQL beside the demo page, where npm is on the machine.

It is not part of Peiyuan: it is fetched into the data directory when the page is first opened, in
the background. Version 4 is the last one that comes as a single script; version 5 needs a bundler.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api.http.packages import NotFetched, Package, fetch_packages

PACKAGES: Final = (
    Package(
        name="graphiql",
        version="4.1.2",
        integrity="sha512-rNlzQIAzm6i2KBXmVQWBgLvt0TloxFVB2d18bukvdsvjEuFDHsKx5IVOomL1W1o5WW+tE54+ioHb"
        "2AEKzO2cUg==",
        members=("graphiql.min.js", "graphiql.min.css"),
    ),
    Package(
        name="react",
        version="18.3.1",
        integrity="sha512-wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7"
        "F2pTVj+2iQ==",
        members=("umd/react.production.min.js",),
    ),
    Package(
        name="react-dom",
        version="18.3.1",
        integrity="sha512-5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tR"
        "nTWT0snUIw==",
        members=("umd/react-dom.production.min.js",),
    ),
)


class State(StrEnum):
    """Whether GraphiQL can be opened, and if not, whether it is worth waiting."""

    READY = "ready"
    FETCHING = "fetching"
    ABSENT = "absent"


@dataclass(slots=True)
class GraphiQL:
    """The files of GraphiQL in a data directory, and the one attempt to fetch them."""

    data_dir: Path
    packages: tuple[Package, ...] = PACKAGES
    attempt: asyncio.Task[None] | None = None
    reason: str | None = field(default=None, init=False)

    @property
    def folder(self) -> Path:
        """Where the files lie; another version is another folder."""
        return self.data_dir / "graphiql" / self.packages[0].version

    def state(self) -> State:
        """Say how it stands, and begin to fetch at the first question; never wait."""
        if self.folder.is_dir():
            return State.READY
        if self.attempt is None:
            self.attempt = asyncio.create_task(self._fetch())
        return State.ABSENT if self.attempt.done() else State.FETCHING

    async def _fetch(self) -> None:
        try:
            await fetch_packages(self.packages, self.folder)
        except (NotFetched, OSError) as failure:
            self.reason = str(failure)


@dataclass(frozen=True, slots=True)
class Files:
    """The fetched files; until they are here each of them is not found."""

    graphiql: GraphiQL
    files: StaticFiles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = self.graphiql.state() is State.READY
        answer = self.files if here else Response(status_code=404)
        await answer(scope, receive, send)


def graphiql_routes(graphiql: GraphiQL, folder: Path) -> list[BaseRoute]:
    """The page, whether it can be opened, and its files."""

    def page(_: Request) -> Response:
        return FileResponse(folder / "graphiql.html")

    async def state(_: Request) -> Response:
        told = {"state": graphiql.state(), "reason": graphiql.reason}
        return Response(orjson.dumps(told), media_type="application/json")

    async def opened(request: Request) -> Response:
        if graphiql.state() is State.READY:
            return page(request)
        return RedirectResponse("/#graphiql", 303)

    files = Files(graphiql, StaticFiles(directory=graphiql.folder, check_dir=False))
    return [Route("/", opened), Route("/state", state), Mount("/files", files)]
