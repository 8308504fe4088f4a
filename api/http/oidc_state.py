"""What a browser carries from here to its provider and back: sealed, for ten minutes, no row."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from dataclasses import asdict, dataclass, field
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE: Final = 12
CONTEXT: Final = b"peiyuan sign-in state"
SECONDS: Final = 600


class StateUnfit(Exception):
    """The browser that comes back is not the one that was sent, or came too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One way to a provider: through which group's, until when, and back to which page."""

    provider: str
    group: str
    until: float
    to: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def sealed(self, key: bytes) -> str:
        """Seal it, so that the browser can neither read nor change it."""
        nonce = os.urandom(NONCE)
        body = AESGCM(key).encrypt(nonce, orjson.dumps(asdict(self)), CONTEXT)
        return base64.urlsafe_b64encode(nonce + body).rstrip(b"=").decode()


def opened(key: bytes, sent: str | None, *, state: str, provider: str, now: float) -> State:
    """Open what the browser brought, and hold it against what the provider sent along."""
    try:
        raw = base64.b64decode((sent or "").encode("ascii") + b"==", altchars=b"-_", validate=False)
        held = State(**orjson.loads(AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], CONTEXT)))
    except (ValueError, InvalidTag):
        raise StateUnfit from None
    same = hmac.compare_digest(held.state.encode(), state.encode())
    if not same or held.provider != provider or held.until <= now:
        raise StateUnfit
    return held
