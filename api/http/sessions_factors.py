"""What somebody does about their own password and second factor, from within a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.access.begin_attempt import SignInRefused
from domain.access.confirm_totp import ConfirmTotp, confirm_totp
from domain.access.enrol_totp import EnrolTotp, enrol_totp
from domain.access.passwords import verifier_of
from domain.access.set_password import SetPassword, set_password
from domain.access.step_up import StepUp, step_up

from .answers import Reply
from .sessions_acts import told
from .sessions_body import read_fields
from .sessions_proof import unhurried

if TYPE_CHECKING:
    from domain.access.sessions import Opened

    from .sessions_acts import Called, Doorkeeper
    from .sessions_proof import Proof, Who


@dataclass(frozen=True, slots=True)
class Factors:
    """Shows, sets and changes what one signs in with."""

    keeper: Doorkeeper

    @property
    def proof(self) -> Proof:
        """What passwords and codes are tried by."""
        return self.keeper.proof

    async def step_up(self, called: Called) -> Reply:
        """Show a one-time code, and go on under a new token."""
        async with unhurried():
            who, session_id = await self.keeper.caller(called)
            given = await read_fields(called.receive, called.headers, {"totp": str})
            command = StepUp(session_id=session_id, code=given["totp"])
            opened = await self._stepped_up(who, command, called)
        return self._handed_on(opened, called)

    async def set_password(self, called: Called) -> Reply:
        """Change one's own password, and go on under a new token; other sessions end.

        The new one is looked at first: one that is too weak is no failed attempt.
        """
        async with unhurried():
            who, session_id = await self.keeper.caller(called)
            given = await read_fields(called.receive, called.headers, {"old": str, "new": str})
            new = await self._verifier(who, given["new"], called)
            proven = await self.proof.password(who, given["old"], called.request_id)
            command = SetPassword(session_id=session_id, old=proven.verifier, new=new)
            pepper = (await self.proof.keys()).tokens
            async with self.proof.door(who.group_id, called.request_id) as work:
                opened = await set_password(work, command, pepper=pepper)
        return self._handed_on(opened, called)

    async def enrol(self, called: Called) -> Reply:
        """Begin with a second factor: the address that an authenticator app takes in, this once."""
        async with unhurried():
            who, session_id = await self.keeper.caller(called)
            given = await read_fields(called.receive, called.headers, {}, password=str)
            verifier = await self._shown(who, given.get("password"), called)
            command = EnrolTotp(session_id=session_id, verifier=verifier)
            async with self.proof.door(who.group_id, called.request_id) as work:
                uri = await enrol_totp(work, command, keyring=self.proof.installation.keyring)
        return told(201, {"uri": uri})

    async def confirm(self, called: Called) -> Reply:
        """Show that the app has taken the second factor in."""
        who, session_id = await self.keeper.caller(called)
        given = await read_fields(called.receive, called.headers, {"code": str})
        command = ConfirmTotp(session_id=session_id, code=given["code"])
        async with self.proof.door(who.group_id, called.request_id) as work:
            await confirm_totp(work, command, keyring=self.proof.installation.keyring)
        return Reply(204, media_type=None)

    async def _stepped_up(self, who: Who, command: StepUp, called: Called) -> Opened:
        attempt = await self.proof.begin(who, called.request_id, by_code=True)
        if attempt.locked:
            await self.proof.note(who, called.request_id, "LOCKED")
            raise SignInRefused
        keyring, pepper = self.proof.installation.keyring, (await self.proof.keys()).tokens
        try:
            async with self.proof.door(who.group_id, called.request_id) as work:
                return await step_up(work, command, keyring=keyring, pepper=pepper)
        except SignInRefused:
            await self.proof.note(who, called.request_id, "WRONG_CODE")
            raise

    async def _verifier(self, who: Who, password: str, called: Called) -> str:
        pepper = (await self.proof.keys()).passwords
        with_code = await self.proof.with_code(who, called.request_id)
        return await self.proof.hashing.run(verifier_of, pepper, password, with_code=with_code)

    async def _shown(self, who: Who, password: str | None, called: Called) -> str | None:
        if password is None:
            return None
        return (await self.proof.password(who, password, called.request_id)).verifier

    def _handed_on(self, opened: Opened, called: Called) -> Reply:
        """Hand the token that goes on out the way in which the old one came."""
        return self.keeper.handed_out(opened, by_cookie="authorization" not in called.headers)
