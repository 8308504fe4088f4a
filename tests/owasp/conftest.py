"""A client that speaks to the whole application over HTTP, as the group's people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from api.http.app import make_app
from tests.isolation.conftest import two_groups

RESPONSE = "application/graphql-response+json"
OWN, STRANGE = UUID(int=0x0A_0A7E << 96), UUID(int=0x0B_0A7E << 96)
Asks = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def client(group):
    transport = httpx.ASGITransport(app=make_app(group.installation), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def asks(client, group) -> Asks:
    """Ask over HTTP as somebody; the request id is always the same."""

    async def ask(query: str, who: str | None = "grace", **variables) -> httpx.Response:
        headers = {"accept": RESPONSE, "x-request-id": "r"}
        if who is not None:
            headers["authorization"] = f"Bearer {group.secrets.get(who, who)}"
        body = {"query": query, "variables": variables}
        return await client.post("/graphql", json=body, headers=headers)

    return ask


@pytest.fixture(scope="module")
async def neighbours(addresses, scratch):
    """A group with somebody in each role, and a strange one."""
    async with two_groups(addresses, scratch, OWN, STRANGE) as groups:
        yield groups
