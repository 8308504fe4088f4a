"""Let people in: logins, identity providers and lost factors, by whoever runs the installation."""

from __future__ import annotations

import secrets
import sys
from getpass import getpass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import func, select

from domain.access.forget_totp import ForgetTotp, forget_totp
from domain.access.link_identity import LinkIdentity, link_identity
from domain.access.login_models import Login
from domain.access.models import Principal
from domain.access.passwords import verifier_of
from domain.access.register_identity_provider import (
    RegisterIdentityProvider,
    register_identity_provider,
)
from domain.access.set_login import SetLogin, set_login
from domain.kernel.errors import Refusal
from domain.kernel.ids import external_id, split_external_id
from domain.organisation.models import Tenant
from domain.people.models import Person
from runtime.refused import StartRefused
from runtime.sessions import DoorKeys, at_the_door, door_keys
from runtime.unit import perform

from .standing import standing

if TYPE_CHECKING:
    import argparse

    from domain.kernel.work import Work
    from runtime.installation import Installation
    from runtime.progress import Tell
    from runtime.settings import Settings

LENGTH: Final = 15  # bytes of chance in a password that we make


async def login(settings: Settings, given: argparse.Namespace, *, tell: Tell) -> None:
    """Bring an installation up, do one of the acts in it, and say what came of it."""
    async with standing(settings) as installation:
        for line in await done(installation, given):
            tell(line)


async def done(installation: Installation, given: argparse.Namespace) -> list[str]:
    """Do one of the acts at the door of a group; what a rule refuses is said as it says it."""
    group = _id(given.group)
    if not await _is_there(installation, group):
        raise StartRefused(f"there is no group {given.group}")
    keys = await door_keys(installation)
    try:
        async with perform(installation, at_the_door(installation, group)) as work:
            return await _done(installation, work, keys, given)
    except Refusal as refusal:
        raise StartRefused(refusal.message("en")) from None


async def _done(
    installation: Installation, work: Work, keys: DoorKeys, given: argparse.Namespace
) -> list[str]:
    match given.act:
        case "list":
            return await _listed(work)
        case "set":
            return await _set(work, keys, given)
        case "forget-totp":
            await forget_totp(work, ForgetTotp(principal_id=_id(given.principal)))
            return ["the second factor is removed, and every session ended"]
        case "provider":
            registered = RegisterIdentityProvider(
                code=given.provider,
                issuer=given.issuer,
                client_id=given.client_id,
                client_secret=_secret("client secret: "),
            )
            await register_identity_provider(
                work, registered, keyring=installation.keyring, key=keys.names
            )
            return [f"registered; people begin at /session/oidc/{given.provider}?group=<code>"]
        case _:
            linked = LinkIdentity(
                principal_id=_id(given.principal), provider=given.provider, subject=given.subject
            )
            await link_identity(work, linked, key=keys.names)
            return ["linked"]


async def _listed(work: Work) -> list[str]:
    rows = await work.session.execute(
        select(Principal, Login.id, func.coalesce(Principal.name, Person.display_name))
        .outerjoin(
            Person,
            (Person.group_id == Principal.group_id) & (Person.id == Principal.person_id),
        )
        .outerjoin(
            Login,
            (Login.group_id == Principal.group_id) & (Login.principal_id == Principal.id),
        )
        .where(Principal.group_id == work.actor.group_id)
        .order_by(Principal.id)
    )
    return [
        f"{external_id('prc', principal.id)}  {principal.kind.value:<8}"
        f" {'may sign in' if found else '-':<12} {name}"
        for principal, found, name in rows
    ]


async def _set(work: Work, keys: DoorKeys, given: argparse.Namespace) -> list[str]:
    made = None if given.ask else secrets.token_urlsafe(LENGTH)
    verifier = verifier_of(keys.passwords, made or _secret("password: "))
    command = SetLogin(principal_id=_id(given.principal), name=given.name, verifier=verifier)
    await set_login(work, command, key=keys.names)
    shown = [] if made is None else [f"password, shown this once: {made}"]
    return [f"{given.name} may sign in", *shown]


def _secret(prompt: str) -> str:
    """Ask for a secret, or read it from a pipe: an argument would stand in the process list."""
    return getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _id(text: str) -> UUID:
    found = split_external_id(text)
    try:
        return found[1] if found else UUID(text)
    except ValueError:
        raise StartRefused(f"{text} is no id: take it from `peiyuan login list`") from None


async def _is_there(installation: Installation, group: UUID) -> bool:
    async with installation.writer.transaction(group, (), read_only=True) as session:
        return await session.get(Tenant, (group, group)) is not None
