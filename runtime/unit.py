"""The one door to writing: a transaction, an actor, an instant; committed here and nowhere else."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import select

from authz.actor import Scope
from domain.access.founder import INSTALLATION
from domain.access.models import PolicyHead, Token
from domain.access.policy import raise_policy_head
from domain.access.visibility import visible
from domain.kernel.work import Work
from domain.learning import close_for_leavers
from domain.organisation.models import Tenant
from domain.people.models import Person
from domain.privacy.sealing import sealing_flush

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.actor import Actor

    from .installation import Installation, Judged


assert close_for_leavers, "consequences are heard by being imported"


class StaleActor(Exception):
    """Policy or token have changed since the actor was made: identify again and repeat."""


class DryRun(Exception):
    """Everything was done as if, and is now undone."""


@asynccontextmanager
async def perform(
    installation: Installation,
    actor: Actor,
    *,
    now: datetime | None = None,
    request_id: str | None = None,
    entropy: Callable[[], bytes] | None = None,
) -> AsyncIterator[Work]:
    """Open a unit of work for an actor; commit on a clean end, and only then.

    The transaction begins with the actor's group and write tenants bound, then makes sure that
    policy and token are still what the actor was made from: a revocation holds for writes too.
    """
    tenants = None if actor.scope is Scope.WHOLE else actor.tenants
    async with installation.writer.transaction(actor.group_id, tenants) as session:
        judged = await _judged(installation, actor, session, now or installation.clock())
        work = Work(
            actor=actor,
            now=now or installation.clock(),
            session=session,
            judge=judged.judge,
            visible=visible,
            flush_rows=sealing_flush(installation.keyring),
            person=Person,
            time_zone=await _time_zone(session, actor),
            request_id=request_id,
            entropy=entropy,
        )
        yield work
        await work.settle()
        if work.policy_moved:
            await raise_policy_head(work)


async def _judged(
    installation: Installation, actor: Actor, session: AsyncSession, now: datetime
) -> Judged:
    if actor.principal_id == INSTALLATION:
        return installation.founding
    head, live = await _freshness(session, actor, now)
    if not live or head != actor.policy_version:
        raise StaleActor
    return await installation.policy_of(actor.group_id, version=head)


async def _freshness(session: AsyncSession, actor: Actor, now: datetime) -> tuple[int | None, bool]:
    head = await session.scalar(
        select(PolicyHead.version).where(PolicyHead.group_id == actor.group_id)
    )
    if actor.token_id is None:
        return head, True
    live = await session.scalar(
        select(Token.revoked_at.is_(None) & (Token.expires_at > now)).where(
            Token.group_id == actor.group_id, Token.id == actor.token_id
        )
    )
    return head, live is True


async def _time_zone(session: AsyncSession, actor: Actor) -> str:
    zone = await session.scalar(
        select(Tenant.time_zone).where(
            Tenant.group_id == actor.group_id, Tenant.id == actor.tenant_id
        )
    )
    return zone or "Asia/Shanghai"
