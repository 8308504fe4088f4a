"""Serve an installation until somebody says stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from api.http.app import make_app
from runtime.logging import set_up_logging
from runtime.process import settle_memory
from runtime.refused import StartRefused

from .standing import standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from runtime.installation import Installation
    from runtime.progress import Tell
    from runtime.settings import Settings

    Prepare = Callable[[Installation], Awaitable[None]]

STOPS: Final = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """A server that says when it answers, and leaves signals to us: the database stops after it."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self.announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(settings: Settings, *, tell: Tell, prepare: Prepare | None = None) -> None:
    """Bring the installation up, prepare it, and serve until SIGTERM or Ctrl-C."""
    set_up_logging(settings)
    taken = _take_port(settings)
    stopping = asyncio.Event()
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    assert main is not None
    for stop in STOPS:
        loop.add_signal_handler(stop, main.cancel)
    async with standing(settings, tell=tell, hears=True) as installation:
        if prepare is not None:
            await prepare(installation)
        for stop in STOPS:
            loop.add_signal_handler(stop, stopping.set)
        await _answer(settings, installation, taken, stopping, tell)


async def _answer(
    settings: Settings,
    installation: Installation,
    taken: socket.socket,
    stopping: asyncio.Event,
    tell: Tell,
) -> None:
    server = Server(
        uvicorn.Config(
            make_app(installation),
            http="httptools",
            loop="none",
            log_config=None,
            access_log=False,
            server_header=False,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
        ),
        lambda: tell(f"ready {address(settings, taken)}"),
    )
    settle_memory()
    serving = asyncio.ensure_future(server.serve([taken]))
    stopped = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopped.cancel()
    await serving


def address(settings: Settings, taken: socket.socket) -> str:
    """Where clients reach the server."""
    scheme = "https" if settings.tls_certificate else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{taken.getsockname()[1]}"


def _take_port(settings: Settings) -> socket.socket:
    """Take the port before anything long is begun: taken by another, it is known at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        raise StartRefused(
            f"{settings.host}:{settings.port} cannot be served ({error.strerror}):"
            " stop whoever holds it, or set PEIYUAN_PORT"
        ) from error
    return taken
