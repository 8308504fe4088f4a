"""The group's policy as it lies in rows: seeded from the built-in roles, read as one version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, and_, func, literal, or_, select

from authz.lines import Line
from authz.roles import built_in
from authz.snapshot import Policy, load

from .models import PolicyHead, PolicyLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.catalogue import Catalogue
    from authz.lines import Inheritance
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the rows say, unchecked: one version as of one instant, up to the next border of time.

    `rows` are the lines in force by their ids, each as it stands in the policy.
    """

    version: int
    as_of: datetime
    until: datetime | None
    rows: dict[UUID, Line | Inheritance]

    def policy(self, catalogue: Catalogue) -> Policy:
        """Make a policy of it; raises MalformedPolicy for the whole if one line is wrong."""
        return load(
            version=self.version,
            rows=[line.row for line in self.rows.values() if isinstance(line, Line)],
            inherits=[link for link in self.rows.values() if not isinstance(link, Line)],
            catalogue=catalogue,
        )


async def seed_policy(work: Work) -> None:
    """Give a new group the built-in roles, and its policy its first version."""
    group = work.actor.group_id
    head = PolicyHead(id=group, tenant_id=group, version=1, moved_at=work.now)
    roles = built_in()
    links = (row_of_link(link, group, work.now) for link in roles.inherits)
    await work.add(head, *(row_of_line(one, group, work.now) for one in roles.lines), *links)


def row_of_line(
    line: Line, tenant_id: UUID, now: datetime, *, until: datetime | None = None
) -> PolicyLine:
    """Write a line as a row that begins now."""
    return PolicyLine(
        tenant_id=tenant_id,
        ptype="p",
        role=line.role,
        tenant_path=line.tenant_path,
        object=line.object,
        action=line.action,
        condition=line.condition,
        effect=line.effect,
        valid_from=now,
        valid_to=until,
    )


def row_of_link(link: Inheritance, tenant_id: UUID, now: datetime) -> PolicyLine:
    """Write an inheritance as a row that begins now."""
    role, inherited, path = link
    return PolicyLine(
        tenant_id=tenant_id,
        ptype="g",
        role=role,
        tenant_path=path,
        inherits=inherited,
        valid_from=now,
    )


async def read_head(session: AsyncSession, group_id: UUID) -> int | None:
    """Read the version that everybody who answers is held against."""
    return await session.scalar(select(PolicyHead.version).where(PolicyHead.group_id == group_id))


async def read_policy(session: AsyncSession, group_id: UUID, now: datetime) -> Stored:
    """Read head and lines in one statement, and so in one snapshot.

    Time is the later of `now` and the instant at which the head last moved: a clock that is behind
    the writer's leaves no line in force that the writer has ended.
    """
    head, line = PolicyHead.__table__.c, PolicyLine.__table__.c
    instant = func.greatest(literal(now, DateTime(timezone=True)), head.moved_at)
    lasting = or_(line.valid_to.is_(None), line.valid_to > instant)
    joined = PolicyHead.__table__.outerjoin(
        PolicyLine.__table__, and_(line.group_id == head.group_id, lasting)
    )
    found = (
        await session.execute(
            select(head.version, instant.label("as_of"), *line)
            .select_from(joined)
            .where(head.group_id == group_id)
            .order_by(line.id)
        )
    ).all()
    as_of = found[0].as_of if found else now
    lines = [row for row in found if row.id is not None]
    return Stored(
        version=found[0].version if found else 0,
        as_of=as_of,
        until=nearest(as_of, ((row.valid_from, row.valid_to) for row in lines)),
        rows={row.id: _as_written(row) for row in lines if row.valid_from <= as_of},
    )


def nearest(now: datetime, spans: Iterable[tuple[datetime, datetime | None]]) -> datetime | None:
    """Find the next instant at which one of these spans begins or ends."""
    return min(_borders(now, spans), default=None)


def _borders(
    now: datetime, spans: Iterable[tuple[datetime, datetime | None]]
) -> Iterator[datetime]:
    for span in spans:
        yield from (border for border in span if border is not None and border > now)


def _as_written(row: Row[tuple[object, ...]]) -> Line | Inheritance:
    if row.ptype == "g":
        return row.role, row.inherits or "", row.tenant_path
    return Line(row.role, row.tenant_path, row.object, row.action, row.condition, row.effect)
