"""What goes over the wire: statuses, media types, and an error body for every failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from starlette.types import Send

RESPONSE: Final = "application/graphql-response+json"
LEGACY: Final = "application/json"
ALWAYS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
"""Headers of every answer."""


class Failure(Exception):
    """The request fails before it is an operation: a status, a code, and what to do."""

    def __init__(
        self, status: int, code: str, en: str, zh: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.code, self.en, self.zh = status, code, en, zh
        self.headers = dict(headers or {})
        super().__init__(en)

    def body(self, locale: str, request_id: str) -> bytes:
        """Write the failure as a GraphQL error."""
        message = self.zh if locale.startswith("zh") else self.en
        extensions = {"code": self.code, "requestId": request_id}
        return orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})


@dataclass(slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    media_type: str | None = RESPONSE
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = field(default=(), repr=False)

    async def send(self, send: Send) -> None:
        """Send it whole."""
        raw = [*ALWAYS, (b"content-length", b"%d" % len(self.body))]
        if self.media_type is not None:
            raw.append((b"content-type", f"{self.media_type}; charset=utf-8".encode("latin-1")))
        for name, value in self.headers.items():
            raw.append((name.encode("latin-1"), value.encode("latin-1")))
        raw += [(b"set-cookie", cookie.encode("latin-1")) for cookie in self.cookies]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


def bad_request(en: str, zh: str) -> Failure:
    """The request is not a GraphQL request at all."""
    return Failure(400, "BAD_USER_INPUT", en, zh)
