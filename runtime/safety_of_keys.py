"""What a provider of the root key must be told, and what it must not."""

from base64 import b64decode
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from runtime.refused import Problem

if TYPE_CHECKING:
    from runtime.settings import Settings

LENGTH: Final = 32  # bytes: AES-256
FEWEST: Final = 16  # different bytes: of 32 that were drawn by chance, there are always more
MAKE: Final = "make one with `openssl rand -base64 32`"


def root_of(settings: "Settings", place: str | None = None) -> Iterator[Problem]:
    """Everything that is wrong with how the settings lead to the root key in a place."""
    match place or settings.key_provider.value:
        case "env":
            yield from _in_environment(settings.root_key)
        case "vault":
            yield from _in_vault(settings)


def _in_environment(root_key: str | None) -> Iterator[Problem]:
    """A weak root is refused everywhere: what it has sealed once cannot be unsealed by advice."""
    if root_key is None:
        yield Problem("PEIYUAN_ROOT_KEY", "is missing beside PEIYUAN_KEY_PROVIDER=env", MAKE)
        return
    try:
        root = b64decode(root_key, validate=True)
    except ValueError:
        yield Problem("PEIYUAN_ROOT_KEY", "is not base64", MAKE)
        return
    if len(root) != LENGTH:
        wrong = f"holds {len(root)} bytes, and a key has {LENGTH}"
        yield Problem("PEIYUAN_ROOT_KEY", wrong, MAKE)
    elif len(set(root)) < FEWEST or root.isascii():
        yield Problem("PEIYUAN_ROOT_KEY", "was not drawn by chance", MAKE)


def _in_vault(settings: "Settings") -> Iterator[Problem]:
    if settings.vault_url is None:
        remedy = "name its address, such as https://vault.internal:8200"
        yield Problem("PEIYUAN_VAULT_URL", "is missing beside PEIYUAN_KEY_PROVIDER=vault", remedy)
    elif settings.production and urlsplit(settings.vault_url).scheme != "https":
        remedy = "name it with https (and PEIYUAN_VAULT_CA where its authority is your own)"
        yield Problem("PEIYUAN_VAULT_URL", "reaches Vault without TLS", remedy)
    if (settings.vault_token is None) == (settings.vault_token_file is None):
        remedy = "set one of PEIYUAN_VAULT_TOKEN and PEIYUAN_VAULT_TOKEN_FILE"
        yield Problem("PEIYUAN_VAULT_TOKEN", "is missing, or there are two", remedy)
    for name in ("vault_token_file", "vault_ca"):
        if (file := getattr(settings, name)) is not None and not file.is_file():
            yield Problem(f"PEIYUAN_{name.upper()}", f"names no file ({file})", "correct the path")
