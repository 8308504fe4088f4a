"""Rows that a rule is about to change, held until the transaction ends."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, select

from domain.kernel.entity import GroupEntity
from domain.kernel.work import Work

E = TypeVar("E", bound=GroupEntity)


async def hold(work: Work, entity: type[E], *criteria: ColumnElement[bool]) -> list[E]:
    """Take rows afresh and lock them, in the order of their ids, so that two processes queue up.

    What is pending is written first, or reading afresh would undo it. The lock leaves the key
    alone: rows that merely refer to a held one (progress to its person) need not wait.
    """
    await work.flush()
    statement = (
        select(entity)
        .where(entity.group_id == work.actor.group_id, *criteria)
        .order_by(entity.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list((await work.session.scalars(statement)).all())
