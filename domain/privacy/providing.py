"""Whoever holds the root key, and the two ways in which it fails to give a key back."""

from __future__ import annotations

from typing import Protocol

from domain.kernel.errors import Refusal


class KeyProvider(Protocol):
    """Whoever holds the root key: a file, an environment, a key management service."""

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a key under the root, bound to a context."""
        ...

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap what `wrap` made, for the same context only."""
        ...


class NotUnwrapped(Exception):
    """A wrapped key does not open: changed, or wrapped by another root, or for another use."""


class OutOfReach(Exception):
    """The provider does not answer, or not now; what is wrapped may be as good as ever."""


class KmsUnavailable(Refusal):
    """The key that this needs cannot be had from the key provider at present."""

    en = (
        "The key management service does not give the key out, so nothing was sealed or opened."
        " Repeat the same request in a minute; if it lasts, tell your operator."
    )
    zh = "密钥管理服务暂不可用,未加密或解密任何内容。请一分钟后原样重试;如仍失败,请联系运维人员。"
