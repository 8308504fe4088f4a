"""`/session`: where credentials are shown. They never stand in a GraphQL document."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import parse_qsl

from structlog.contextvars import bind_contextvars

from domain.access.begin_attempt import SignInRefused
from domain.access.sessions import SessionOver
from domain.kernel.errors import Forbidden, NotFound, Refusal
from domain.privacy.providing import KmsUnavailable
from runtime.hashing import TooManyAtOnce

from .answers import LEGACY, Failure, Reply
from .authentication import unauthenticated
from .endpoint import headers_of, internal, request_id_of
from .negotiation import locale
from .oidc import SignInElsewhere
from .sessions_acts import Called, Doorkeeper
from .sessions_factors import Factors
from .sessions_proof import Proof

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from runtime.installation import Installation

    from .authentication import Authentication
    from .sessions_cookie import Cookies

Act = Callable[[Called], Awaitable[Reply]]

STATUSES: Final = {SignInRefused: 401, Forbidden: 403, NotFound: 404, KmsUnavailable: 503}
ELSEWHERE: Final = re.compile(r"/session/oidc/(?P<provider>[^/]{1,64})(?P<back>/callback)?")
MOST_PARAMETERS: Final = 16
LOG: Final = logging.getLogger("peiyuan.sessions")


def is_session_path(path: str) -> bool:
    """Whether a path is one of ours."""
    return path in {"/session", "/sessions"} or path.startswith("/session/")


@dataclass(frozen=True, slots=True)
class Sessions:
    """Takes requests about sessions; whatever happens, with a JSON body and a request id."""

    acts: Mapping[str, Mapping[str, Act]]
    elsewhere: SignInElsewhere
    cookies: Cookies

    @classmethod
    def of(
        cls, installation: Installation, authentication: Authentication, cookies: Cookies
    ) -> Self:
        """Say what is done where."""
        proof = Proof(installation)
        keeper = Doorkeeper(proof, authentication, cookies)
        factors = Factors(keeper)
        acts: Mapping[str, Mapping[str, Act]] = {
            "/session": {"POST": keeper.open, "DELETE": keeper.close},
            "/sessions": {"DELETE": keeper.close_all},
            "/session/step-up": {"POST": factors.step_up},
            "/session/password": {"POST": factors.set_password},
            "/session/totp": {"POST": factors.enrol},
            "/session/totp/confirm": {"POST": factors.confirm},
        }
        return cls(acts, SignInElsewhere(proof, cookies), cookies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = headers_of(scope)
        request_id = request_id_of(headers.get("x-request-id"))
        bind_contextvars(request_id=request_id)
        reply = await self._reply(scope, headers, receive, request_id)
        reply.headers["x-request-id"] = request_id
        reply.headers |= self.cookies.shared_with(headers)
        await reply.send(send)

    async def _reply(
        self, scope: Scope, headers: Mapping[str, str], receive: Receive, request_id: str
    ) -> Reply:
        language = locale(headers.get("accept-language"))
        try:
            act, provider = self._act(scope["method"], scope["path"])
            query = _query(scope["query_string"])
            called = Called(
                headers=headers,
                receive=receive,
                request_id=request_id,
                query=query,
                provider=provider,
            )
            return await act(called)
        except Failure as failed:
            failure = failed
        except Refusal as refusal:
            failure = _failure(refusal)
        except TooManyAtOnce:
            failure = _busy()
        except Exception:
            LOG.exception("a request about a session failed")
            failure = internal()
        body = failure.body(language, request_id)
        return Reply(failure.status, body, LEGACY, failure.headers)

    def _act(self, method: str, path: str) -> tuple[Act, str]:
        acts, provider = self.acts.get(path), ""
        if acts is None and (found := ELSEWHERE.fullmatch(path)):
            provider = found["provider"]
            acts = {"GET": self.elsewhere.back if found["back"] else self.elsewhere.begin}
        if acts is None:
            raise Failure(404, "NOT_FOUND", "There is nothing here.", "此处没有内容。")
        allowed = ", ".join([*acts, "OPTIONS"])
        if method == "OPTIONS":
            return _options(allowed), provider
        if method not in acts:
            raise Failure(
                405,
                "METHOD_NOT_ALLOWED",
                f"This takes {allowed}.",
                f"此处仅接受 {allowed}。",
                {"allow": allowed},
            )
        return acts[method], provider


def _options(allowed: str) -> Act:
    async def answer(_: Called) -> Reply:
        return Reply(204, media_type=None, headers={"allow": allowed})

    return answer


def _query(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Failure(
            400, "BAD_USER_INPUT", "The query of the address is unfit.", "地址参数不正确。"
        ) from None
    return dict(reversed(pairs))  # of one that comes twice the first counts


def _failure(refusal: Refusal) -> Failure:
    if isinstance(refusal, SessionOver):
        return unauthenticated()
    status = STATUSES.get(type(refusal), 400)
    en, zh = refusal.message("en"), refusal.message("zh-CN")
    challenge = {"www-authenticate": "Bearer"} if status == STATUSES[SignInRefused] else {}
    return Failure(status, refusal.code(), en, zh, challenge)


def _busy() -> Failure:
    return Failure(
        503,
        "SERVICE_UNAVAILABLE",
        "Too many sign in at this moment. Try again.",
        "当前登录人数过多,请稍后重试。",
        {"retry-after": "2"},
    )
