"""A root key that this process itself holds: what `file` and `env` have in common."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag

from domain.privacy.providing import NotUnwrapped

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LENGTH: Final = 32  # bytes: AES-256
NONCE: Final = 12
FORMAT: Final = b"\x01"


class RootKeys:
    """Wraps keys under a root in memory. Its `repr` shows nothing of it."""

    __slots__ = ("cipher",)

    def __init__(self, cipher: AESGCM) -> None:
        self.cipher = cipher

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a key under the root, bound to a context."""
        nonce = os.urandom(NONCE)
        return FORMAT + nonce + self.cipher.encrypt(nonce, key, FORMAT + context)

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap what `wrap` made, for the same context only."""
        nonce, sealed = wrapped[1 : 1 + NONCE], wrapped[1 + NONCE :]
        try:
            return self.cipher.decrypt(nonce, sealed, wrapped[:1] + context)
        except (InvalidTag, ValueError):
            message = "a wrapped key does not open under this root"
            raise NotUnwrapped(message) from None
