"""Checkpoints as signed notes (C2SP: signed-note, tlog-checkpoint), signed by Ed25519.

The lines of a checkpoint are the origin, the size, the root, and when it was signed.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .canonical import instant

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

SIGNING: Final = "audit signing"
"""The key of the installation that signs, by its name in the ring."""
ED25519: Final = b"\x01"  # how signed notes number the algorithm


def origin_of(group_id: UUID) -> str:
    """Name the log of a group, which is the name of its key as well."""
    return f"peiyuan.audit/{group_id}"


def checkpoint(origin: str, size: int, root: bytes, at: datetime) -> str:
    """Write what is signed of a tree."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\ntime {instant(at)}\n"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for the log of a group."""

    name: str
    key: Ed25519PrivateKey

    @classmethod
    def of(cls, group_id: UUID, seed: bytes) -> Signer:
        """Make the signer of a group out of the installation's seed."""
        return cls(origin_of(group_id), Ed25519PrivateKey.from_private_bytes(seed))

    def signed(self, text: str) -> str:
        """Write a text with the signature under it."""
        signature = self._id() + self.key.sign(text.encode())
        return f"{text}\n\u2014 {self.name} {b64encode(signature).decode()}\n"

    def verifier(self) -> str:
        """Write the public key as signed notes do: name, id, algorithm and key."""
        public = b64encode(ED25519 + self._public()).decode()
        return f"{self.name}+{self._id().hex()}+{public}"

    def _id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self._public()).digest()[:4]

    def _public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()
