"""The rows of the small group in memory, as plain dictionaries, with what was sealed laid open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.access.founder import founder
from domain.audit.entries import Act
from domain.audit.key_acts import ask_for_keys
from domain.audit.opened import DECRYPT
from domain.audit.trail import entry_in
from domain.kernel.entity import metadata
from domain.privacy.container import KID, Key, Place, unpack, unseal
from domain.privacy.keyring import unwrap_box
from domain.privacy.models import KeyUse
from domain.privacy.vault import release_boxes
from runtime.installation import Installation
from runtime.unit import perform

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Every row of a group by table and id; `plain` holds the values that were sealed."""

    group: UUID
    tables: dict[str, dict[UUID, Row]] = field(default_factory=dict)
    plain: dict[tuple[str, UUID, str], str | None] = field(default_factory=dict)
    indexes: dict[tuple[str, str], dict[Any, list[Row]]] = field(default_factory=dict)

    def all(self, table: str) -> Sequence[Row]:
        """All rows of a table."""
        return list(self.tables[table].values())

    def one(self, table: str, row_id: UUID | None) -> Row | None:
        """The row of an id, if there is one."""
        return None if row_id is None else self.tables[table].get(row_id)

    def where(self, table: str, column: str, value: Any) -> Sequence[Row]:
        """The rows whose column holds a value; NULL equals nothing."""
        if value is None:
            return []
        index = self.indexes.get((table, column))
        if index is None:
            index = self.indexes[table, column] = defaultdict(list)
            for row in self.all(table):
                index[row[column]].append(row)
        return index.get(value, [])


async def read_rows(installation: Installation, group: UUID) -> Rows:
    """Read a whole group once."""
    rows = Rows(group)
    names = [name for name, table in metadata.tables.items() if table.info["kind"] == "group"]
    await _fill(installation, rows, names)
    boxes = await _boxes(installation, rows)
    await _fill(installation, rows, names)  # opening the boxes is written down, and can be read
    for name, column in _sealed_columns(names):
        _open(rows, name, column, boxes)
    return rows


async def _fill(installation: Installation, rows: Rows, names: list[str]) -> None:
    async with installation.writer.transaction(rows.group, (), read_only=True) as session:
        for name in names:
            statement = text(f"SELECT * FROM {name} WHERE group_id = :g ORDER BY id")
            found = await session.execute(statement, {"g": rows.group})
            rows.tables[name] = {row["id"]: dict(row) for row in found.mappings()}


def _sealed_columns(names: list[str]) -> list[tuple[str, str]]:
    return [
        (name, column.name)
        for name in names
        for column in metadata.tables[name].columns
        if type(column.type).__name__ == "SealedText"
    ]


async def _boxes(installation: Installation, rows: Rows) -> dict[bytes, Key]:
    """Take the keys of all boxes, as anybody must: with entries that say so, and a ticket."""
    everything = founder(rows.group, "/", installation.founding.policy)
    wanted = {
        (row[metadata.tables[name].info["about"]], unpack(row[column])[1][KID])
        for name, column in _sealed_columns(list(rows.tables))
        for row in rows.all(name)
        if row[column] is not None
    }
    async with perform(installation, everything) as work:
        entries = [
            entry_in(
                work,
                Act(
                    verb=DECRYPT,
                    purpose="AUDIT",
                    details={"subject": str(subject), "cells": [{"field": "*"}]},
                ),
            )
            for subject in sorted({subject for subject, _ in wanted})
        ]
        ticket = await ask_for_keys(work, entries, [kid for _, kid in wanted])
    async with installation.writer.transaction(rows.group, (), read_only=True) as session:
        key = await installation.keyring.of_group(session, rows.group)
        held = await release_boxes(session, ticket)
    return {one.kid: unwrap_box(key, one, group_id=rows.group) for one in held}


def _open(rows: Rows, table: str, column: str, boxes: dict[bytes, Key]) -> None:
    """Open the boxes of a column with the keys of their people; of the erased, nothing is left."""
    about = metadata.tables[table].info["about"]
    for row in rows.all(table):
        if row[column] is None:
            continue
        _, box = unpack(row[column])
        key = boxes.get(box[KID])
        rows.plain[table, row["id"], column] = None
        if key is not None:
            place = Place(
                group=rows.group, table=table, column=column, row=row["id"], subject=row[about]
            )
            opened = unseal(key, box, place=place, label=KeyUse.BOX.value)
            rows.plain[table, row["id"], column] = opened.decode()
