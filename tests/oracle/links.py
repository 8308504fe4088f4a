"""From a row to those that a field leads to: what declarations say in SQL, said in Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from api.graphql.nodes.learning import COURSE_OF_VERSION
from api.planner.shapes import Link, One
from tests.oracle.rows import Row, Rows

TEST: Final = re.compile(r"\{(a|b)\}\.(\w+) = (?:'(\w+)'|\{(a|b)\}\.(\w+))")


def meets(condition: str, here: Row, there: Row | None = None) -> bool:
    """Whether rows meet a declared condition: a column is a word, or another column."""
    if condition == "TRUE":
        return True
    found = TEST.fullmatch(condition)
    assert found, f"the oracle has to be taught what this means: {condition}"
    named = {"a": here, "b": there or {}}
    alias, column, word, other, other_column = found.groups()
    value = named[alias][column]
    return value is not None and value == (word or named[other][other_column])


def led_to(rows: Rows, row: Row, link: Link, table: str) -> Sequence[Row]:
    """The rows of a table that a field of a row leads to, seen or not."""
    return [one for one in _all_led_to(rows, row, link, table) if meets(link.also, row, one)]


def _all_led_to(rows: Rows, row: Row, link: Link, table: str) -> Sequence[Row]:
    if isinstance(link, One):
        return rows.where(table, link.remote, _key(rows, row, link.by))
    if link.through:
        between, near, far = link.through
        found = [rows.one(table, one[far]) for one in rows.where(between, near, row["id"])]
        return [one for one in found if one is not None]
    assert link.by, "a list belongs to the row above it by a column of its own"
    return rows.where(table, link.by, row["id"])


def _key(rows: Rows, row: Row, by: str) -> Any:
    return EXPRESSIONS[by](rows, row) if "{" in by else row[by]


def _course_of_version(rows: Rows, row: Row) -> Any:
    version = rows.one("course_version", row["course_version_id"])
    return version and version["course_id"]


EXPRESSIONS: Final[dict[str, Callable[[Rows, Row], Any]]] = {COURSE_OF_VERSION: _course_of_version}
