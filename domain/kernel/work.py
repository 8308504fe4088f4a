"""One actor, one instant, one transaction: everything a use case may lean on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from authz.conditions import Facts

from .errors import Forbidden, NotFound, Refusal, StaleVersion, StepUpRequired, Unjudged
from .events import hearers_of
from .ids import uuid7
from .permission import needs_step_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.actor import Actor
    from authz.judge import Judge

    from .entity import GroupEntity
    from .events import Event
    from .statements import Lock
    from .store import Store

E = TypeVar("E", bound="GroupEntity")
Relations: TypeAlias = "tuple[bool | None, frozenset[UUID] | None]"


class Visibility(Protocol):
    """Which rows an actor sees, as a predicate: the same one that serves lists."""

    def __call__(self, entity: type[GroupEntity], actor: Actor) -> ColumnElement[bool]:
        """Say which rows of `entity` the actor sees."""
        ...


class Relate(Protocol):
    """What stands beside a row about somebody: read only where it can decide something."""

    def __call__(self, work: Work, subject: UUID) -> Awaitable[Relations]:
        """Say whether a person has consented, and which cohorts they are in."""
        ...


class Flush(Protocol):
    """What happens to rows on their way into the database: names are cut, secrets sealed."""

    def __call__(self, work: Work) -> Awaitable[None]:
        """Prepare every new and changed row of `work` and write it."""
        ...


@dataclass(slots=True, kw_only=True)
class Work:
    """The unit of work. It commits at the edge, never inside."""

    actor: Actor
    now: datetime
    store: Store
    judge: Judge
    visible: Visibility
    relate: Relate
    flush_rows: Flush
    person: type[GroupEntity]
    time_zone: str = "Asia/Shanghai"
    request_id: str | None = None
    entropy: Callable[[], bytes] | None = None
    events: list[Event] = field(default_factory=list)
    touched: list[GroupEntity] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    policy_moved: bool = False
    heard: int = 0

    @property
    def session(self) -> AsyncSession:
        """The transaction itself, for statements that are not about entities: flush before."""
        return self.store.session

    @property
    def today(self) -> date:
        """The day it is where the actor's tenant is."""
        return self.now.astimezone(ZoneInfo(self.time_zone)).date()

    def new_id(self) -> UUID:
        """Make an id for a row that is about to be written."""
        return uuid7(self.now, entropy=self.entropy() if self.entropy else None)

    async def get(
        self,
        entity: type[E],
        row_id: UUID,
        *,
        to: str | None = None,
        expected: int | None = None,
        at: tuple[str, ...] = (),
    ) -> E:
        """Take a row; with `to` ("write Person") lock it and have Casbin judge the act on it.

        The lock leaves the key alone: rows that merely refer to this one need not wait.
        Invisible is `NotFound`, visible and not permitted `Forbidden`, changed since the client
        read it (`expected`) `StaleVersion`. `at` names the input field for the refusal.
        """
        rows = await self.store.find(
            entity,
            self.visible(entity, self.actor),
            equal={"id": row_id},
            lock="none" if to is None else "all but its key",
            afresh=True,
        )
        if not rows:
            raise NotFound(at=at)
        found = rows[0]
        if to is not None:
            await self.permit(to, found)
        if expected is not None and found.row_version != expected:
            raise StaleVersion(current=found.row_version)
        return found

    async def rows(
        self,
        entity: type[E],
        *criteria: ColumnElement[bool],
        order_by: Sequence[Any] = (),
        **equal: UUID,
    ) -> list[E]:
        """Read rows that a rule needs, whatever the actor may see of them.

        Ids that columns equal are better given by name: no expression has to be made of them.
        """
        return await self.store.find(
            entity, *criteria, equal=equal, order_by=order_by or (entity.id,)
        )

    async def row(self, entity: type[E], *criteria: ColumnElement[bool]) -> E | None:
        """Read the one row that a rule needs, or nothing."""
        found = await self.rows(entity, *criteria)
        return found[0] if found else None

    async def reach(self, entity: type[E], row_id: UUID, *, to: str, at: tuple[str, ...] = ()) -> E:
        """Take a row that is named by an act of the actor's, whatever they are shown of it.

        One on which Casbin does not permit the act is told like one that is not there: judge the
        act where the actor stands before, so that who may not do it at all hears that.
        """
        found = await self.row(entity, entity.id == row_id)
        if found is None:
            raise NotFound(at=at)
        try:
            await self.permit(to, found)
        except Forbidden as forbidden:
            raise NotFound(at=at) from forbidden
        return found

    async def hold(
        self,
        entity: type[E],
        *criteria: ColumnElement[bool],
        lock: Lock = "all but its key",
        **equal: UUID,
    ) -> list[E]:
        """Take rows afresh and lock them, in the order of their ids, so that two processes queue.

        What is pending is written first, or reading afresh would undo it. The lock is that of
        `get`: progress need not wait for whoever holds its person.
        """
        await self.flush()
        return await self.store.find(
            entity, *criteria, equal=equal, order_by=(entity.id,), lock=lock, afresh=True
        )

    async def permit(self, to: str, about: GroupEntity) -> None:
        """Have Casbin judge `to` ("create Enrolment") on the facts of a row."""
        action, _, object_name = to.partition(" ")
        self.judged.add(to)
        decision = self.judge.decide(self.actor, object_name, action, await self.facts(about))
        if not decision.allowed:
            raise Forbidden(permission=f"{object_name}.{action}")
        if needs_step_up(action, object_name) and not self.actor.stepped_up(self.now):
            raise StepUpRequired

    async def facts(self, row: GroupEntity) -> Facts:
        """Say what conditions ask of a row: whom it is about, where, who leads and mentors them."""
        tenant = getattr(row, row.placed)
        if row.about is None:
            return Facts(tenant=tenant, at=self.now)
        subject = getattr(row, row.about)
        supervisor, mentor = await self._guides(row, subject)
        consented, cohorts = await self._relations(subject)
        return Facts(
            subject=subject,
            tenant=tenant,
            supervisor=supervisor,
            mentor=mentor,
            consented=consented,
            cohorts=cohorts,
            at=self.now,
        )

    async def _relations(self, subject: UUID | None) -> Relations:
        """What stands beside the row, unless nothing that is in force would ask."""
        if subject is None or not self.judge.asks_of_relations(self.actor):
            return None, None
        return await self.relate(self, subject)

    async def _guides(
        self, row: GroupEntity, subject: UUID | None
    ) -> tuple[UUID | None, UUID | None]:
        """Who leads and who mentors someone, and no more of them."""
        if row.about == "id":
            return getattr(row, "supervisor_id", None), getattr(row, "mentor_id", None)
        if subject is None:
            return None, None
        found = await self.store.glance(self.person, subject, "supervisor_id", "mentor_id")
        return (None, None) if found is None else (found["supervisor_id"], found["mentor_id"])

    async def add(self, *rows: GroupEntity, taken: Refusal | None = None) -> None:
        """Write new rows; `taken` is raised when another row already holds their place."""
        for row in rows:
            row.group_id = self.actor.group_id
            row.id = row.id or self.new_id()
            row.created_at = self.now
            self.touched.append(row)
        self.store.put(*rows)
        try:
            await self.flush()
        except IntegrityError as clash:
            if taken is None or getattr(clash.orig, "sqlstate", "") != "23505":
                raise
            raise taken from clash

    async def remove(self, *rows: GroupEntity) -> None:
        """Delete rows, at once."""
        await self.store.remove(*rows)

    async def flush(self) -> None:
        """Write what has changed so far."""
        await self.flush_rows(self)

    def record(self, event: Event) -> None:
        """Say what has happened; consequences hear it, causes do not know them."""
        self.events.append(event)

    async def settle(self) -> None:
        """Have consequences hear what has happened, and what happens by that, until all is quiet.

        An event is heard once, however often a work is settled.
        """
        await self.flush()
        while self.heard < len(self.events):
            event = self.events[self.heard]
            self.heard += 1
            for hearer in hearers_of(type(event)):
                await hearer(self, event)
            await self.flush()

    def policy_changed(self) -> None:
        """Say that what actors may see has changed; the policy's head rises with this commit."""
        self.policy_moved = True

    def require_judgement(self, permission: str) -> None:
        """Refuse to commit a use case whose declared permission nobody judged."""
        if permission not in self.judged:
            message = f"'{permission}' was declared and never judged on a row"
            raise Unjudged(message)
