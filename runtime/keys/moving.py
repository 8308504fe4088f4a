"""Wrapped keys move from one root to another; what they have sealed is not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.privacy.ciphers import Algorithm
from domain.privacy.container import Tampered
from domain.privacy.held import Wrapped, context_of
from domain.privacy.providing import NotUnwrapped, OutOfReach
from runtime.refused import StartRefused

from .opening import prove_binding
from .vault import VaultKeys

if TYPE_CHECKING:
    from asyncpg import Connection, Record

    from domain.privacy.providing import KeyProvider

GROUPS: Final = "select group_id, id, kid, algorithm, wrapped, proof from group_key order by id"


async def move_keys(connection: Connection, before: KeyProvider, after: KeyProvider) -> int:
    """Wrap every key of groups and installation anew, all of them or none; say how many.

    The wall is down for the owner meanwhile, and both tables are locked: nobody makes a key that
    would stay behind.
    """
    try:
        await prove_binding(after)
        async with connection.transaction():
            await connection.execute("lock table system_key in exclusive mode")
            await connection.execute("alter table group_key no force row level security")
            moved = await _move_system(connection, before, after)
            moved += await _move_groups(connection, before, after)
            await connection.execute("alter table group_key force row level security")
    except (NotUnwrapped, OutOfReach, Tampered, ValueError) as failure:
        raise StartRefused(f"no key was moved: {failure}") from failure
    return moved


async def _move_system(connection: Connection, before: KeyProvider, after: KeyProvider) -> int:
    rows = await connection.fetch("select name, wrapped from system_key order by name")
    for row in rows:
        wrapped = await _moved(before, after, row["wrapped"], row["name"].encode())
        await connection.execute(
            "update system_key set wrapped = $2 where name = $1", row["name"], wrapped
        )
    return len(rows)


async def _move_groups(connection: Connection, before: KeyProvider, after: KeyProvider) -> int:
    rows = await connection.fetch(GROUPS)
    for row in rows:
        held = _held(row)
        context = context_of(held.group_id, held.kid)
        wrapped = await _moved(before, after, held.blob, context)
        held.opened(await after.unwrap(wrapped, context))  # it still is the key of the group
        await connection.execute(
            "update group_key set wrapped = $3 where group_id = $1 and id = $2",
            row["group_id"],
            row["id"],
            wrapped,
        )
    return len(rows)


def _held(row: Record) -> Wrapped:
    return Wrapped(
        row["group_id"], row["kid"], Algorithm(row["algorithm"]), row["wrapped"], row["proof"]
    )


async def _moved(before: KeyProvider, after: KeyProvider, wrapped: bytes, context: bytes) -> bytes:
    """Wrap a key under another root; one that stays in Vault is given Vault's newest version."""
    if isinstance(before, VaultKeys) and isinstance(after, VaultKeys):
        return await after.rewrap(wrapped, context)
    return await after.wrap(await before.unwrap(wrapped, context), context)
