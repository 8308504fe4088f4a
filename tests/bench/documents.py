"""Ten thousand distinct documents: what is kept is bounded, and who comes again is known."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import api.graphql.plans
from api.graphql.documents import Documents
from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.http.authentication import Authentication
from api.planner.compile import compile_plan

from .cpu import resident
from .groups import installation

if TYPE_CHECKING:
    from .rig import Rig

DISTINCT: Final = 10_000
EACH: Final = 2_000  # documents between two looks at the memory
HOT: Final = 20  # documents of real clients: every other request is one of theirs


async def told(stand: Rig) -> str:
    """Send distinct documents between those of real clients; say what was kept of them."""
    lines = [
        "| distinct documents | requests | RSS MiB | parsed | planned | hits of those in use |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    chance = Random(DISTINCT)
    counts = {"parsed": 0, "planned": 0, "missed": 0, "hot": 0}
    async with installation(stand) as standing:
        gateway = Gateway(standing)
        actor = await Authentication(standing).actor(f"Bearer {stand.tokens['hq_manager']}")
        made, plan = Documents._made, compile_plan

        def parsed(self: Documents, text: str):
            counts["parsed"] += 1
            counts["missed"] += "hot" in text
            return made(self, text)

        def planned(*given, **named):
            counts["planned"] += 1
            return plan(*given, **named)

        with (
            patch.object(Documents, "_made", parsed),
            patch.object(api.graphql.plans, "compile_plan", planned),
        ):
            for number in range(DISTINCT):
                for query in (_document(f"once{number}"), _document(f"hot{chance.randrange(HOT)}")):
                    counts["hot"] += "hot" in query
                    answer = await gateway.answer(actor, Request(query=query, request_id="bench"))
                    assert answer.refusal is None, answer.body
                if (number + 1) % EACH == 0 or number == 0:
                    share = 1 - counts["missed"] / counts["hot"]
                    lines.append(
                        f"| {number + 1} | {2 * (number + 1)} | {resident(os.getpid()):.0f} "
                        f"| {counts['parsed']} | {counts['planned']} | {share:.2%} |"
                    )
    return "\n".join(lines)


def _document(name: str) -> str:
    page = "people(first: 1) { nodes { id } }"
    return f"{{ {name}: viewer {{ tenant {{ code name }} }} {page} }}"
