"""The group's policy as it lies in rows: seeded from the built-in roles, read as one version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from authz.roles import built_in
from authz.snapshot import Policy, load

from .models import PolicyHead, PolicyLine

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.catalogue import Catalogue
    from domain.kernel.work import Work


async def seed_policy(work: Work) -> None:
    """Give a new group the built-in roles, and its policy its first version."""
    roles = built_in()
    group = work.actor.group_id
    await work.add(
        PolicyHead(id=group, tenant_id=group, version=1),
        *(
            PolicyLine(
                tenant_id=group,
                ptype="p",
                role=line.role,
                tenant_path=line.tenant_path,
                object=line.object,
                action=line.action,
                condition=line.condition,
                effect=line.effect,
                valid_from=work.now,
            )
            for line in roles.lines
        ),
        *(
            PolicyLine(
                tenant_id=group,
                ptype="g",
                role=role,
                tenant_path=path,
                inherits=inherited,
                valid_from=work.now,
            )
            for role, inherited, path in roles.inherits
        ),
    )


async def read_policy(
    session: AsyncSession, group_id: UUID, now: datetime, catalogue: Catalogue
) -> Policy:
    """Read head and lines as one version; a malformed line refuses the whole of it.

    The caller's transaction is REPEATABLE READ or reads the head first: a head that is too old
    only makes the policy be read again.
    """
    version = await session.scalar(
        select(PolicyHead.version).where(PolicyHead.group_id == group_id)
    )
    held = (
        await session.scalars(
            select(PolicyLine).where(
                PolicyLine.group_id == group_id,
                PolicyLine.valid_from <= now,
                or_(PolicyLine.valid_to.is_(None), PolicyLine.valid_to > now),
            )
        )
    ).all()
    return load(
        version=version or 0,
        rows=[
            (row.role, row.tenant_path, row.object, row.action, row.condition, row.effect)
            for row in held
            if row.ptype == "p"
        ],
        inherits=[
            (row.role, row.inherits or "", row.tenant_path) for row in held if row.ptype == "g"
        ],
        catalogue=catalogue,
    )


async def raise_policy_head(work: Work) -> None:
    """Say that what actors may see has changed: every process asks again before it answers."""
    await work.session.execute(
        update(PolicyHead)
        .where(PolicyHead.group_id == work.actor.group_id)
        .values(version=PolicyHead.version + 1)
    )
