"""Everything that is served: the endpoint first, and Starlette around it for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware

from api.graphql.gateway import Gateway

from .addresses import Proxies
from .authentication import Authentication
from .endpoint import Endpoint
from .health import health_routes
from .leaked import Leaked
from .loopback import is_loopback
from .page import NOTHING, SafeHeaders, page_routes
from .sessions import Sessions, is_session_path
from .sessions_cookie import Cookies
from .strict import StrictTransport

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from runtime.installation import Installation


@dataclass(frozen=True, slots=True)
class App:
    """Sends `/graphql` and `/session` to their endpoints, all else through Starlette."""

    endpoint: Endpoint
    sessions: Sessions
    rest: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self.endpoint(scope, receive, send)
        elif scope["type"] == "http" and is_session_path(scope["path"]):
            await self.sessions(scope, receive, send)
        else:
            await self.rest(scope, receive, send)


def make_app(installation: Installation) -> ASGIApp:
    """Put the application of an installation together."""
    settings = installation.settings
    demo = settings.demo and not settings.production
    gateway = Gateway(installation)
    authentication, cookies = Authentication(installation), Cookies.of(settings)
    proxies = Proxies.declared(settings.trusted_proxies)
    app = App(
        Endpoint(
            gateway,
            authentication,
            proxies,
            open_to_loopback=demo and is_loopback(settings.host),
            cookies=cookies,
        ),
        Sessions.of(installation, authentication, cookies),
        Starlette(
            routes=[
                *health_routes(installation, gateway.shadow),
                *Leaked(authentication, proxies).routes(),
                *page_routes(settings, settings.data_dir),
            ],
            middleware=[Middleware(SafeHeaders, policy=NOTHING)],
        ),
    )
    return StrictTransport(app) if settings.production else app
