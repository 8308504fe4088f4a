"""The root key in the environment: for a platform that hands secrets out that way."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .root import RootKeys

if TYPE_CHECKING:
    from runtime.settings import Settings


class EnvKeys(RootKeys):
    """The key provider `env`: wraps keys under the root that `PEIYUAN_ROOT_KEY` holds."""

    __slots__ = ()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Take the root key from the settings, which have refused what cannot be one."""
        return cls(AESGCM(b64decode(settings.root_key or "", validate=True)))
