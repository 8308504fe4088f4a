"""The ciphers that seal: AES-256-GCM, and SM4-GCM for a group that must use its country's own.

Which of the two a key is for follows from its length, and each blob names it in a header that is
authenticated: a key never opens what was sealed with the other cipher.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Protocol, TypeAlias, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

TAG: Final = 16
Bytes: TypeAlias = bytes | bytearray


class Algorithm(Enum):
    """What seals the data of a group."""

    AES_256_GCM = "AES_256_GCM"
    SM4_GCM = "SM4_GCM"


NUMBERS: Final = {Algorithm.AES_256_GCM: 0x01, Algorithm.SM4_GCM: 0x02}
"""The byte by which a blob names its cipher."""
LENGTHS: Final = {Algorithm.AES_256_GCM: 32, Algorithm.SM4_GCM: 16}
"""The bytes of a key."""
_OF_LENGTH: Final = {length: algorithm for algorithm, length in LENGTHS.items()}


class Authenticated(Protocol):
    """A cipher under one key: the tag stands behind the ciphertext."""

    def encrypt(self, nonce: bytes, data: Bytes, associated_data: bytes) -> bytes:
        """Encrypt, and vouch for both data and context."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Decrypt what fits its context; anything else is `InvalidTag`."""
        ...


class SM4GCM:
    """SM4 in Galois/Counter Mode (GB/T 32907, RFC 8998), in the manner of `AESGCM`."""

    __slots__ = ("_block",)

    def __init__(self, secret: Bytes) -> None:
        self._block = SM4(cast("bytes", secret))  # it takes any buffer, and copies none

    def encrypt(self, nonce: bytes, data: Bytes, associated_data: bytes) -> bytes:
        """Encrypt, and vouch for both data and context."""
        running = Cipher(self._block, GCM(nonce)).encryptor()
        running.authenticate_additional_data(associated_data)
        return running.update(data) + running.finalize() + running.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Decrypt what fits its context; anything else is `InvalidTag`."""
        if len(data) < TAG:
            raise InvalidTag
        running = Cipher(self._block, GCM(nonce, data[-TAG:])).decryptor()
        running.authenticate_additional_data(associated_data)
        return running.update(data[:-TAG]) + running.finalize()


def algorithm_of(secret: Bytes) -> Algorithm:
    """Say what a key is for: its length tells."""
    found = _OF_LENGTH.get(len(secret))
    if found is None:
        message = f"a key has {' or '.join(map(str, _OF_LENGTH))} bytes, not {len(secret)}"
        raise ValueError(message)
    return found


def cipher_of(secret: Bytes) -> Authenticated:
    """Make the cipher of a key."""
    return AESGCM(secret) if algorithm_of(secret) is Algorithm.AES_256_GCM else SM4GCM(secret)
