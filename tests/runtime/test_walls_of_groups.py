"""Were the planner to forget a predicate, the wall would still stand: real tables, real roles."""

import re

import asyncpg
import pytest
from sqlalchemy import text

from api.planner import compile as compiling
from domain.kernel.entity import metadata

OF_GROUPS = [table for table in metadata.tables.values() if table.info["kind"] == "group"]
GROUP_TABLES = sorted(table.name for table in OF_GROUPS if not table.info.get("unread"))
UNREAD = sorted(table.name for table in OF_GROUPS if table.info.get("unread"))


async def test_without_any_predicate_the_reader_sees_one_group_alone(group, other_group):
    for table in GROUP_TABLES:
        row = await group.installation.reader.fetch_row(
            group.id, f"SELECT count(*) FILTER (WHERE group_id <> $1) AS others FROM {table}",
            [group.id],
        )  # fmt: skip
        assert row["others"] == 0, table
    row = await group.installation.reader.fetch_row(
        other_group.id, "SELECT count(*) AS n FROM person", []
    )
    assert row["n"] == len(other_group.people)


async def test_a_statement_that_has_lost_its_group_still_answers_for_one(
    group, other_group, monkeypatch
):
    """The planner's own statements, with every comparison of the group cut out of them."""
    written = compiling.compile_plan

    def careless(plan, **options):
        statement = written(plan, **options)
        cut = re.sub(r"(\w+\.)?group_id = \$\d+::uuid", "TRUE", statement.sql)
        assert cut != statement.sql
        keep = " AND ".join(f"${n + 1}::uuid IS NOT NULL" for n in _places(statement))
        from dataclasses import replace  # noqa: PLC0415

        return replace(statement, sql=f"SELECT * FROM ({cut}) whole WHERE {keep or 'TRUE'}")

    def _places(statement):
        return [
            at
            for at, parameter in enumerate(statement.parameters)
            if getattr(parameter, "name", "") == "group"
        ]

    monkeypatch.setattr("api.graphql.plans.compile_plan", careless)
    asked = "{ people(first: 100) { totalCount nodes { id } } tenants { totalCount } }"
    try:
        told = await group.read("hugo", asked)
    except asyncpg.IndeterminateDatatypeError:
        pytest.fail("the careless statement must run, or nothing is shown")

    assert told["people"]["totalCount"] == len(group.people)
    assert {node["id"] for node in told["people"]["nodes"]} == {
        group.psn(name) for name in group.people
    }
    assert told["tenants"]["totalCount"] == 4


async def test_the_application_writes_into_no_other_group_and_no_foreign_tenant(group, other_group):
    writer = group.installation.writer
    async with writer.transaction(group.id, [group.tenants["east"]]) as session:
        done = await session.execute(
            text("UPDATE person SET staff_number = 'x' || staff_number WHERE TRUE")
        )
        assert done.rowcount == 5
    rows = await other_group.rows("SELECT staff_number FROM person WHERE group_id = :g")
    assert not any(row.staff_number.startswith("x") for row in rows)
    mine = await group.rows(
        "SELECT tenant_id FROM person WHERE group_id = :g AND staff_number LIKE 'x%'"
    )
    assert {row.tenant_id for row in mine} == {group.tenants["east"]}


async def test_an_unbound_connection_sees_nothing(group, addresses):
    connection = await asyncpg.connect(addresses.reader)
    try:
        for table in GROUP_TABLES:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
        for table in UNREAD:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval(f"SELECT count(*) FROM {table}")
    finally:
        await connection.close()
