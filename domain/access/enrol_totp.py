"""Begin to enrol a second factor: a secret for an authenticator app, shown this once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.audit.trail import append
from domain.kernel.errors import Refusal
from domain.kernel.permission import permission

from .begin_attempt import SignInRefused, forgive, held_login
from .login_models import LoginSession, OpenedWith, Totp
from .one_time_codes import enrolment_uri, new_secret, sealed_secret
from .sessions import STEPPED_UP, held_session

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring

    from .models import Principal


class SecondFactorThere(Refusal):
    """A factor that could be exchanged by whoever holds a session would be none."""

    en = "You have a second factor already. Have an administrator remove it, then enrol anew."
    zh = "您已绑定第二因素,请由管理员解除后重新绑定。"


class SessionTooOld(Refusal):
    """It was too long ago that the provider said who this is."""

    en = "Sign in anew, then enrol within ten minutes."
    zh = "请重新登录,并在十分钟内完成绑定。"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolTotp:
    """In which session, and the verifier that the password was found to fit, if there is one."""

    session_id: UUID
    verifier: str | None = field(default=None, repr=False)


@permission("Token", "create")
async def enrol_totp(work: Work, command: EnrolTotp, *, keyring: Keyring) -> str:
    """Make a secret and give it out; it counts once a code has shown that it was taken in.

    A stolen session must not become one with a second factor, so the password is shown again; who
    has none must just have come from their provider.
    """
    _, session, principal = await held_session(work, command.session_id)
    await work.permit("create Token", principal)
    await _prove(work, session, command)
    factor = await _unconfirmed(work, principal)
    secret = new_secret()
    key = await keyring.of_group(work.session, work.actor.group_id)
    factor.secret, factor.last_step = sealed_secret(key, factor, secret), 0
    await work.flush()
    await append(work, verb="enrolTotp", on=principal)
    return enrolment_uri(secret, await _called(work, principal))


async def _called(work: Work, principal: Principal) -> str:
    """What they are called in the app that takes the secret: a person's name is the person's."""
    if principal.person_id is None:
        return principal.name or ""
    person = await work.store.glance(work.person, principal.person_id, "display_name")
    assert person is not None, "a foreign key leads there"
    return str(person["display_name"])


async def _prove(work: Work, session: LoginSession, command: EnrolTotp) -> None:
    login = await held_login(work, session.principal_id)
    await forgive(work, login)
    if login.verifier is not None:
        if login.verifier != command.verifier:
            raise SignInRefused
    elif session.opened_with is not OpenedWith.PROVIDER or (
        work.now >= session.opened_at + STEPPED_UP
    ):
        raise SessionTooOld


async def _unconfirmed(work: Work, principal: Principal) -> Totp:
    held = await work.hold(Totp, Totp.principal_id == principal.id)
    if held and held[0].confirmed_at is not None:
        raise SecondFactorThere
    if held:
        return held[0]
    factor = Totp(tenant_id=principal.tenant_id, principal_id=principal.id, secret=b"")
    await work.add(factor)
    return factor
