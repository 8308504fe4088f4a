"""The head of a group's policy: its version, which everybody who answers is held against."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text

from authz.actor import Scope

from .models import PolicyHead

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.kernel.work import Work

CHANNEL: Final = "peiyuan_policy"
"""Where the ids of groups are told whose policy has moved. Nobody depends on hearing it."""


async def hold_head(work: Work) -> PolicyHead:
    """Lock the head until this transaction ends: of two who edit the policy, one goes first."""
    async with _beyond_own_tenants(work):
        return (
            await work.session.scalars(
                select(PolicyHead)
                .where(PolicyHead.group_id == work.actor.group_id)
                .with_for_update(key_share=True)
                .execution_options(populate_existing=True)
            )
        ).one()


async def raise_policy_head(work: Work) -> None:
    """Say that what actors may see has changed: every process asks again before it answers."""
    head = await hold_head(work)
    head.version += 1
    head.moved_at = max(work.now, head.moved_at or work.now)
    async with _beyond_own_tenants(work):
        await work.flush()
        await work.session.execute(select(func.pg_notify(CHANNEL, str(head.group_id))))


@asynccontextmanager
async def _beyond_own_tenants(work: Work) -> AsyncIterator[None]:
    """Let the head be written, which stands at the root, by whoever has changed what is below it.

    The wall would pass an actor's update of it over in silence, and what they changed would hold
    only when others happened to look. As in the opening of a transaction, literals are sent.
    """
    await work.session.execute(text("SET LOCAL app.write_tenants = '*'"))
    yield
    actor = work.actor
    own = "*" if actor.scope is Scope.WHOLE else ",".join(str(one) for one in actor.tenants)
    await work.session.execute(text(f"SET LOCAL app.write_tenants = '{own}'"))
