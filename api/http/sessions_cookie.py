"""The cookie of a session, and whether the page that sends it is one of ours.

It is out of reach of scripts (`HttpOnly`), of other hosts and of plain connections (`__Host-`,
`Secure`). In the demo there is no TLS on loopback, and clients other than browsers keep no `Secure`
cookie from a plain connection; there, and only there, it is called `peiyuan` and is not `Secure`.
A cookie comes along with whatever any page asks, so a request that is known by its cookie must come
from a page of ours (RFC 10017): its origin is this host, or one that was named in the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.access.tokens import TokenKind

from .answers import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.settings import Settings

SESSION: Final = "peiyuan"
SIGNING_IN: Final = "peiyuan-signing-in"
OF_SESSIONS: Final = f"pei{TokenKind.SESSION.value}_"


@dataclass(frozen=True, slots=True)
class Cookies:
    """How this installation gives and takes its cookies."""

    secure: bool = True
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Cookies:
        """Take from the settings whether there is TLS, and whose pages are trusted."""
        own = {settings.public_url} - {None}
        return cls(settings.over_tls, frozenset({*settings.trusted_origins, *own}))  # type: ignore[arg-type]

    def presented(self, headers: Mapping[str, str]) -> str | None:
        """Take what a request says who it is by: its Authorization, or else the cookie.

        What a page has to set itself is proof that it is no other site's form; only the cookie
        asks where it comes from.
        """
        if (authorization := headers.get("authorization")) is not None:
            return authorization
        token = self.sent(headers, SESSION)
        if token is None or not token.startswith(OF_SESSIONS):
            return None
        self.check_origin(headers)
        return f"Bearer {token}"

    def check_origin(self, headers: Mapping[str, str]) -> None:
        """Refuse a page that is not ours; where nothing says which page it is, it is not."""
        origin = headers.get("origin")
        if origin is None and headers.get("sec-fetch-site") == "same-origin":
            return
        scheme = "https" if self.secure else "http"
        if origin not in {f"{scheme}://{headers.get('host', '')}", *self.origins}:
            raise Failure(
                403,
                "CSRF_REFUSED",
                "Cookies are taken from our own pages only. Send the request from one of them,"
                " or with a bearer token.",
                "仅接受本站页面携带的 Cookie,请从本站页面发送请求,或改用令牌。",
            )

    def shared_with(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Let a page of a trusted origin read the answer, cookies included."""
        origin = headers.get("origin")
        if origin is None or origin not in self.origins:
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-allow-credentials": "true",
            "access-control-allow-methods": "POST, DELETE, OPTIONS",
            "access-control-allow-headers": (
                "authorization, content-type, peiyuan-denials, x-request-id"
            ),
            "access-control-expose-headers": "x-request-id",
            "vary": "origin",
        }

    def sent(self, headers: Mapping[str, str], name: str) -> str | None:
        """Take a cookie of ours out of a request."""
        for pair in headers.get("cookie", "").split(";"):
            called, equals, value = pair.strip().partition("=")
            if equals and called == self._named(name):
                return value
        return None

    def given(self, name: str, value: str, *, seconds: int | None = None) -> str:
        """Write a cookie; without `seconds` it is gone when the browser is closed."""
        age = "" if seconds is None else f"; Max-Age={seconds}"
        secure = "; Secure" if self.secure else ""
        return f"{self._named(name)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"

    def taken(self, name: str) -> str:
        """Have the browser forget a cookie."""
        return self.given(name, "", seconds=0)

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name
