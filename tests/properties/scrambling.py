"""Values that somebody does not see are exchanged for others, and everything they see stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Date, DateTime, Enum, Integer, LargeBinary, Numeric, Uuid
from sqlalchemy.dialects import postgresql

from api.graphql.schema import schema
from api.planner.shapes import Column, Shape, column_name
from authz.actor import Actor
from authz.conditions import Facts
from domain.kernel.entity import metadata
from tests.people import NOW
from tests.properties.policies import Policy
from tests.properties.stakes import bound, changeable, counted, entities, keys, stakes

Row = Mapping[str, Any]
MOST_ROWS = 150  # of a table, each time others


@dataclass
class Rows:
    """Every row of the shown tables of one group, of which type each is, and what it says."""

    group: UUID
    by_table: dict[str, dict[UUID, Row]] = field(default_factory=dict)
    of_type: dict[str, set[UUID]] = field(default_factory=dict)
    pools: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    told: dict[UUID, Facts] = field(default_factory=dict)
    consented: set[UUID] = field(default_factory=set)
    cohorts: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    async def read(cls, connection: asyncpg.Connection, group: UUID) -> Rows:
        rows = cls(group)
        for table in entities():
            found = await connection.fetch(f"SELECT * FROM {table} WHERE group_id = $1", group)
            rows.by_table[table] = {one["id"]: one for one in found}
            for column in metadata.tables[table].columns:
                several = {
                    one[column.name] for one in found if not isinstance(one[column.name], list)
                }
                rows.pools[table, column.name] = sorted(several - {None}, key=str)
        await rows._relate(connection)
        for shape in schema().map.shapes.values():
            if shape.entity is not None:
                sql = f"SELECT a.id FROM {shape.table} a WHERE a.group_id = $1 AND {shape.where}"
                found = await connection.fetch(sql.format(a="a"), group)
                rows.of_type[shape.name] = {one["id"] for one in found}
        return rows

    async def _relate(self, connection: asyncpg.Connection) -> None:
        """Read what stands beside people, and is shown nowhere: their consents and cohorts."""
        standing = (
            "SELECT person_id FROM consent "
            "WHERE group_id = $1 AND topic = 'THIRD_PARTY' AND withdrawn_at IS NULL"
        )
        self.consented = {one["person_id"] for one in await connection.fetch(standing, self.group)}
        members = "SELECT person_id, cohort_id FROM cohort_member WHERE group_id = $1"
        for one in await connection.fetch(members, self.group):
            self.cohorts[one["person_id"]].add(one["cohort_id"])

    def facts(self, table: str, row: Row) -> Facts:
        """What a row says to the conditions."""
        if row["id"] not in self.told:
            self.told[row["id"]] = self._facts(table, row)
        return self.told[row["id"]]

    def _facts(self, table: str, row: Row) -> Facts:
        entity = entities()[table]
        subject = row[entity.about] if entity.about else None
        person = self.by_table["person"].get(subject, {}) if subject else {}
        return Facts(
            subject,
            row[entity.placed],
            person.get("supervisor_id"),
            person.get("mentor_id"),
            consented=subject in self.consented if subject else None,
            cohorts=frozenset(self.cohorts[subject]) if subject else None,
            at=NOW,
        )

    @cached_property
    def literals(self) -> dict[tuple[str, str], list[str]]:
        """What filters may ask for: values that a field has really got, as GraphQL writes them."""
        found: dict[tuple[str, str], list[str]] = {}
        for shape in schema().map.shapes.values():
            table = shape.kept_in.__tablename__
            for name, held in shape.fields.items():
                if isinstance(held, Column):
                    column = metadata.tables[table].columns[column_name(name, held)]
                    pool = self.pools[table, column.name]
                    if not isinstance(column.type, LargeBinary | Enum) and pool:
                        found[shape.name, name] = [_literal(column.type, one) for one in pool]
            if shape.prefix:
                ids = sorted(self.of_type[shape.name])
                found[shape.name, "id"] = [f'"{shape.prefix}_{one.hex}"' for one in ids]
        return found


def _literal(kind: Any, value: Any) -> str:
    match kind:
        case Integer():
            return str(value)
        case DateTime():
            return f'"{value.isoformat()}"'
        case _:
            return f'"{value}"' if not isinstance(value, bool) else str(value).lower()


@dataclass
class Scramble:
    """Exchanges what an actor does not see. `rates` says that rates are asked for and must stay."""

    rows: Rows
    policy: Policy
    actor: Actor
    random: Random
    rates: bool
    changed: int = 0
    known: dict[tuple[str, str, Facts], bool] = field(default_factory=dict)
    taken: dict[tuple[str, ...], set[tuple[Any, ...]]] = field(default_factory=dict)

    async def run(self, connection: asyncpg.Connection) -> None:
        """Change the rows in the transaction that the connection is in."""
        await connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
        for table in entities():
            columns = [one for one in changeable(table) if self._may_change(table, one)]
            await self._rewrite(connection, table, columns)
        await self._rename(connection)

    def _some(self, table: str) -> dict[UUID, Row]:
        rows = self.rows.by_table[table]
        return dict(self.random.sample([*rows.items()], k=min(len(rows), MOST_ROWS)))

    def _may_change(self, table: str, column: str) -> bool:
        return not (self.rates and (table, column) in counted())

    async def _rewrite(
        self, connection: asyncpg.Connection, table: str, columns: Sequence[str]
    ) -> None:
        rows = self._some(table)
        if not rows or not columns:
            return
        held = metadata.tables[table].columns
        values = [[self._value(table, name, row) for row in rows.values()] for name in columns]
        kinds = [held[name].type.compile(postgresql.dialect()) for name in columns]
        places = ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(kinds, start=3))
        sets = ", ".join(f"{name} = v.{name}" for name in columns)
        await connection.execute(
            f"UPDATE {table} t SET {sets} FROM unnest($2::uuid[], {places}) "
            f"AS v(row_id, {', '.join(columns)}) WHERE t.group_id = $1 AND t.id = v.row_id",
            self.rows.group,
            list(rows),
            *values,
        )

    def _value(self, table: str, column: str, row: Row) -> Any:
        """A column's value after the exchange: the same where somebody may see it."""
        if self._is_seen(table, column, row):
            return self._box_exchanged(table, column, row)
        self.changed += 1
        return self._another(table, column, row)

    def _is_seen(self, table: str, column: str, row: Row) -> bool:
        facts = self.rows.facts(table, row)
        held = stakes().get((table, column), ())
        return any(
            row["id"] in self.rows.of_type[one.rows.name]
            and self._row_is_seen(one.rows, facts, row)
            and (one.core or self._opens("read", one.named, facts))
            for one in held
        )

    def _row_is_seen(self, shape: Shape, facts: Facts, row: Row) -> bool:
        if shape.name == "Tenant" and row["id"] == self.actor.tenant_id:
            return True  # where they act is shown whatever the policy says
        return shape.part or self._opens("read", shape.policy_name, facts)

    def _opens(self, act: str, named: str, facts: Facts) -> bool:
        key = (act, named, facts)
        if key not in self.known:
            self.known[key] = self.policy.opens(act, named, facts, self.actor.variables)
        return self.known[key]

    def _another(self, table: str, column: str, row: Row) -> Any:
        held, value = metadata.tables[table].columns[column], row[column]
        if isinstance(held.type, LargeBinary):
            if column in bound(metadata.tables[table]):
                return None if value is None else self._container(value)
            keeps = not held.nullable or self.random.random() < 0.7
            return self._container(value) if keeps else None
        if column in bound(metadata.tables[table]):
            if isinstance(held.type, Uuid):
                return self._elsewhere(table, column, row)
            return None if value is None else self._fresh(held.type, value)
        pool = self.rows.pools[table, column]
        if held.nullable and (not pool or self.random.random() < 0.3):
            return None
        return self.random.choice(pool)

    def _elsewhere(self, table: str, column: str, row: Row) -> UUID | None:
        """The id of another row that is there, unless that would make two rows of one."""
        if row[column] is None:
            return None
        other = self.random.choice(self.rows.pools[table, column])
        for key in keys(metadata.tables[table], column):
            taken = self.taken.setdefault(key, self._taken(table, key))
            place = tuple(other if name == column else row[name] for name in key)
            if place in taken:
                return row[column]
            taken.add(place)
        return other

    def _taken(self, table: str, key: tuple[str, ...]) -> set[tuple[Any, ...]]:
        return {tuple(row[name] for name in key) for row in self.rows.by_table[table].values()}

    def _fresh(self, kind: Any, value: Any) -> Any:
        """A value that no row has got, for columns that are unique or hold each other."""
        number = self.random.getrandbits(30)
        match kind:
            case Integer():
                return number
            case Numeric():
                return Decimal(number % 100)
            case Date() | DateTime():
                return value + timedelta(days=number % 300)
            case _:
                return f"{number:x}"

    def _container(self, value: bytes | None, window: bytes | None = None) -> bytes:
        """Something that looks like a sealed cell, with the window of another one or of its own."""
        window = self.random.randbytes(48) if window is None else window
        return (
            b"\xc1"
            + len(window).to_bytes(2)
            + window
            + self.random.randbytes(len(value or b"") or 60)
        )

    def _box_exchanged(self, table: str, column: str, row: Row) -> Any:
        """Where the masked form is seen and the value is not, the value is another."""
        value = row[column]
        kind = metadata.tables[table].columns[column].type
        if not isinstance(kind, LargeBinary) or value is None:
            return value
        facts = self.rows.facts(table, row)
        if any(self._opens("decrypt", one.named, facts) for one in stakes()[table, column]):
            return value
        self.changed += 1
        return self._container(value, value[3 : 3 + int.from_bytes(value[1:3])])

    async def _rename(self, connection: asyncpg.Connection) -> None:
        """Have hidden names hold whatever is sought."""
        hidden = [
            (table, row["id"], row["tenant_id"])
            for table, row in self._named_rows()
            if not self._is_seen(table, str(entities()[table].named_by), row)
        ]
        group, ids = self.rows.group, [row for _, row, _ in hidden]
        await connection.execute(
            "DELETE FROM name_gram WHERE group_id = $1 AND row_id = ANY($2)", group, ids
        )
        await connection.executemany(
            "INSERT INTO name_gram (group_id, tenant_id, id, kind, row_id, gram, row_version, "
            "created_at) SELECT $1, $2, gen_random_uuid(), $3, $4, g, 1, now() "
            "FROM unnest($5::text[]) g",
            [(group, tenant, table, row, GRAMS) for table, row, tenant in hidden],
        )

    def _named_rows(self) -> Iterator[tuple[str, Row]]:
        for table, entity in entities().items():
            if entity.named_by is not None:
                yield from ((table, row) for row in self.rows.by_table[table].values())


GRAMS = ("欧", "李", "合规", "王")
