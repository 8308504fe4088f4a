"""What is done at the door: in, out, and out everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from domain.access.begin_attempt import SignInRefused
from domain.access.close_session import CloseSession, close_session
from domain.access.close_sessions import CloseSessions, close_sessions
from domain.access.login_names import login_digest
from domain.access.open_session import OpenSession, open_session
from domain.access.sessions import signed_in

from .answers import LEGACY, Failure, Reply
from .authentication import unauthenticated
from .sessions_body import read_fields
from .sessions_cookie import SESSION
from .sessions_proof import Who, unhurried

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.types import Receive

    from domain.access.sessions import Opened

    from .authentication import Authentication
    from .sessions_cookie import Cookies
    from .sessions_proof import Proof

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
        async with unhurried():
            given = await read_fields(
                called.receive, called.headers, CREDENTIALS, totp=str, cookie=bool
            )
            by_cookie = bool(given.get("cookie"))
            if by_cookie:
                self.cookies.check_origin(called.headers)
            opened = await self._signed_in(given, called.request_id)
        return self.handed_out(opened, by_cookie=by_cookie)

    async def close(self, called: Called) -> Reply:
        """Sign out."""
        who, session_id = await self.caller(called)
        async with self.proof.door(who.group_id, called.request_id) as work:
            await close_session(work, CloseSession(session_id=session_id))
        return Reply(204, media_type=None, cookies=(self.cookies.taken(SESSION),))

    async def close_all(self, called: Called) -> Reply:
        """Sign out everywhere."""
        who, session_id = await self.caller(called)
        async with self.proof.door(who.group_id, called.request_id) as work:
            ended = await close_sessions(work, CloseSessions(session_id=session_id))
        return told(200, {"ended": ended}, (self.cookies.taken(SESSION),))

    async def caller(self, called: Called) -> tuple[Who, UUID]:
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
        return Who(actor.group_id, actor.principal_id), actor.token_id

    def handed_out(self, opened: Opened, *, by_cookie: bool) -> Reply:
        """Hand a new token out: to the browser's keeping, or once to whoever asked."""
        said = {
            "openedWith": opened.session.opened_with.value,
            "expiresAt": opened.token.expires_at,
            "endsAt": opened.session.ends_at,
            "steppedUpUntil": signed_in(opened.token, opened.session).stepped_up_until,
        }
        if by_cookie:
            return told(201, said, (self.cookies.given(SESSION, opened.secret),))
        return told(201, {**said, "token": opened.secret})

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


def told(status: int, said: Mapping[str, Any], cookies: tuple[str, ...] = ()) -> Reply:
    """Say something in JSON."""
    return Reply(status, orjson.dumps(said, option=orjson.OPT_UTC_Z), LEGACY, cookies=cookies)
