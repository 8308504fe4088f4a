"""The stored form of a PostgreSQL password, so that the password itself never stands in SQL."""

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import Final

ITERATIONS: Final = 4096  # PostgreSQL's own; our passwords are 256 random bits, not words


def verifier(password: str, *, salt: bytes | None = None) -> str:
    """Compute the SCRAM-SHA-256 verifier (RFC 5803) of a password in ASCII."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(value: bytes) -> str:
    return b64encode(value).decode("ascii")
