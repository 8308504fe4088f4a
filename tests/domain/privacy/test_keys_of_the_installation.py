"""Keys of the installation: each is random, kept wrapped, and the same whoever asks again."""

from __future__ import annotations

from uuid import uuid4

from domain.privacy.keyring import Keyring
from runtime.sessions import BEFORE_ANY_GROUP


async def key_of(installation, name, keyring=None):
    async with installation.writer.transaction(BEFORE_ANY_GROUP, ()) as session:
        return await (keyring or installation.keyring).of_system(session, name)


async def test_each_key_is_its_own_and_none_is_of_zeros(installation):
    keys = [await key_of(installation, str(uuid4())) for _ in range(20)]

    assert len(set(keys)) == 20
    assert all(len(one) == 32 and any(one) for one in keys)


async def test_another_process_finds_the_same_key(installation):
    name = str(uuid4())
    first = await key_of(installation, name)

    other = Keyring(installation.keyring.provider)

    assert await key_of(installation, name, other) == first
