"""Who has a stake in a column: the fields that it stands for, and what leans on it besides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ARRAY, CheckConstraint, Enum, Index, Table, UniqueConstraint

from api.graphql.schema import schema
from api.planner.shapes import (
    Choice,
    Column,
    Figure,
    Many,
    One,
    Pages,
    Shape,
    column_name,
    is_core,
    sorting_column,
)
from domain.kernel.entity import GroupEntity, metadata
from tests.properties.columns import columns_of_field, homes

FACTS = frozenset(
    {("person", "supervisor_id"), ("person", "mentor_id")}
    | {("consent", one) for one in ("topic", "withdrawn_at")}
)
WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Stake:
    """A field that shows a column: its type, the type whose rows they are, and how it is judged."""

    rows: Shape
    shape: Shape
    name: str
    core: bool

    @property
    def named(self) -> str:
        return f"{self.shape.policy_name}.{self.name}"


@cache
def entities() -> Mapping[str, type[GroupEntity]]:
    """The entities that are shown, by table."""
    return {shape.table: shape.entity for shape in schema().map.shapes.values() if shape.entity}


@cache
def stakes() -> Mapping[tuple[str, str], tuple[Stake, ...]]:
    """For every column of a shown table the fields that show it."""
    found = defaultdict(list)
    for rows in schema().map.shapes.values():
        if rows.entity is not None:
            if rows.locked:
                lock = Stake(rows, rows, "rowVersion", core=True)
                found[rows.table, "row_version"].append(lock)
            for shape in (rows, *_inside(rows)):
                for name, held in shape.fields.items():
                    stake = Stake(rows, shape, name, is_core(held))
                    for column in _shown_by(rows, shape, name, held):
                        found[rows.table, column].append(stake)
    return {key: tuple(several) for key, several in found.items()}


def _inside(shape: Shape) -> Iterator[Shape]:
    for name, other in schema().map.shapes.items():
        if other.entity is None and shape.table in homes(other):
            yield schema().map.shapes[name]


def _shown_by(rows: Shape, shape: Shape, name: str, held: object) -> Iterator[str]:
    match held:
        case Column():
            column = column_name(name, held)
            yield from {column, sorting_column(shape.kept_in, column)}
        case One() | Choice():
            here = rows.table
            yield from (one for table, one in columns_of_field(here, name, held) if table == here)


@cache
def leaned_on() -> frozenset[tuple[str, str]]:
    """What holds rows together whoever asks: keys, facts of conditions, lists and their order."""
    held = set(FACTS)
    for shape in schema().map.shapes.values():
        for home in homes(shape):
            own = entities()[home]
            held |= {(home, one) for one in ("group_id", "tenant_id", "id", own.placed)}
            held |= {(home, one) for one in (own.about,) if one}
            held |= {(home, one) for one in re.findall(r"\{a\}\.(\w+)", shape.where)}
            for name, other in shape.fields.items():
                if isinstance(other, Many | Pages):
                    held |= set(columns_of_field(home, name, other))
                elif isinstance(other, One):
                    there = columns_of_field(home, name, other)
                    held |= {one for one in there if one != (home, other.by)}
                    held |= {(home, other.by)} if other.required else set()
    return frozenset(held)


@cache
def counted() -> frozenset[tuple[str, str]]:
    """What rates are counted from: to aggregate is an act of its own, not that of reading."""
    return frozenset(
        column
        for shape in schema().map.shapes.values()
        for name, held in shape.fields.items()
        if isinstance(held, Figure)
        for column in columns_of_field(shape.table, name, held)
    )


def _unique(table: Table) -> list[UniqueConstraint | Index]:
    return [
        one
        for one in (*table.constraints, *table.indexes)
        if isinstance(one, UniqueConstraint) or (isinstance(one, Index) and one.unique)
    ]


@cache
def bound(table: Table) -> frozenset[str]:
    """The columns that a constraint of several rows or columns speaks of."""
    held: set[str] = set()
    for unique in _unique(table):
        held |= {column.name for column in unique.columns}
        held |= set(WORDS.findall(str(unique.dialect_kwargs.get("postgresql_where"))))
    for one in table.constraints:
        if isinstance(one, CheckConstraint) and not getattr(one, "_type_bound", False):
            held |= set(WORDS.findall(str(one.sqltext)))
    return frozenset(held & {column.name for column in table.columns})


def _worded(table: Table) -> set[str]:
    """The columns that a constraint gives a few words to choose from."""
    checks = [str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)]
    return {word for check in checks if " IN (" in check for word in WORDS.findall(check)}


@cache
def keys(table: Table, column: str) -> tuple[tuple[str, ...], ...]:
    """The sets of columns that a column makes unique together with others."""
    named = (tuple(held.name for held in one.columns) for one in _unique(table))
    return tuple(key for key in named if column in key)


@cache
def changeable(table: str) -> tuple[str, ...]:
    """The columns of a table that can be changed without tearing rows apart."""
    held = metadata.tables[table]
    return tuple(
        column.name
        for column in held.columns
        if (table, column.name) not in leaned_on()
        and not isinstance(column.type, ARRAY)
        and not (column.name in bound(held) and isinstance(column.type, Enum))
        and column.name not in _worded(held)
    )
