"""The golden cases: which query, who asks it, and with what."""

import tomllib
from datetime import timedelta
from pathlib import Path

import orjson

from api.demo.tokens import tokens_file
from api.graphql.gateway import Gateway
from api.graphql.request import Answer, Request
from api.http.authentication import Authentication
from authz.actor import Actor
from runtime.installation import Installation
from tests.people import NOW

CASES = sorted(folder for folder in (Path(__file__).parent / "cases").iterdir() if folder.is_dir())


async def asked(demo: Installation, case: Path) -> Answer:
    """Ask what a case asks, as whom it says."""
    told = tomllib.loads((case / "actor.toml").read_text("utf-8"))
    variables = told.get("variables", {})
    for name, days in told.get("ago", {}).items():
        variables[name] = (NOW - timedelta(days=days)).isoformat()
    for name, person in told.get("person", {}).items():
        variables[name] = await psn(demo, person)
    for name, several in told.get("people", {}).items():
        variables[name] = [await psn(demo, person) for person in several]
    query = (case / "query.graphql").read_text("utf-8")
    request = Request(query=query, variables=variables, request_id="golden")
    return await Gateway(demo).answer(await persona(demo, told["persona"]), request)


async def persona(demo: Installation, name: str) -> Actor:
    """A persona of the demo as an actor."""
    token = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())[name]
    return await Authentication(demo).actor(f"Bearer {token}")


async def psn(demo: Installation, name: str) -> str:
    """The id of the person that a persona is."""
    return f"psn_{(await persona(demo, name)).person_id.hex}"
