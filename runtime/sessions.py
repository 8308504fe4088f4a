"""What stands at the door: keys that names and passwords are held against, and who opens it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.access.founder import founder
from domain.access.login_names import LOGIN_NAMES
from domain.access.passwords import PASSWORD_PEPPER
from domain.access.sessions import renew
from domain.access.tokens import PEPPER

if TYPE_CHECKING:
    from authz.actor import Actor

    from .installation import Installation

BEFORE_ANY_GROUP: Final = UUID(int=0)
SIGN_IN_STATES: Final = "sign-in states"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorKeys:
    """The keys of the installation that signing in needs."""

    names: bytes = field(repr=False)
    passwords: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    states: bytes = field(repr=False)


async def door_keys(installation: Installation) -> DoorKeys:
    """Take them, making those that nobody has asked for yet."""
    async with installation.writer.transaction(BEFORE_ANY_GROUP, ()) as session:
        ring = installation.keyring
        return DoorKeys(
            names=await ring.of_system(session, LOGIN_NAMES),
            passwords=await ring.of_system(session, PASSWORD_PEPPER),
            tokens=await ring.of_system(session, PEPPER),
            states=await ring.of_system(session, SIGN_IN_STATES),
        )


def at_the_door(installation: Installation, group_id: UUID) -> Actor:
    """Whoever lets people in and out: the installation, for nobody's roles say who may log out."""
    return founder(group_id, "/", installation.founding.policy)


async def keep_alive(installation: Installation, actor: Actor) -> None:
    """Have an actor's session last longer, if they signed in and it is about time."""
    now = installation.clock()
    if actor.session is None or actor.token_id is None or now < actor.session.renew_from:
        return
    async with installation.writer.transaction(actor.group_id, (actor.tenant_id,)) as session:
        await renew(session, actor.group_id, actor.token_id, now)
