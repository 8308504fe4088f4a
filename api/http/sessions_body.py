"""What is sent to the door: one small JSON object, with the fields that were asked for and no more.

Nothing of what was sent is ever said back: it may be a password in the wrong place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from .answers import bad_request
from .bodies import read_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive

LARGEST: Final = 16_384  # bytes
WORDS: Final = {str: ("a text", "文本"), bool: ("true or false", "true 或 false")}


async def read_fields(
    receive: Receive, headers: Mapping[str, str], needed: Mapping[str, type], **may: type
) -> dict[str, Any]:
    """Read the body as an object with just these fields, each of its type."""
    body = await read_body(receive, headers)
    if len(body) > LARGEST:
        raise bad_request("The body is too long for what is asked.", "请求体过长。")
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        sent = None
    if not isinstance(sent, dict):
        raise bad_request(
            "The body must be a JSON object in UTF-8.", "请求体应为 UTF-8 编码的 JSON 对象。"
        )
    kinds = {**needed, **may}
    if unknown := sent.keys() - kinds.keys():
        raise bad_request(
            f"Send {_listed(kinds)} and nothing else; {len(unknown)} other fields were sent.",
            f"请仅发送 {_listed(kinds)},另有 {len(unknown)} 个未知字段。",
        )
    for name, kind in kinds.items():
        if (name in needed or sent.get(name) is not None) and not isinstance(sent.get(name), kind):
            wanted, wanted_zh = WORDS[kind]
            raise bad_request(f"`{name}` must be {wanted}.", f"{name} 应为{wanted_zh}。")
    return sent


def _listed(kinds: Mapping[str, type]) -> str:
    return ", ".join(f"`{name}`" for name in kinds)
