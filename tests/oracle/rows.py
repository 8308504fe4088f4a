"""The rows of the small group in memory, as plain dictionaries, with what was sealed laid open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.kernel.entity import metadata
from domain.privacy.container import Place, unpack, unseal
from domain.privacy.keyring import unwrap_subject_key
from domain.privacy.models import KeyUse, SubjectKey
from runtime.installation import Installation

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
    async with installation.writer.transaction(group, (), read_only=True) as session:
        for name in names:
            statement = text(f"SELECT * FROM {name} WHERE group_id = :g ORDER BY id")
            found = await session.execute(statement, {"g": group})
            rows.tables[name] = {row["id"]: dict(row) for row in found.mappings()}
        key = await installation.keyring.of_group(session, group)
    boxes = {row["kid"]: row for row in rows.all("subject_key") if row["use"] == KeyUse.BOX.value}
    for name in names:
        for column in metadata.tables[name].columns:
            if type(column.type).__name__ == "SealedText":
                _open(rows, name, column.name, key, boxes)
    return rows


def _open(rows: Rows, table: str, column: str, group_key: Any, boxes: dict[bytes, Row]) -> None:
    """Open the boxes of a column with the keys of their people; of the erased, nothing is left."""
    about = metadata.tables[table].info["about"]
    for row in rows.all(table):
        if row[column] is None:
            continue
        _, box = unpack(row[column])
        kept = boxes.get(box[4:12])
        rows.plain[table, row["id"], column] = None
        if kept is not None:
            key = unwrap_subject_key(group_key, _subject_key(kept))
            place = Place(
                group=rows.group, table=table, column=column, row=row["id"], subject=row[about]
            )
            opened = unseal(key, box, place=place, label=KeyUse.BOX.value)
            rows.plain[table, row["id"], column] = opened.decode()


def _subject_key(row: Row) -> SubjectKey:
    key = SubjectKey(
        tenant_id=row["tenant_id"],
        subject_id=row["subject_id"],
        use=KeyUse(row["use"]),
        kid=row["kid"],
        wrapped=row["wrapped"],
    )
    key.group_id = row["group_id"]
    return key
