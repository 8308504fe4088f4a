"""What PostgreSQL would do with a statement of the planner, as a tree that can be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
import orjson

from domain.models import metadata

PLACES = re.compile(r"\$(\d+)::")
GROUP_OWNED = {name for name, table in metadata.tables.items() if table.info["kind"] == "group"}


class Noting:
    """A reader that keeps the statements it was asked to run, and what was bound to them."""

    def __init__(self, reader) -> None:
        self.reader = reader
        self.statements: list[str] = []
        self.bound: list[Sequence[Any]] = []

    async def fetch_row(self, group, sql, args=()):
        self.statements.append(sql)
        self.bound.append(args)
        return await self.reader.fetch_row(group, sql, args)


async def explained(connection: asyncpg.Connection, sql: str) -> dict[str, Any]:
    """The generic plan of a statement, as the role of the connection would run it."""
    places = max(int(number) for number in PLACES.findall(sql))
    await connection.execute(f"PREPARE asked AS {sql}")
    try:
        nothing = ", ".join(["NULL"] * places)
        told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({nothing})")
    finally:
        await connection.execute("DEALLOCATE asked")
    return orjson.loads(told)[0]["Plan"]


async def touched(connection: asyncpg.Connection, sql: str, args: Sequence[Any]) -> int:
    """How many pages a statement touches, run under its generic plan with what was bound to it."""
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE asked AS {sql}")
    try:
        given = ", ".join(_literal(one) for one in args)
        told = await connection.fetchval(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked ({given})"
        )
    finally:
        await connection.execute("DEALLOCATE asked")
    plan = orjson.loads(told)[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return "'{" + ",".join(map(str, value)) + "}'"
    return "'" + str(value).replace("'", "''") + "'"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def read_through(plan: dict[str, Any]) -> list[str]:
    """The tables of groups that are read from end to end."""
    return sorted(
        node["Relation Name"]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROUP_OWNED
    )


def page_of(plan: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """The nodes that make the page of a table: those below the limit over it."""
    for node in nodes(plan):
        below = list(nodes(node))
        if node["Node Type"] == "Limit" and any(one.get("Relation Name") == table for one in below):
            return below[1:]
    raise LookupError(table)


def outline(plan: dict[str, Any], depth: int = 0) -> str:
    """A plan as indented lines, for whoever has to find out why a test fails."""
    what = [plan["Node Type"], plan.get("Relation Name", ""), plan.get("Index Name", "")]
    told = " ".join(part for part in what if part)
    for name in ("Index Cond", "Sort Key", "Presorted Key", "Filter"):
        told += f" [{name}: {plan[name]}]" if name in plan else ""
    lines = [f"{'  ' * depth}{told}"]
    return "\n".join([*lines, *(outline(child, depth + 1) for child in plan.get("Plans", ()))])
