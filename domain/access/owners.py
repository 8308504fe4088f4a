"""The owner of a service account: a person who answers for it, and whom it does not outlast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from authz.actor import PrincipalKind
from domain.kernel.errors import NotFound, Refusal

from .models import Principal

if TYPE_CHECKING:
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
    owner, people = aliased(Principal), person.__table__.c
    behind = principal.person_id
    if principal.owner_id is not None:
        behind = await session.scalar(
            select(owner.person_id).where(
                owner.group_id == principal.group_id, owner.id == principal.owner_id
            )
        )
    stage = await session.scalar(
        select(people.stage).where(people.group_id == principal.group_id, people.id == behind)
    )
    return stage is not None and stage.value == GONE
