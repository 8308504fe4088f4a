"""How somebody of a test signs in, and what they hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pyotp

from api.http.app import make_app
from domain.access.passwords import verifier_of
from domain.access.set_login import SetLogin, set_login
from runtime.sessions import door_keys

PASSWORD = "four loud geese at noon"
HOST = "http://127.0.0.1"


def client_of(installation, *, base=HOST):
    transport = httpx.ASGITransport(app=make_app(installation))
    return httpx.AsyncClient(transport=transport, base_url=base)


def name_of(group, who):
    """A login name that no other group of this database has."""
    return f"{who}-{group.id.hex[:12]}"


async def may_sign_in(group, who, password=PASSWORD):
    keys = await door_keys(group.installation)
    command = SetLogin(
        principal_id=group.principals[who],
        name=name_of(group, who),
        verifier=verifier_of(keys.passwords, password),
    )
    await group.do(group.founder, set_login, command, key=keys.names)


async def sign_in(client, group, who, password=PASSWORD, *, headers=None, **more):
    body = {"group": "head", "name": name_of(group, who), "password": password, **more}
    return await client.post("/session", json=body, headers=headers or {})


def bearer(token):
    return {"authorization": f"Bearer {token}"}


@dataclass
class Phone:
    """An authenticator app, on the clock of the test."""

    group: object
    totp: pyotp.TOTP

    def code(self) -> str:
        return self.totp.at(self.group.clock.now)

    def next_code(self) -> str:
        """The next code, half a minute later."""
        self.group.clock.on(seconds=30)
        return self.code()


async def enrol(client, group, token, password=PASSWORD) -> Phone:
    """Give somebody who has signed in a second factor."""
    begun = await client.post("/session/totp", json={"password": password}, headers=bearer(token))
    assert begun.status_code == 201, begun.text
    phone = Phone(group, pyotp.parse_uri(begun.json()["uri"]))
    confirmed = await client.post(
        "/session/totp/confirm", json={"code": phone.code()}, headers=bearer(token)
    )
    assert confirmed.status_code == 204, confirmed.text
    return phone


async def token_of(client, group, who, **more):
    answer = await sign_in(client, group, who, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


async def whoami(client, headers):
    return await client.post(
        "/graphql", json={"query": "{ viewer { tenant { code } } }"}, headers=headers
    )


def code_of(answer):
    return answer.json()["errors"][0]["extensions"]["code"]
