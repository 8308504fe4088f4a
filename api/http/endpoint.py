"""`/graphql`: a bare ASGI function, so that nothing stands between the socket and the planner."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from structlog.contextvars import bind_contextvars

from api.graphql.request import Answer, Request
from runtime.unit import StaleActor

from .addresses import Proxies
from .answers import LEGACY, RESPONSE, Failure, Reply
from .bodies import read_body, understood
from .loopback import is_loopback
from .negotiation import locale, media_type
from .sessions_cookie import Cookies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from api.graphql.gateway import Gateway
    from domain.access.networks import Address

    from .authentication import Authentication

ATTEMPTS: Final = 3  # a policy that moves again and again while one request is answered
SANE_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
STATUSES: Final = {
    "FORBIDDEN": 403,
    "PURPOSE_NOT_ALLOWED": 403,
    "STEP_UP_REQUIRED": 403,
    "SERVICE_UNAVAILABLE": 503,
}
ALLOWED: Final = "POST, OPTIONS"
PROCESS: Final = secrets.token_hex(12)
NUMBERS: Final = count(1)
LOG: Final = logging.getLogger("peiyuan.http")


@dataclass(slots=True)
class Endpoint:
    """Takes GraphQL requests over HTTP.

    `open_to` says that pages of other origins on this machine may ask: in the demo only.
    """

    gateway: Gateway
    authentication: Authentication
    proxies: Proxies = field(default=Proxies())
    open_to_loopback: bool = field(default=False)
    cookies: Cookies = field(default_factory=Cookies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, with a GraphQL body and a request id."""
        headers = headers_of(scope)
        request_id = request_id_of(headers.get("x-request-id"))
        bind_contextvars(request_id=request_id)
        reply = await self._reply(scope, headers, receive, request_id)
        reply.headers["x-request-id"] = request_id
        reply.headers |= self.cookies.shared_with(headers)
        if self.open_to_loopback:
            reply.headers |= self._shared_with(headers)
        await reply.send(send)

    async def _reply(
        self, scope: Scope, headers: Mapping[str, str], receive: Receive, request_id: str
    ) -> Reply:
        method = scope["method"]
        language = locale(headers.get("accept-language"))
        try:
            if method == "OPTIONS":
                return Reply(204, media_type=None, headers={"allow": ALLOWED})
            _check_method(method)
            wanted = media_type(headers.get("accept"))
            where = self.proxies.client(scope)
            answer = await self._answer(headers, receive, request_id, language, where)
            return Reply(_status(answer, wanted), answer.body, wanted)
        except Failure as failure:
            body = failure.body(language, request_id)
            return Reply(failure.status, body, _readable(headers), failure.headers)
        except Exception:
            LOG.exception("a request failed")
            return Reply(500, internal().body(language, request_id), _readable(headers))

    async def _answer(
        self,
        headers: Mapping[str, str],
        receive: Receive,
        request_id: str,
        language: str,
        where: Address | None,
    ) -> Answer:
        authorization = self.cookies.presented(headers)
        actor = await self.authentication.actor(authorization, where=where)
        sent = understood(await read_body(receive, headers))
        request = Request(
            query=sent["query"],
            variables=sent.get("variables") or {},
            operation_name=sent.get("operationName"),
            request_id=request_id,
            locale=language,
            strict=headers.get("peiyuan-denials", "").lower() == "strict",
        )
        self.authentication.uses.note(actor, where, request.query)
        for _ in range(ATTEMPTS):
            try:
                return await self.gateway.answer(actor, request)
            except StaleActor:
                actor = await self.authentication.actor(authorization, where=where, anew=True)
        raise _unavailable()

    def _shared_with(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Let a page of another origin on this machine read the answer, where that is open."""
        origin = headers.get("origin")
        if origin is None or not is_loopback(_host(origin)):
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": ALLOWED,
            "access-control-allow-headers": (
                "authorization, content-type, peiyuan-denials, x-request-id"
            ),
            "access-control-expose-headers": "x-request-id",
            "vary": "origin",
        }


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by name; of one that comes twice the first counts."""
    return {
        name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"][::-1]
    }


def _status(answer: Answer, media_type: str) -> int:
    """Say by the status what happened, where the media type lets a status say it."""
    if answer.refusal is None:
        return 200
    return STATUSES.get(answer.refusal, 400 if media_type == RESPONSE else 200)


def request_id_of(sent: str | None) -> str:
    """Keep the client's own id, if it is fit to stand in a log; else count on from chance.

    It is a name and no secret: asking the system for chance at each request would cost a call.
    """
    return sent if sent and SANE_ID.fullmatch(sent) else f"{PROCESS}{next(NUMBERS):08x}"


def _readable(headers: Mapping[str, str]) -> str:
    """The media type of a failure: what is accepted, or plain JSON where nothing of ours is."""
    try:
        return media_type(headers.get("accept"))
    except Failure:
        return LEGACY


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def _check_method(method: str) -> None:
    if method != "POST":
        raise Failure(
            405,
            "METHOD_NOT_ALLOWED",
            "Send GraphQL requests by POST.",
            "请以 POST 方式发送 GraphQL 请求。",
            {"allow": ALLOWED},
        )


def _unavailable() -> Failure:
    return Failure(
        503,
        "SERVICE_UNAVAILABLE",
        "The rights are being changed at this moment. Try again.",
        "权限正在变更,请稍后重试。",
        {"retry-after": "1"},
    )


def internal() -> Failure:
    return Failure(
        500,
        "INTERNAL_SERVER_ERROR",
        "Something went wrong on our side. Report the request id if it happens again.",
        "系统内部错误,若再次出现请提供请求编号。",
    )
