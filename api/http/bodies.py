"""The body of a request: read within its limit, and understood as one GraphQL request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from .answers import Failure, bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive

LARGEST: Final = 262_144  # bytes
KINDS: Final = {"variables": dict, "operationName": str, "extensions": dict}


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """Read the body; whatever is longer than the limit is not read to its end."""
    _check_type(headers.get("content-type"))
    if _announced(headers.get("content-length")) > LARGEST:
        raise _too_large()
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_request("The request broke off.", "请求中断。")
        part = message.get("body", b"")
        length += len(part)
        if length > LARGEST:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts) if parts[1:] else part


def understood(body: bytes) -> dict[str, Any]:
    """Read a body as a GraphQL request, or say what is wrong with its shape."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request(
            "The body is not JSON in UTF-8. Send an object with `query`.",
            "请求体不是 UTF-8 编码的 JSON,请发送包含 query 的对象。",
        ) from None
    if isinstance(sent, list):
        raise bad_request(
            "One request at a time: batches are not taken.", "不支持批量请求,请逐个发送。"
        )
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise bad_request(
            "The body must be an object whose `query` is a text.",
            "请求体应为对象,且 query 为文本。",
        )
    for name, kind in KINDS.items():
        if sent.get(name) is not None and not isinstance(sent[name], kind):
            wanted = "a text" if kind is str else "an object"
            raise bad_request(f"`{name}` must be {wanted}.", f"{name} 的类型不正确。")
    return sent


def _check_type(content_type: str | None) -> None:
    if content_type == "application/json":
        return
    kind, _, parameters = (content_type or "").lower().partition(";")
    charset = parameters.replace(" ", "").partition("charset=")[2].strip('"')
    if kind.strip() != "application/json" or charset not in {"", "utf-8", "utf8"}:
        raise Failure(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Send the request as `application/json` in UTF-8.",
            "请以 UTF-8 编码的 application/json 发送请求。",
        )


def _announced(length: str | None) -> int:
    return int(length) if length and length.isascii() and length.isdigit() else 0


def _too_large() -> Failure:
    return Failure(
        413,
        "CONTENT_TOO_LARGE",
        f"The request is larger than {LARGEST} bytes. Split it.",
        f"请求超过 {LARGEST} 字节,请拆分后发送。",
        {"connection": "close"},
    )
