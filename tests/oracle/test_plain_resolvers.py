"""Where no mask applies, graphql-core answers the same with plain resolvers on the rows."""

import orjson
import pytest

from api.graphql.request import Request
from authz.actor import DenialMode
from tests.oracle.askers import Roles, asker
from tests.oracle.chance import Chance
from tests.oracle.drawing import Drawing
from tests.oracle.operations import Operations
from tests.oracle.plain import Plain
from tests.oracle.trial import Difference
from tests.oracle.values import Values

BLOCK = 100


@pytest.fixture
def everyone(rounds):
    """Makes people and accounts from whom nothing is hidden, wherever they stand."""
    rows = rounds.trial.rows
    paths = tuple(row["path"] for row in rows.all("tenant"))
    mask = Roles(rounds.trial.gateway.made.catalogue, paths).open()

    def made(chance):
        place = {"path": chance.choice(paths), "version": rounds.version}
        return asker(chance, rows, mask=mask, denials=DenialMode.PARTIAL, **place)

    return made


@pytest.mark.parametrize("first", range(0, 4 * BLOCK, BLOCK))
async def test_plain_resolvers_answer_the_same(rounds, everyone, first):
    await same(rounds.trial, everyone, range(first, first + BLOCK))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10_000, 20_000, 10 * BLOCK))
async def test_plain_resolvers_answer_ten_thousand_operations_the_same(rounds, everyone, first):
    await same(rounds.trial, everyone, range(first, first + 10 * BLOCK))


async def same(trial, everyone, seeds):
    """Ask operations of the gateway and of graphql-core."""
    made = trial.gateway.made
    plain = Plain(made.graphql)
    for seed in seeds:
        chance = Chance(f"plain {seed}")
        actor = everyone(chance)
        drawing = Drawing(chance, made.graphql, trial.rows, made.map, [], lambda *_: True)
        drawn = Operations(chance, drawing, opens=lambda *_: True).drawn()
        request = Request(query=drawn.document, variables=drawn.variables)
        body, _ = await trial.asked(actor, request)
        values = Values(trial.rows, made.map, actor, trial.installation.clock(), trial.places)
        if body is not None:
            told = orjson.dumps(plain.answered(values, drawn)) + b" denied []"
            assert body == told, Difference(f"plain {seed}", actor, drawn, body, told)
    assert trial.tally["answered"] > 0.9 * len(seeds)
