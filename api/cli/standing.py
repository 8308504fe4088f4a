"""An installation from its settings: database up and migrated, keys read, connections open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from api.graphql.schema import catalogue
from domain.models import metadata
from domain.privacy.keyring import Keyring
from runtime.auditors import AuditorReader
from runtime.bring_up import bring_up, connected
from runtime.database import Writer
from runtime.hot import remember, remembered
from runtime.installation import Installation
from runtime.keys import keys_of, prove_root
from runtime.listening import listening
from runtime.progress import silent
from runtime.reader import Reader
from runtime.sequencing import sequencing
from runtime.settings import Pooler
from runtime.tombstones import burying

if TYPE_CHECKING:
    from runtime.progress import Tell
    from runtime.settings import Settings


@asynccontextmanager
async def standing(
    settings: Settings, *, tell: Tell = silent, as_owner: bool = False, hears: bool = False
) -> AsyncIterator[Installation]:
    """Bring everything up that requests and commands lean on, and take it down in order.

    `as_owner` is for imports that need temporary tables; nothing is served that way. Who serves
    `hears` of policies that move, except behind a pooler, which passes nothing on; erases again
    whom an older copy of the data has brought back, before anybody is answered; and sequences the
    trail beside the requests.
    """
    async with (
        keys_of(settings) as provider,
        bring_up(settings, metadata, tell=tell) as addresses,
    ):
        keyring = Keyring(provider, settings.key_wait)
        async with connected(addresses.owner) as connection:
            await prove_root(keyring, connection)
        writer = Writer.open(
            addresses.owner if as_owner else addresses.app,
            connections=settings.writer_connections,
            wait=settings.connection_wait,
            pooler=settings.pooler,
        )
        reader = await Reader.open(
            addresses.reader,
            connections=settings.reader_connections,
            wait=settings.connection_wait,
            pooler=settings.pooler,
        )
        auditors = AuditorReader.open(
            addresses.auditor, wait=settings.connection_wait, pooler=settings.pooler
        )
        try:
            if settings.pooler is Pooler.NONE:
                await reader.plan(remembered(settings.data_dir))
            installation = Installation(
                settings=settings,
                writer=writer,
                reader=reader,
                auditors=auditors,
                keyring=keyring,
                catalogue=catalogue(),
            )
            async with AsyncExitStack() as stack:
                if hears and settings.pooler is Pooler.NONE:
                    await stack.enter_async_context(listening(installation, addresses.reader))
                if hears:
                    await stack.enter_async_context(burying(installation))
                    await stack.enter_async_context(sequencing(installation))
                yield installation
            await installation.beside.finished()
            await keyring.finished()
        finally:
            if reader.asked:
                remember(settings.data_dir, reader.asked)
            await auditors.close()
            await reader.close()
            await writer.close()
