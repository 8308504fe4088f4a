"""The owner of a service account: a person who answers for it, and whom it does not outlast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from authz.actor import PrincipalKind
from domain.kernel.errors import NotFound, Refusal

from .models import Principal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work

GONE = "LEFT"


class OwnerNeeded(Refusal):
    """A service account has an owner, and nothing else has."""

    en = "A SERVICE principal names its owner, the principal of a person; others name none."
    zh = "SERVICE 类主体须指定负责人(人员主体),其他类主体不得指定。"
    path = ("ownerId",)


class OwnerUnfit(Refusal):
    """An owner is a person who has not left."""

    en = "The owner must be the principal of a person who has not left. Name another."
    zh = "负责人须为在职人员的主体,请另行指定。"
    path = ("ownerId",)


async def refuse_unowned(work: Work, principal: Principal) -> None:
    """Refuse a service account that nobody answers for, and an owner of anything else."""
    owned = principal.kind is PrincipalKind.SERVICE
    if owned is not (principal.owner_id is not None):
        raise OwnerNeeded
    if principal.owner_id is None:
        return
    owner = await work.row(Principal, Principal.id == principal.owner_id)
    if owner is None:
        raise NotFound(at=("ownerId",))
    if owner.kind is not PrincipalKind.PERSON or await outlived(work.session, owner, work.person):
        raise OwnerUnfit


async def outlived(session: AsyncSession, principal: Principal, person: type[GroupEntity]) -> bool:
    """Say whether the person behind a principal, or behind its owner, has left."""
    return principal.id in await outlived_among(session, [principal], person)


async def outlived_among(
    session: AsyncSession, principals: Sequence[Principal], person: type[GroupEntity]
) -> set[UUID]:
    """Say of which principals the person behind them, or behind their owner, has left."""
    known, owner, people = aliased(Principal), aliased(Principal), person.__table__.c
    group = principals[0].group_id if principals else None
    left = (
        select(known.id)
        .outerjoin(owner, and_(owner.group_id == known.group_id, owner.id == known.owner_id))
        .join(
            person,
            and_(
                people.group_id == known.group_id,
                people.id == func.coalesce(owner.person_id, known.person_id),
            ),
        )
        .where(known.group_id == group, known.id.in_([one.id for one in principals]))
        .where(people.stage == GONE)
    )
    return set(await session.scalars(left))
