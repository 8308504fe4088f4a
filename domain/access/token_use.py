"""What is kept of a token's use: the last one, and each that came too late or from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.postgresql import insert

from domain.audit.models import Outcome
from domain.audit.trail import append

from .models import Token, TokenUse

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.actor import Actor
    from domain.kernel.work import Work

USE: Final = "useToken"
SUPERSEDED: Final = "TOKEN_SUPERSEDED"
ELSEWHERE: Final = "NETWORK_NOT_ALLOWED"


async def note_use(
    session: AsyncSession, actor: Actor, *, at: datetime, network: str | None, operation: str | None
) -> None:
    """Keep the last use of an actor's token; a use that was before the one kept changes nothing."""
    used = {"at": at, "network": network, "operation": operation}
    statement = insert(TokenUse).values(
        group_id=actor.group_id,
        tenant_id=actor.tenant_id,
        id=actor.token_id,
        person_id=actor.person_id,
        row_version=1,
        created_at=at,
        **used,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[TokenUse.group_id, TokenUse.id],
            set_=used,
            where=TokenUse.at < statement.excluded.at,
        )
    )


async def note_refused_use(
    work: Work, token_id: UUID, *, network: str | None, code: str | None = None
) -> None:
    """Write down that a token was used which was not good for it.

    Where no reason is given, only the use of a token that has a successor is worth a line: whoever
    still sends it has missed the rotation, or should not have it.
    """
    token = await work.row(Token, Token.id == token_id)
    if token is None or (code is None and token.superseded_by_id is None):
        return
    await append(
        work,
        verb=USE,
        on=token,
        outcome=Outcome.DENIED,
        code=code or SUPERSEDED,
        details={"network": network},
    )
