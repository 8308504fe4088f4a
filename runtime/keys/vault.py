"""The root key in Vault: its Transit engine wraps and unwraps, and the root never leaves it.

Each key is bound to its context by derivation: the Transit key must be made with `derived=true`,
which `prove_root` finds out at the start. So Vault's own `rewrap` goes on working.
"""

from __future__ import annotations

import ssl
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from domain.privacy.providing import NotUnwrapped, OutOfReach
from runtime.refused import StartRefused

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from runtime.settings import Settings

SPEAKS: Final = "vault:v"  # how every ciphertext of Transit begins, before the version of its key
REFUSED: Final = 400  # what was sent does not open, or not any more


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """The key provider `vault`: HashiCorp Vault's Transit engine, or whoever speaks as it does."""

    client: httpx.AsyncClient = field(repr=False)
    path: str  # the engine's mount
    name: str  # the key's
    token: str | None = field(repr=False)
    token_file: Path | None

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Make ready to ask; nothing is asked yet."""
        headers = {"x-vault-request": "true"}
        if settings.vault_namespace:
            headers["x-vault-namespace"] = settings.vault_namespace
        client = httpx.AsyncClient(
            base_url=settings.vault_url or "",
            verify=_trust(settings.vault_ca),
            timeout=settings.key_wait,
            trust_env=False,
            headers=headers,
        )
        mount, name = settings.vault_mount, settings.vault_key
        return cls(client, mount, name, settings.vault_token, settings.vault_token_file)

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.__aexit__(kind, error, trace)

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Have a key encrypted under the newest version of the root."""
        return await self._encrypted("encrypt", context, plaintext=_base64(key))

    async def rewrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Have a wrapped key encrypted under the newest version of the root; it stays in Vault."""
        return await self._encrypted("rewrap", context, ciphertext=_spoken(wrapped))

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Have a wrapped key decrypted, for the same context only."""
        given = await self._asked("decrypt", context, ciphertext=_spoken(wrapped))
        try:
            return b64decode(given["plaintext"], validate=True)
        except (KeyError, TypeError, Error, ValueError):
            message = "Vault gave back what is no key"
            raise NotUnwrapped(message) from None

    async def _encrypted(self, act: str, context: bytes, **sent: str) -> bytes:
        given = (await self._asked(act, context, **sent)).get("ciphertext")
        if not isinstance(given, str) or not given.startswith(SPEAKS) or not given.isascii():
            message = "Vault gave back what is no ciphertext"
            raise OutOfReach(message)
        return given.encode()

    async def _asked(self, act: str, context: bytes, **sent: str) -> dict[str, Any]:
        body = {**sent, "context": _base64(context)}
        try:
            answer = await self.client.post(
                f"/v1/{self.path}/{act}/{self.name}",
                json=body,
                headers={"x-vault-token": self._token()},
            )
        except (httpx.HTTPError, OSError) as error:
            message = f"Vault cannot be reached ({type(error).__name__})"
            raise OutOfReach(message) from None
        if answer.is_success:
            return _data(answer)
        why = f"Vault says {answer.status_code} to {act} ({', '.join(_errors(answer))})"
        if answer.status_code == REFUSED and act != "encrypt":
            raise NotUnwrapped(why)
        raise OutOfReach(why)

    def _token(self) -> str:
        """Read the token anew each time: Vault's agent renews the file."""
        if self.token_file is None:
            return self.token or ""
        return self.token_file.read_text().strip()


def _trust(authorities: Path | None) -> ssl.SSLContext:
    """Trust the authorities of a file, or else those of the system."""
    try:
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError) as error:
        raise StartRefused(
            f"PEIYUAN_VAULT_CA: {authorities} holds no certificates: name a file in PEM format"
        ) from error


def _data(answer: httpx.Response) -> dict[str, Any]:
    try:
        data = answer.json()["data"]
    except (ValueError, KeyError, TypeError):
        data = None
    return data if isinstance(data, dict) else {}


def _errors(answer: httpx.Response) -> list[str]:
    """What Vault says is wrong; it never repeats what it was sent."""
    try:
        return [str(one)[:200] for one in answer.json()["errors"]]
    except (ValueError, KeyError, TypeError):
        return []


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _spoken(wrapped: bytes) -> str:
    if not wrapped.startswith(SPEAKS.encode()) or not wrapped.isascii():
        message = "this key was not wrapped by Vault"
        raise NotUnwrapped(message)
    return wrapped.decode()
