"""Asking under policy lines of a test's own, in the place of those of one's roles."""

from __future__ import annotations

from dataclasses import replace

import orjson

from api.graphql.request import Request
from api.graphql.shadow import Shadow
from authz.actor import Actor, DenialMode
from tests.properties.policies import Policy


async def bytes_under(
    group, who: str | Actor, held: Policy, query: str, *, denials=DenialMode.PARTIAL, **variables
) -> bytes:
    """The answer as it goes over the wire."""
    actor = await group.actor(who) if isinstance(who, str) else who
    actor = replace(actor, mask=held.mask, denials=denials)
    group.gateway.shadow = Shadow(every=0)  # such a mask is none that Casbin could confirm
    request = Request(query=query, variables=variables, request_id="test")
    return (await group.gateway.answer(actor, request)).body


async def ask_under(group, who: str | Actor, held: Policy, query: str, **options):
    """The answer."""
    return orjson.loads(await bytes_under(group, who, held, query, **options))
