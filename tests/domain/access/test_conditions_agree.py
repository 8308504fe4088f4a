"""A condition comes to the same in Python and in PostgreSQL: true, false, or unknown.

Whole random trees, not only those that have a name: three-valued logic, sets that are empty, rows
about nobody, and both ways of asking: one may take the unknown for false, the other may not.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from authz.conditions import CONDITIONS, evaluate
from authz.masks import Cell
from domain.access import conditions_sql
from domain.access.conditions_sql import predicate, visible_when
from runtime.bring_up import connected
from tests.domain.access.trees import (
    ABOUT,
    TABLES,
    Bound,
    random_tree,
    random_variables,
    random_world,
)


@pytest.fixture
async def connection(addresses):
    async with connected(addresses.owner) as connection:
        await connection.execute(TABLES)
        yield connection


async def outcomes(connection, seeds: range, rows: int) -> Counter[str]:
    """Evaluate a tree a seed on as many rows; count what came out, and where the two differ."""
    found: Counter[str] = Counter()
    for seed in seeds:
        random = Random(seed)
        tree, mine, kind = random_tree(random), random_variables(random), random.choice([*ABOUT])
        world = random_world(random, rows)
        await world.lay(connection)
        bind, entity = Bound(mine), ABOUT[kind]
        exact = predicate(entity, tree, alias="a", bind=bind, known=False)
        shown = predicate(entity, tree, alias="a", bind=bind)
        sql = f"SELECT a.id, {exact} AS exact, {shown} AS shown FROM {kind} a"
        asked = await connection.fetch(sql, *bind.values)
        facts = world.facts(kind)
        assert len(asked) == len(facts)
        for one in asked:
            expected = evaluate(tree, facts[one["id"]], mine)
            found[str(expected)] += 1
            if one["exact"] is not expected or (one["shown"] is True) != (expected is True):
                found[f"{seed}: {tree} on {facts[one['id']]} of {mine}"] += 1
    return found


def differing(found: Counter[str]) -> set[str]:
    return set(found) - {"True", "False", "None"}


async def test_two_hundred_trees_come_to_the_same_on_fifty_rows_each(connection):
    found = await outcomes(connection, range(240), rows=50)

    assert differing(found) == set()
    assert min(found["True"], found["False"], found["None"]) > 500


@pytest.mark.slow
async def test_five_hundred_trees_come_to_the_same_on_four_hundred_rows_each(connection):
    found = await outcomes(connection, range(1000, 1750), rows=400)

    assert differing(found) == set()
    assert found.total() > 200_000


async def test_a_writer_that_takes_the_unknown_for_false_is_found_out(connection, monkeypatch):
    known = conditions_sql.related
    monkeypatch.setattr(
        conditions_sql, "related", lambda *args, **named: known(*args, **(named | {"known": True}))
    )

    assert differing(await outcomes(connection, range(240), rows=20))


async def test_whatever_opens_and_closes_a_cell_does_so_in_both(connection):
    """Allow and deny polarity: the unknown opens nothing, and a deny that is unsure closes."""
    decided: Counter[bool] = Counter()
    for seed in range(3000, 3120):
        random = Random(seed)
        names = [name for name in CONDITIONS if name != "reach"] + ["contract_covers&subtree"]
        cell = Cell(
            frozenset(random.sample([*names, "-"], 2)), frozenset(random.sample(names, seed % 2))
        )
        mine, kind, world = (
            random_variables(random),
            random.choice([*ABOUT]),
            random_world(random, 30),
        )
        await world.lay(connection)
        bind = Bound(mine)
        written = visible_when(ABOUT[kind], cell, alias="a", bind=bind)
        rows = await connection.fetch(f"SELECT a.id FROM {kind} a WHERE {written}", *bind.values)
        opened = {one for one, facts in world.facts(kind).items() if cell.opens(facts, mine)}
        assert {row["id"] for row in rows} == opened, (cell, mine)
        decided.update(one in opened for one in world.facts(kind))

    assert min(decided.values()) > 300
