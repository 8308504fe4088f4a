"""A type that is denied is shown nowhere: not as a row, and not as a value inside another row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import text

from api.demo.tokens import tokens_file
from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.graphql.schema import schema
from api.graphql.shadow import Shadow
from api.http.authentication import Authentication
from authz.actor import DenialMode
from domain.kernel.ids import external_id
from tests.api.planner.test_every_field import selected
from tests.properties.policies import line, policy

SHAPES = schema().map.shapes
HELD = sorted({shape.policy_name for shape in SHAPES.values()})
ABSENT = frozenset({
    "DisclosureDelay", "LegalHold", "NoticeReceipt", "PolicyChange", "PrivacyNotice", "Restriction",
    "RolePlayBlock", "SubjectRequest", "Threshold", "TokenUse",
})  # fmt: skip
"""Of which nothing lies around the rows that are taken."""


@pytest.fixture
async def manager(demo):
    """Somebody who sees the whole of the made-up group, as far as lines let them."""
    token = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())["hq_manager"]
    actor = await Authentication(demo).actor(f"Bearer {token}")
    return replace(actor, denials=DenialMode.PARTIAL)


@pytest.fixture
async def ids(demo, manager):
    """One row of each type that can be found by its id."""
    found = {}
    async with demo.writer.transaction(manager.group_id, (), read_only=True) as session:
        for name, shape in SHAPES.items():
            if shape.prefix is not None:
                rows = f"SELECT id FROM {shape.table} a WHERE {shape.where.format(a='a')}"
                row = await session.scalar(text(f"{rows} ORDER BY id DESC LIMIT 1"))
                found |= {name: external_id(shape.prefix, row)} if row else {}
    return found


async def shown(gateway, actor, name: str, row: str) -> set[str]:
    """Every type of which something is shown around a row, asked field by field."""
    types = set()
    for field, held in schema().graphql.get_type(name).fields.items():
        chosen = f"{{ __typename {selected(field, held, 2)} }}"
        query = f'{{ node(id: "{row}") {{ ... on {name} {chosen} }} }}'
        found = await gateway.answer(actor, Request(query=query, request_id="t"))
        answer = orjson.loads(found.body)
        assert "errors" not in answer, answer["errors"]
        types |= set(types_in(answer["data"]))
    return types


def types_in(value: object) -> Iterator[str]:
    match value:
        case dict():
            if value.keys() - {"__typename"} and "__typename" in value:
                yield value["__typename"]
            for one in value.values():
                yield from types_in(one)
        case list():
            for one in value:
                yield from types_in(one)


async def test_what_is_denied_as_a_type_is_shown_in_no_place(demo, manager, ids):
    gateway = Gateway(demo)
    gateway.shadow = Shadow(every=0)  # such a mask is none that Casbin could confirm
    everything_open = replace(manager, mask=policy(line("*", "*")).mask)
    before = {name: await shown(gateway, everything_open, name, row) for name, row in ids.items()}
    assert SHAPES.keys() - ABSENT <= set().union(*before.values())

    for denied in HELD:
        less = policy(line("*", "*"), line(denied, "read", effect="deny")).mask
        of_it = {name for name, shape in SHAPES.items() if shape.policy_name == denied}
        for name in (one for one in ids if before[one] & of_it):
            after = await shown(gateway, replace(manager, mask=less), name, ids[name])
            assert not of_it & after, (denied, name)
