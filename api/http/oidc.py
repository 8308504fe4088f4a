"""Signing in at an OpenID provider: out with a challenge, back with a code, in with a session."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from uuid import UUID

from domain.access.login_models import IdentityProvider, Named
from domain.access.login_names import provider_digest, subject_digest
from domain.access.open_session import OpenSession, open_session
from domain.access.register_identity_provider import client_secret

from .answers import Failure, Reply
from .loopback import is_loopback
from .oidc_provider import Provider, ProviderFailed, Providers
from .oidc_state import SECONDS, State, StateUnfit, opened
from .sessions_cookie import SESSION, SIGNING_IN

if TYPE_CHECKING:
    from .sessions_acts import Called
    from .sessions_cookie import Cookies
    from .sessions_proof import Proof

HERE: Final = re.compile(r"/(?:[\w.~-][\w./~-]*)?", re.ASCII)  # a path of ours, and nobody's host
LOG: Final = logging.getLogger("peiyuan.sessions")


@dataclass(slots=True)
class SignInElsewhere:
    """Lets people in on the word of a provider."""

    proof: Proof
    cookies: Cookies
    providers: Providers = field(init=False)

    def __post_init__(self) -> None:
        """Take from the settings whether a provider may be this very machine."""
        self.providers = Providers(self.proof.installation.settings.production)

    async def begin(self, called: Called) -> Reply:
        """Send the browser to the provider of a group."""
        keys = await self.proof.keys()
        group, to = called.query.get("group", ""), called.query.get("to", "/")
        led = await self.proof.found(provider_digest(keys.names, group, called.provider))
        if led is None or led.leads_to is not Named.PROVIDER:
            raise Failure(
                404,
                "NOT_FOUND",
                "This group has no provider of that name.",
                "该集团没有此身份提供方。",
            )
        if not HERE.fullmatch(to):
            raise Failure(
                400, "BAD_USER_INPUT", "`to` must be a path of this site.", "to 应为本站路径。"
            )
        now = self.proof.installation.clock().timestamp()
        state = State(
            provider=called.provider,
            group=f"{led.group_id}:{led.row_id}",
            until=now + SECONDS,
            to=to,
        )
        provider = await self._provider(led.group_id, led.row_id)
        try:
            address = await self.providers.address(provider, state, self._back(called))
        except ProviderFailed as failed:
            raise _failed(failed) from None
        cookie = self.cookies.given(SIGNING_IN, state.sealed(keys.states), seconds=SECONDS)
        return Reply(303, media_type=None, headers={"location": address}, cookies=(cookie,))

    async def back(self, called: Called) -> Reply:
        """Let in whom the provider sends back, if they are somebody here."""
        keys = await self.proof.keys()
        now = self.proof.installation.clock()
        try:
            state = opened(
                keys.states,
                self.cookies.sent(called.headers, SIGNING_IN),
                state=called.query.get("state", ""),
                provider=called.provider,
                now=now.timestamp(),
            )
            group, _, row = state.group.partition(":")
            provider = await self._provider(UUID(group), UUID(row))
            subject = await self.providers.subject(
                provider, state, _code(called, provider), back=self._back(called), now=now
            )
        except StateUnfit:
            raise _unfit() from None
        except ProviderFailed as failed:
            raise _failed(failed) from None
        return await self._let_in(called, provider, subject, state.to)

    async def _let_in(self, called: Called, provider: Provider, subject: str, to: str) -> Reply:
        keys = await self.proof.keys()
        digest = subject_digest(keys.names, provider.group_id, provider.issuer, subject)
        led = await self.proof.found(digest)
        if led is None:
            raise Failure(
                403,
                "NOBODY_HERE",
                "The provider knows you, and nobody here is linked to you. Ask an administrator.",
                "身份提供方已确认您的身份,但本系统尚未关联您的账号,请联系管理员。",
            )
        async with self.proof.door(provider.group_id, called.request_id) as work:
            session = await open_session(
                work,
                OpenSession(principal_id=led.row_id),
                keyring=self.proof.installation.keyring,
                pepper=keys.tokens,
            )
        cookies = (self.cookies.given(SESSION, session.secret), self.cookies.taken(SIGNING_IN))
        return Reply(303, media_type=None, headers={"location": to}, cookies=cookies)

    async def _provider(self, group_id: UUID, row_id: UUID) -> Provider:
        installation = self.proof.installation
        async with installation.writer.transaction(group_id, (), read_only=True) as session:
            row = await session.get_one(IdentityProvider, (group_id, row_id))
            key = await installation.keyring.of_group(session, group_id)
            return Provider(
                id=row.id,
                group_id=group_id,
                issuer=row.issuer,
                client_id=row.client_id,
                client_secret=client_secret(key, row),
            )

    def _back(self, called: Called) -> str:
        """Where the provider sends the browser back to: as the settings say, not the request."""
        settings = self.proof.installation.settings
        host = called.headers.get("host", "")
        base = settings.public_url
        if base is None and not settings.production and is_loopback(_hostname(host)):
            base = f"http://{host}"
        if base is None:
            LOG.error("signing in at a provider needs PEIYUAN_PUBLIC_URL")
            raise Failure(
                503,
                "SERVICE_UNAVAILABLE",
                "Signing in at a provider has not been set up. Ask whoever runs this server.",
                "尚未配置身份提供方登录,请联系系统运维人员。",
            )
        return f"{base}/session/oidc/{called.provider}/callback"


def _code(called: Called, provider: Provider) -> str:
    """Take the code; an answer in another issuer's name is a mix-up (RFC 9207)."""
    code = called.query.get("code")
    if not code or called.query.get("iss", provider.issuer) != provider.issuer:
        raise ProviderFailed("it sent no code, or sent it as somebody else")
    return code


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _unfit() -> Failure:
    return Failure(
        400,
        "SIGN_IN_STATE_UNFIT",
        "This sign-in was begun in another browser, or too long ago. Begin anew.",
        "该登录并非由此浏览器发起,或已超时,请重新登录。",
    )


def _failed(failed: ProviderFailed) -> Failure:
    """Say that it did not work; what exactly the provider said wrong is for the log."""
    LOG.warning("signing in at a provider failed", extra={"finding": str(failed)})
    return Failure(
        502,
        "PROVIDER_FAILED",
        "The identity provider gave no answer that can be believed. Begin anew, or tell an"
        " administrator.",
        "身份提供方未给出可信的应答,请重新登录或告知管理员。",
    )
