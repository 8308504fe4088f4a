"""The one door to writing: a transaction, an actor, an instant; committed here and nowhere else."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from authz.actor import PrincipalKind, Scope
from domain.access import follow_moves
from domain.access.founder import INSTALLATION
from domain.access.head import raise_policy_head
from domain.access.relations import relate
from domain.access.visibility import visible
from domain.kernel.errors import Forbidden
from domain.kernel.store import Store
from domain.kernel.work import Work
from domain.learning import close_for_leavers
from domain.people import follow_corrections
from domain.people.models import Person
from domain.privacy.sealing import sealing_flush

from .database import driver_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from asyncpg import Record
    from sqlalchemy.ext.asyncio import AsyncConnection

    from authz.actor import Actor
    from authz.shelf import Judged

    from .installation import Installation


assert close_for_leavers, "consequences are heard by being imported"
assert follow_corrections, "consequences are heard by being imported"
assert follow_moves, "consequences are heard by being imported"

STANDING: Final = """
SELECT (SELECT h.version FROM policy_head h WHERE h.group_id = $1) AS head,
  (SELECT k.revoked_at IS NULL AND k.expires_at > $2 FROM token k
   WHERE k.group_id = $1 AND k.id = $3) AS live,
  (SELECT t.time_zone FROM tenant t WHERE t.group_id = $1 AND t.id = $4) AS zone
"""


class StaleActor(Exception):
    """Policy or token have changed since the actor was made: identify again and repeat."""


class AuditorsOnlyRead(Forbidden):
    """An auditor changes nothing, whatever their roles allow."""

    en = "Auditors only read. Have somebody else of the group do this."
    zh = "审计人员只能读取,请由集团其他人员执行此操作。"


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
    reading: bool = False,
) -> AsyncIterator[Work]:
    """Open a unit of work for an actor; commit on a clean end, and only then.

    The transaction begins with the actor's group and write tenants bound, then makes sure that
    policy and token are still what the actor was made from: a revocation holds for writes too.
    A `reading` work looks things up and writes nothing; an auditor has no other.
    """
    refuse_auditors(actor, reading=reading)
    async with _transaction(installation, actor, reading=reading) as connection:
        now = now or installation.clock()
        store = Store(connection, driver_of(connection), actor.group_id)
        standing = await _standing(store, actor, now)
        judged = await _judged(installation, actor, standing, store, now)
        work = Work(
            actor=actor,
            now=now,
            store=store,
            judge=judged.judge,
            visible=partial(visible, now=now),
            relate=relate,
            flush_rows=sealing_flush(installation.keyring),
            person=Person,
            time_zone=standing["zone"] or "Asia/Shanghai",
            request_id=request_id,
            entropy=entropy,
        )
        yield work
        await work.settle()
        if work.policy_moved:
            await raise_policy_head(work)


def refuse_auditors(actor: Actor, *, reading: bool) -> None:
    """Refuse an auditor whatever is more than reading."""
    if actor.kind is PrincipalKind.AUDITOR and not reading:
        raise AuditorsOnlyRead


def _transaction(
    installation: Installation, actor: Actor, *, reading: bool
) -> AbstractAsyncContextManager[AsyncConnection]:
    """Open the transaction of a work; the one of an auditor is of a role that cannot write."""
    if actor.kind is PrincipalKind.AUDITOR:
        return installation.auditors.begun(actor.group_id)
    tenants = () if reading else None if actor.scope is Scope.WHOLE else actor.tenants
    return installation.writer.begun(actor.group_id, tenants, read_only=reading)


async def _standing(store: Store, actor: Actor, now: datetime) -> Record:
    """Look up how things stand with an actor: policy, token and time zone, in one statement."""
    found = await store.driver.fetchrow(
        STANDING, actor.group_id, now, actor.token_id, actor.tenant_id
    )
    assert found is not None, "a row of values is always there"
    return found


async def _judged(
    installation: Installation,
    actor: Actor,
    standing: Record,
    store: Store,
    now: datetime,
) -> Judged:
    """Take the policy by which the actor was made; where it is no longer that, they are stale."""
    if actor.principal_id == INSTALLATION:
        return installation.founding
    live = actor.token_id is None or standing["live"]
    if not live or standing["head"] != actor.policy_version or not actor.of_today(now):
        raise StaleActor
    judged = await installation.policy_of(
        actor.group_id, version=actor.policy_version, session=store.session
    )
    if (judged.version, judged.until) != (actor.policy_version, actor.policy_until):
        raise StaleActor
    return judged
