"""What is done at the door: in, out, stepped up, another password, a second factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import orjson

from domain.access.begin_attempt import SignInRefused, forgiven
from domain.access.close_session import CloseSession, close_session
from domain.access.close_sessions import CloseSessions, close_sessions
from domain.access.confirm_totp import ConfirmTotp, confirm_totp
from domain.access.enrol_totp import EnrolTotp, enrol_totp
from domain.access.login_names import login_digest
from domain.access.open_session import OpenSession, open_session
from domain.access.passwords import verifier_of
from domain.access.sessions import signed_in
from domain.access.set_password import SetPassword, set_password
from domain.access.step_up import StepUp, step_up
from domain.kernel.errors import Refusal

from .answers import LEGACY, Failure, Reply
from .authentication import unauthenticated
from .sessions_body import read_fields
from .sessions_cookie import SESSION
from .sessions_proof import Who, unhurried

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.types import Receive

    from authz.actor import Actor
    from domain.access.sessions import Opened

    from .authentication import Authentication
    from .sessions_cookie import Cookies
    from .sessions_proof import Proof, Proven

CREDENTIALS: Final = {"group": str, "name": str, "password": str}


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One request at the door."""

    headers: Mapping[str, str]
    receive: Receive
    request_id: str
    query: Mapping[str, str]
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets people in and out."""

    proof: Proof
    authentication: Authentication
    cookies: Cookies

    async def open(self, called: Called) -> Reply:
        """Sign in by name and password, and a code where there is a second factor."""
        began = monotonic()
        given = await read_fields(
            called.receive, called.headers, CREDENTIALS, totp=str, cookie=bool
        )
        by_cookie = bool(given.get("cookie"))
        if by_cookie:
            self.cookies.check_origin(called.headers)
        try:
            opened = await self._signed_in(given, called.request_id)
        except SignInRefused:
            await unhurried(began)
            raise
        return self.handed_out(opened, by_cookie=by_cookie)

    async def close(self, called: Called) -> Reply:
        """Sign out."""
        actor, session_id = await self._caller(called)
        async with self.proof.door(actor.group_id, called.request_id) as work:
            await close_session(work, CloseSession(session_id=session_id))
        return Reply(204, media_type=None, cookies=(self.cookies.taken(SESSION),))

    async def close_all(self, called: Called) -> Reply:
        """Sign out everywhere."""
        actor, session_id = await self._caller(called)
        async with self.proof.door(actor.group_id, called.request_id) as work:
            ended = await close_sessions(work, CloseSessions(session_id=session_id))
        return _told(200, {"ended": ended}, (self.cookies.taken(SESSION),))

    async def step_up(self, called: Called) -> Reply:
        """Show a one-time code, and go on under a new token."""
        began = monotonic()
        actor, session_id = await self._caller(called)
        given = await read_fields(called.receive, called.headers, {"totp": str})
        who = Who(actor.group_id, actor.principal_id)
        try:
            opened = await self._stepped_up(who, session_id, given["totp"], called)
        except SignInRefused:
            await unhurried(began)
            raise
        return self._handed_on(opened, called)

    async def set_password(self, called: Called) -> Reply:
        """Change one's own password, and go on under a new token; other sessions end."""
        began = monotonic()
        actor, session_id = await self._caller(called)
        given = await read_fields(called.receive, called.headers, {"old": str, "new": str})
        who = Who(actor.group_id, actor.principal_id)
        keys = await self.proof.keys()
        try:
            proven = await self.proof.password(who, given["old"], called.request_id)
        except SignInRefused:
            await unhurried(began)
            raise
        new = await self._new_verifier(who, given["new"], proven, called)
        command = SetPassword(session_id=session_id, old=proven.verifier, new=new)
        async with self.proof.door(actor.group_id, called.request_id) as work:
            opened = await set_password(work, command, pepper=keys.tokens)
        return self._handed_on(opened, called)

    async def enrol(self, called: Called) -> Reply:
        """Begin with a second factor: the address that an authenticator app takes in, this once."""
        began = monotonic()
        actor, session_id = await self._caller(called)
        given = await read_fields(called.receive, called.headers, {}, password=str)
        who, verifier = Who(actor.group_id, actor.principal_id), None
        try:
            if (password := given.get("password")) is not None:
                verifier = (await self.proof.password(who, password, called.request_id)).verifier
            command = EnrolTotp(session_id=session_id, verifier=verifier)
            async with self.proof.door(actor.group_id, called.request_id) as work:
                uri = await enrol_totp(work, command, keyring=self.proof.installation.keyring)
        except SignInRefused:
            await unhurried(began)
            raise
        return _told(201, {"uri": uri})

    async def confirm(self, called: Called) -> Reply:
        """Show that the app has taken the second factor in."""
        actor, session_id = await self._caller(called)
        given = await read_fields(called.receive, called.headers, {"code": str})
        command = ConfirmTotp(session_id=session_id, code=given["code"])
        async with self.proof.door(actor.group_id, called.request_id) as work:
            await confirm_totp(work, command, keyring=self.proof.installation.keyring)
        return Reply(204, media_type=None)

    def handed_out(self, opened: Opened, *, by_cookie: bool) -> Reply:
        """Hand a new token out: to the browser's keeping, or once to whoever asked."""
        told = _session(opened)
        if by_cookie:
            return _told(201, told, (self.cookies.given(SESSION, opened.secret),))
        return _told(201, {**told, "token": opened.secret})

    async def _signed_in(self, given: Mapping[str, Any], request_id: str) -> Opened:
        keys = await self.proof.keys()
        led = await self.proof.found(login_digest(keys.names, given["group"], given["name"]))
        who = Who(led.group_id, led.row_id) if led else None
        proven = await self.proof.password(who, given["password"], request_id)
        assert who is not None, "nobody has no password that fits"
        command = OpenSession(
            principal_id=who.principal_id,
            verifier=proven.verifier,
            better=proven.better,
            code=given.get("totp"),
        )
        try:
            async with self.proof.door(who.group_id, request_id) as work:
                return await open_session(
                    work, command, keyring=self.proof.installation.keyring, pepper=keys.tokens
                )
        except SignInRefused:
            await self.proof.note(who, request_id, "WRONG_CODE")
            raise

    async def _stepped_up(self, who: Who, session_id: UUID, code: str, called: Called) -> Opened:
        keys = await self.proof.keys()
        attempt = await self.proof.begin(who, called.request_id, by_code=True)
        if attempt.locked:
            await self.proof.note(who, called.request_id, "LOCKED")
            raise SignInRefused
        try:
            async with self.proof.door(who.group_id, called.request_id) as work:
                return await step_up(
                    work,
                    StepUp(session_id=session_id, code=code),
                    keyring=self.proof.installation.keyring,
                    pepper=keys.tokens,
                )
        except SignInRefused:
            await self.proof.note(who, called.request_id, "WRONG_CODE")
            raise

    async def _new_verifier(self, who: Who, password: str, proven: Proven, called: Called) -> str:
        """Hash a new password; one that is too weak is no failed attempt."""
        pepper = (await self.proof.keys()).passwords
        try:
            return await self.proof.hashing.run(
                verifier_of, pepper, password, with_code=proven.with_code
            )
        except Refusal:
            async with self.proof.door(who.group_id, called.request_id) as work:
                await forgiven(work, who.principal_id)
            raise

    def _handed_on(self, opened: Opened, called: Called) -> Reply:
        """Hand the token that goes on out the way in which the old one came."""
        return self.handed_out(opened, by_cookie="authorization" not in called.headers)

    async def _caller(self, called: Called) -> tuple[Actor, UUID]:
        """Find out who calls; only whoever signed in has a session to do anything with."""
        presented = self.cookies.presented(called.headers)
        actor = await self.authentication.actor(presented, anew=True)
        if actor is None or actor.token_id is None:
            raise unauthenticated()
        if actor.session is None:
            raise Failure(
                403,
                "NOT_A_SESSION",
                "This token was issued, not signed in with. Revoke it where it was issued.",
                "该令牌为签发令牌,并非登录会话,请在签发处管理。",
            )
        return actor, actor.token_id


def _session(opened: Opened) -> dict[str, Any]:
    until = signed_in(opened.token, opened.session).stepped_up_until
    return {
        "openedWith": opened.session.opened_with.value,
        "expiresAt": opened.token.expires_at,
        "endsAt": opened.session.ends_at,
        "steppedUpUntil": until,
    }


def _told(status: int, said: Mapping[str, Any], cookies: tuple[str, ...] = ()) -> Reply:
    return Reply(status, orjson.dumps(said, option=orjson.OPT_UTC_Z), LEGACY, cookies=cookies)
