"""A million tokens, and still one read by the key of the directory."""

import time
from uuid import UUID

import orjson
import pytest

from domain.access.identify import find_token
from runtime.bring_up import connected
from runtime.database import Writer

pytestmark = pytest.mark.slow
MANY = 1_000_000
FILL = """
INSERT INTO token_digest (digest, group_id, token_id)
SELECT sha256(n::text::bytea), gen_random_uuid(), gen_random_uuid() FROM generate_series(1, $1) n
"""
READ = "SELECT group_id, token_id FROM token_digest WHERE digest = $1"


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


async def test_among_a_million_tokens_one_is_found_by_one_read_of_the_key(
    another_database, record_property
):
    addresses = await another_database()
    async with connected(addresses.owner) as connection:
        await connection.execute(FILL, MANY, timeout=600)
        await connection.execute("ANALYZE token_digest")
        wanted = await connection.fetchval(
            "SELECT digest FROM token_digest WHERE digest = sha256('777777'::bytea)"
        )
        [plan] = await _explained(connection, wanted)
    read = [one for one in nodes(plan["Plan"]) if "Index Name" in one]

    assert [one["Index Name"] for one in read] == ["pk_token_digest"]
    assert {one["Node Type"] for one in read} <= {"Index Scan", "Index Only Scan"}
    assert plan["Plan"]["Actual Rows"] == 1

    writer = Writer.open(addresses.app, connections=1)
    try:
        times = [await _timed(writer, wanted) for _ in range(200)]
    finally:
        await writer.close()
    record_property("find_token, median of 200, ms", round(sorted(times)[100] * 1000, 3))


async def _explained(connection, digest):
    text = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {READ}", digest)
    return orjson.loads(text)


async def _timed(writer, digest):
    async with writer.transaction(UUID(int=0), (), read_only=True) as session:
        began = time.perf_counter()
        found = await find_token(session, digest)
        assert found is not None
        return time.perf_counter() - began
