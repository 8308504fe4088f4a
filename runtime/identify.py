"""A credential becomes an actor: as of this instant, under the policy that is in force now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access.identify import Found, actor_of
from domain.access.policy import read_head

if TYPE_CHECKING:
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
        return await actor_of(
            session, found, policy=judged, now=max(now, judged.as_of or now)
        )  # a clock behind the writer's brings back no role that has ended


async def identified_again(installation: Installation, actor: Actor) -> Actor | None:
    """Make the actor anew after the policy has moved; nothing when the token no longer lives."""
    if actor.token_id is None:
        return None
    return await identified(installation, Found(actor.group_id, actor.token_id))
