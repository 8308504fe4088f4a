"""A credential becomes an actor: as of this instant, under the policy that is in force now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authz.actor import PrincipalKind
from domain.access.identify import Found, actor_of
from domain.access.models import Principal
from domain.access.owners import outlived
from domain.access.policy import read_head
from domain.people.models import Person

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.actor import Actor

    from .installation import Installation


async def identified(installation: Installation, found: Found) -> Actor | None:
    """Make the actor of a token that was found; nothing when it is revoked or over.

    Raises PolicyUnavailable where no policy can be read.
    """
    async with installation.writer.transaction(found.group_id, (), read_only=True) as session:
        head = await read_head(session, found.group_id)
        judged = await installation.policy_of(found.group_id, version=head, session=session)
        now = installation.clock()
        actor = await actor_of(
            session, found, policy=judged, now=max(now, judged.as_of or now)
        )  # a clock behind the writer's brings back no role that has ended
        return None if actor is None or await _unowned(session, actor) else actor


async def _unowned(session: AsyncSession, actor: Actor) -> bool:
    """Whether a service account has outlasted its owner, with whom its access ends."""
    if actor.kind is not PrincipalKind.SERVICE:
        return False
    principal = await session.get_one(Principal, (actor.group_id, actor.principal_id))
    return await outlived(session, principal, Person)


async def identified_again(installation: Installation, actor: Actor) -> Actor | None:
    """Make the actor anew after the policy has moved; nothing when the token no longer lives."""
    if actor.token_id is None:
        return None
    return await identified(installation, Found(actor.group_id, actor.token_id))
