"""Take the ways in from principals who are gone: name, password, second factor and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from .login_models import Login, LoginDigest, Totp

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from domain.kernel.work import Work


async def end_logins(work: Work, principals: Collection[UUID]) -> None:
    """Remove them; sessions end with the tokens that they stand on.

    Rows are removed one by one, so that one out of the actor's reach makes the whole act fail.
    """
    for entity in (Login, Totp):
        for row in await work.hold(entity, entity.principal_id.in_(principals)):
            await work.remove(row)
    await work.session.execute(
        delete(LoginDigest).where(
            LoginDigest.group_id == work.actor.group_id, LoginDigest.row_id.in_(principals)
        )
    )
