"""Cursors: a place in one list, sealed, so that it tells nothing and fits nowhere else.

The authenticated context holds group, list (type, order, filter and search), tenant and the mask's
fingerprint: a cursor of another list or of another actor's view does not open.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .refusals import BadCursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from authz.actor import Actor

NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals and opens cursors under the installation's key."""

    cipher: AESGCM

    @classmethod
    def under(cls, key: bytes) -> Cursors:
        """Take the installation's cursor key."""
        return cls(AESGCM(key))

    def seal(self, values: bytes, *, of: str, actor: Actor) -> str:
        """Seal the order values of a row (a JSON list whose last item is its id)."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self.cipher.encrypt(nonce, values, _context(of, actor))
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(
        self, cursor: str, *, of: str, actor: Actor, argument: str = "after"
    ) -> list[str | None]:
        """Open a cursor that this list made for this view, as texts, or refuse it."""
        try:
            raw = base64.b64decode(
                cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
            values = self.cipher.decrypt(raw[:NONCE], raw[NONCE:], _context(of, actor))
        except (ValueError, InvalidTag):
            raise BadCursor(argument) from None
        keys: list[str | None] = orjson.loads(values)
        return keys


def list_named(name: str, arguments: Mapping[str, Any]) -> str:
    """Name a list as it was asked for: a cursor holds under its filter and its search alone."""
    narrowed = [arguments.get("filter"), arguments.get("search")]
    if narrowed == [None, None]:
        return name
    told = orjson.dumps(narrowed, default=str, option=orjson.OPT_SORT_KEYS)
    return f"{name}|{blake2b(told, digest_size=16).hexdigest()}"


def _context(of: str, actor: Actor) -> bytes:
    view = f"{actor.group_id}|{of}|{actor.tenant_id}|{actor.mask.fingerprint}"
    return view.encode()
