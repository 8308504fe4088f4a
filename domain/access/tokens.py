"""The format of a token: a published prefix, 42 characters, and a checksum that fails offline.

`pei<kind>_` and 36 base-62 digits of chance (214 bits) and 6 of their CRC-32. Only a keyed digest
of it is kept (HMAC-SHA-256 under the installation's pepper); the token itself is shown once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from enum import Enum
from typing import Final

DIGITS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHANCE, CHECK = 36, 6
PEPPER: Final = "token pepper"  # the name of the key under which digests are made
PUBLISHED: Final = r"\bpei(pat|svc|ven|ses|rft|brk)_[0-9A-Za-z]{42}\b"
TOKEN: Final = re.compile(PUBLISHED, re.ASCII)  # as scanners look for it, anywhere in a text


class TokenKind(Enum):
    """Who a token is for; the value is its prefix."""

    PERSON = "pat"
    SERVICE = "svc"
    VENDOR = "ven"
    SESSION = "ses"


def mint(kind: TokenKind) -> str:
    """Make a new token."""
    body = "".join(secrets.choice(DIGITS) for _ in range(CHANCE))
    return f"pei{kind.value}_{body}{_checksum(kind.value, body)}"


def well_formed(text: str) -> bool:
    """Say whether a text can be a token at all, without asking anyone."""
    if not TOKEN.fullmatch(text):
        return False
    kind, body, check = text[3:6], text[7 : 7 + CHANCE], text[-CHECK:]
    return hmac.compare_digest(_checksum(kind, body), check)


def digest(pepper: bytes, token: str) -> bytes:
    """What is kept of a token."""
    return hmac.digest(pepper, token.encode(), hashlib.sha256)


def _checksum(kind: str, body: str) -> str:
    number = zlib.crc32(f"{kind}_{body}".encode())
    digits = ""
    for _ in range(CHECK):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
