"""The oracle: what somebody does not see is exchanged, and every answer to them stays the same.

Compared are the bytes that PostgreSQL gives, with the places of cursors open and sealed cells shut.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID

import orjson
import pytest

from api.demo.tokens import tokens_file
from api.graphql.viewer import known_cells
from api.http.authentication import Authentication
from api.planner.parameters import Given
from api.planner.plan import Paged, Rated
from authz.actor import Actor, Entrusted, Scope
from runtime.bring_up import connected
from tests.people import NOW
from tests.properties import mutants
from tests.properties.asking import Planned, planned, random_document
from tests.properties.policies import random_policy
from tests.properties.scrambling import Rows, Scramble

PERSONAS = ("learner", "mentor", "supervisor", "hq_manager")
REGION = "/hq/north/"
DOCUMENTS_A_POLICY = 10


@pytest.fixture
async def actors(demo, connection) -> list[Actor]:
    """People of a branch, of the head office, and of a region between them."""
    tokens = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())
    found = [await Authentication(demo).actor(f"Bearer {tokens[name]}") for name in PERSONAS]
    found.append(await _of_region(connection, found[2]))
    assert {one.scope for one in found} == set(Scope)
    cohort = await connection.fetchval("SELECT cohort_id FROM processing_contract LIMIT 1")
    return [_entrusted(one, cohort) for one in found]


def _entrusted(actor: Actor, cohort: UUID) -> Actor:
    """Somebody with certificate and contract, so that every condition shows something."""
    until = NOW + timedelta(days=1)
    contract = Entrusted(contract_id=cohort, cohort_id=cohort, purposes=frozenset(), until=until)
    return replace(actor, certified_until=until, entrusted=contract)


async def _of_region(connection, actor: Actor) -> Actor:
    sql = "SELECT id, path FROM tenant WHERE group_id = $1"
    paths = {path: id for id, path in await connection.fetch(sql, actor.group_id)}
    below = tuple(one for path, one in paths.items() if path.startswith(REGION))
    above = tuple(one for path, one in paths.items() if REGION.startswith(path))
    return replace(
        actor, scope=Scope.SUBTREE, tenant_id=paths[REGION], tenant_path=REGION,
        tenants=below, reach=tuple({*below, *above}),
    )  # fmt: skip


@pytest.fixture
async def connection(demo_name, cluster):
    """The superuser's connection: no wall stands behind the statements here."""
    async with connected(cluster.dsn(demo_name)) as connection:
        yield connection


async def outcomes(connection, actors, seeds: range) -> Counter[str]:
    """Ask before and after, for some policies; count what was asked and what came out otherwise."""
    rows = await Rows.read(connection, actors[0].group_id)
    found: Counter[str] = Counter()
    for seed in seeds:
        random = Random(seed)
        policy = random_policy(random)
        actor = replace(random.choice(actors), mask=policy.mask)
        rates = seed % 4 == 0
        asked = list(_asked(random, policy, actor, rows, rates=rates))
        scramble = Scramble(rows, policy, actor, random, rates)
        before = [await _answer(connection, one, actor, rows, seed) for one in asked]
        transaction = connection.transaction()
        await transaction.start()
        await scramble.run(connection)
        after = [await _answer(connection, one, actor, rows, seed) for one in asked]
        await transaction.rollback()
        found["asked"] += len(asked)
        found["changed"] += scramble.changed
        found["rows"] += sum(b"_" in one for one in before)
        for one, old, new in zip(asked, before, after, strict=True):
            if old != new:
                found[f"{seed}: {one.document}\n{old.decode()}\n{new.decode()}"] += 1
    return found


def _asked(random, policy, actor, rows, *, rates):
    for _ in range(DOCUMENTS_A_POLICY):
        document = random_document(random, policy, values=rows.literals, paging=True)
        one = planned(policy, document, scope=actor.scope)
        if one is not None and (rates or not any(_of(one.plan, Rated))):
            yield one


async def _answer(connection, one: Planned, actor, rows, seed) -> bytes:
    given = Given(
        actor,
        one.filled.arguments,
        _cursors(one, rows, Random(seed)),
        known_cells(one.statement.known, actor, list(one.filled.arguments)),
        NOW,
    )
    values = [parameter.value(given) for parameter in one.statement.parameters]
    row = await connection.fetchrow(one.statement.sql, *values)
    return row["data"]


def _cursors(one: Planned, rows, random):
    """A place in the middle of somewhere for every page that begins behind a cursor."""
    pages = {page.call: page for page in _of(one.plan, Paged)}
    places = [
        [_text(random.choice(rows.pools[pages[call].shape.table, key.column] or [None]))
         for key in pages[call].order] if call in pages else []
        for call in range(len(one.filled.arguments))
    ]  # fmt: skip
    return [{"after": place, "before": place} for place in places]


def _text(value):
    return None if value is None else str(value)


def _of(node, kind):
    """Every part of a plan that is of a kind."""
    if isinstance(node, kind):
        yield node
    if isinstance(node, tuple):
        for one in node:
            yield from _of(one, kind)
    elif is_dataclass(node) and type(node).__module__ == "api.planner.plan":
        for one in fields(node):
            yield from _of(getattr(node, one.name), kind)


def differing(found: Counter[str]) -> set[str]:
    return set(found) - {"asked", "changed", "rows"}


async def test_no_answer_depends_on_a_value_that_is_not_shown(connection, actors):
    found = await outcomes(connection, actors, range(26))

    assert not differing(found)
    assert found["asked"] > 80
    assert found["rows"] > 30
    assert found["changed"] > 10_000


@pytest.mark.slow
async def test_no_answer_depends_on_a_value_that_is_not_shown_however_many(connection, actors):
    for first in range(1000, 1400, 20):
        assert not differing(await outcomes(connection, actors, range(first, first + 20)))


EARLY = (
    mutants.deny_lanes_are_dropped,
    mutants.a_search_finds_names_that_are_hidden,
    mutants.counts_are_taken_over_every_row,
)


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(one, marks=() if one in EARLY else pytest.mark.slow, id=one.__name__)
        for one in mutants.SEEN_IN_ANSWERS
    ],
)
async def test_answers_that_depend_on_what_is_hidden_are_found_out(
    mutant, connection, actors, monkeypatch
):
    mutant(monkeypatch)

    for first in range(0, 80, 2):
        if differing(await outcomes(connection, actors, range(first, first + 2))):
            return
    pytest.fail("eighty policies with ten documents each have shown no difference")
