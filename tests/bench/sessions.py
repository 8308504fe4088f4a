"""The look-up of whoever asks, as our server does it: HMAC of the token, and what it stands for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from domain.access.tokens import PEPPER, digest, well_formed
from domain.privacy.container import Key
from domain.privacy.keyring import Keyring
from runtime.database import Writer
from runtime.keys import FileKeys
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks, as far as a handler written by hand needs to know."""

    group: UUID
    token: UUID
    principal: UUID
    tenant: UUID
    person: UUID | None


class Sessions:
    """Every living token of the group by its digest, and the group's key."""

    def __init__(self, pepper: bytes, known: dict[bytes, Session], key: Key) -> None:
        self.pepper, self.known, self.key = pepper, known, key

    @classmethod
    async def read(cls, writer_dsn: str, group: UUID) -> Sessions:
        """Read the sessions once."""
        keyring = Keyring(FileKeys.open(Settings.read()))
        writer = Writer.open(writer_dsn, connections=1)
        async with writer.transaction(group, (), read_only=True) as session:
            pepper = await keyring.of_system(session, PEPPER)
            key = await keyring.of_group(session, group)
        await writer.close()
        connection = await asyncpg.connect(writer_dsn)
        await connection.execute(f"SET app.group_id = '{group}'")
        rows = await connection.fetch(
            "SELECT d.digest, k.id, k.principal_id, p.tenant_id, p.person_id "
            "FROM token_digest d JOIN token k ON k.group_id = d.group_id AND k.id = d.token_id "
            "JOIN principal p ON p.group_id = k.group_id AND p.id = k.principal_id "
            "WHERE d.group_id = $1",
            group,
        )
        await connection.close()
        known = {
            row["digest"]: Session(
                group, row["id"], row["principal_id"], row["tenant_id"], row["person_id"]
            )
            for row in rows
        }
        return cls(pepper, known, key)

    def of(self, headers: list[tuple[bytes, bytes]]) -> Session:
        """Find out who asks."""
        for name, value in headers:
            if name == b"authorization":
                token = value.decode("latin-1").removeprefix("Bearer ")
                if well_formed(token):
                    return self.known[digest(self.pepper, token)]
        raise PermissionError


def environment(name: str) -> str:
    """A setting that the rig hands down."""
    return os.environ[f"BENCH_{name}"]
