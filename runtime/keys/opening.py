"""The key provider that the settings name, and what it must prove before anything is served."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from domain.privacy.providing import KmsUnavailable, NotUnwrapped, OutOfReach
from runtime.refused import StartRefused
from runtime.settings import KeyPlace

from .env import EnvKeys
from .file import FileKeys
from .vault import VaultKeys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Connection

    from domain.privacy.keyring import Keyring
    from domain.privacy.providing import KeyProvider
    from runtime.settings import Settings

HERE: Final = b"proof|here"
THERE: Final = b"proof|there"


@asynccontextmanager
async def keys_of(settings: Settings, place: KeyPlace | None = None) -> AsyncIterator[KeyProvider]:
    """Open the provider that the settings name, or another of theirs."""
    match place or settings.key_provider:
        case KeyPlace.FILE:
            yield FileKeys.open(settings)
        case KeyPlace.ENV:
            yield EnvKeys.open(settings)
        case KeyPlace.VAULT:
            async with VaultKeys.open(settings) as keys:
                yield keys


async def prove_root(keyring: Keyring, connection: Connection) -> None:
    """Refuse to start with a provider that is down, binds nothing, or has another root.

    Without the keys of the installation no token could be told from another: there would be nobody
    to serve. They are kept from here on, so that a provider that goes down later stops nobody.
    """
    try:
        await prove_binding(keyring.provider)
        for row in await connection.fetch("select name, wrapped from system_key"):
            await keyring.learn(row["name"], row["wrapped"])
    except (KmsUnavailable, NotUnwrapped, OutOfReach, TimeoutError) as error:
        raise StartRefused(_word_for(error.__cause__ or error)) from error


def _word_for(failure: BaseException) -> str:
    if isinstance(failure, NotUnwrapped):
        return (
            "this database was sealed under another root key than the one found here: bring that"
            " one back (PEIYUAN_KEY_PROVIDER, PEIYUAN_KEY_FILE), or move the keys to this one"
        )
    return (
        f"the key provider does not serve ({failure}). Without it nothing can be opened, nor"
        " anybody recognised: mend that, and start again"
    )


async def prove_binding(keys: KeyProvider) -> None:
    """Wrap a key that seals nothing: it must open in its own context, and in no other."""
    sample = os.urandom(32)
    wrapped = await keys.wrap(sample, HERE)
    if await keys.unwrap(wrapped, HERE) != sample:
        raise StartRefused("the key provider gives back other keys than were wrapped: mend it")
    try:
        await keys.unwrap(wrapped, THERE)
    except NotUnwrapped:
        return
    raise StartRefused(
        "the key provider binds keys to no context: make the Transit key with derived=true"
    )
