"""The gateway answers every operation as the naive interpreter does, byte by byte.

A difference is printed with document, variables, asker and both answers. Its case `seed:number` is
asked again by `ORACLE=seed:number make test T="tests/oracle -k again"`.
"""

import os

import pytest

from tests.planned import planned_types

EACH = range(10)  # operations of a round
BLOCK = 10  # rounds of a test
FEW = range(0, 60, BLOCK)
MANY = range(1_000, 3_080, 8 * BLOCK)
UNREAD = {"SensitiveText.value"}  # it writes into the trail, and so is asked only where it is null
CASE = os.environ.get("ORACLE", "1:0")


@pytest.mark.parametrize("first", FEW)
async def test_the_gateway_and_the_interpreter_agree(rounds, first):
    await agree(rounds, range(first, first + BLOCK))


@pytest.mark.slow
@pytest.mark.parametrize("first", MANY)
async def test_they_agree_on_twenty_thousand_operations(rounds, first):
    await agree(rounds, range(first, first + 8 * BLOCK))

    assert rounds.trial.tally["operations"] == 8 * BLOCK * len(EACH)


@pytest.mark.slow
async def test_every_field_is_shown_to_somebody(rounds):
    await agree(rounds, range(3_100, 3_400))

    assert fields(rounds.trial.gateway.made.graphql) - rounds.trial.shown == UNREAD


async def test_one_case_is_asked_again(rounds):
    seed, number = map(int, CASE.split(":"))

    assert not [str(one) async for one in rounds.differences([seed], [number])]


async def agree(rounds, seeds):
    """Try rounds until a few differences are found, and tell all of these."""
    found = []
    async for one in rounds.differences(seeds, EACH):
        found.append(str(one))
        if len(found) == 3:
            break
    tally = rounds.trial.tally
    assert not found, "\n".join(found)
    assert tally["no operation"] < tally["answered"] / 10  # lists in lists, which cost too much
    assert tally["refused"] < tally["answered"] / 2
    assert tally["withheld"] > tally["answered"] / 20


def fields(schema):
    """Every field that can be read, as Type.field."""
    return {
        f"{kind}.{name}" for kind in planned_types(schema) for name in schema.type_map[kind].fields
    }
