"""One table of each kind, so that the runtime is tested by itself."""

from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Text, UniqueConstraint, Uuid

from runtime import grants, wall
from runtime.addresses import Addresses
from runtime.engine import make_engine

ALPHA = UUID("01970000-0000-7000-8000-00000000000a")
BETA = UUID("01970000-0000-7000-8000-00000000000b")
NORTH = UUID("01970000-0000-7000-8000-000000000001")
SOUTH = UUID("01970000-0000-7000-8000-000000000002")

metadata = MetaData()


def _group_table(name: str, **info: object) -> Table:
    return Table(
        name,
        metadata,
        Column("group_id", Uuid, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("tenant_id", Uuid, nullable=False),
        Column("note", Text),
        UniqueConstraint("group_id", "note", deferrable=True, initially="DEFERRED"),
        info={"kind": "group"} | info,
    )


note = _group_table("note")
history = _group_table("history", append_only=True)
diary = _group_table("diary", append_only=True, about="person_id")
wrapped_key = _group_table("wrapped_key", unread=True)
country = Table(
    "country", metadata, Column("code", Text, primary_key=True), info={"kind": "reference"}
)
login = Table(
    "login", metadata, Column("digest", Text, primary_key=True), info={"kind": "directory"}
)
machine = Table("machine", metadata, Column("name", Text, primary_key=True), info={"kind": "local"})


def walls_and_grants() -> list[str]:
    return [
        statement
        for table in metadata.sorted_tables
        for statement in [*wall.statements(table), *grants.statements(table)]
    ]


async def build(addresses: Addresses) -> None:
    """Create the tables as the owner, with their wall and grants."""
    engine = make_engine(addresses.owner)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for statement in walls_and_grants():
            await connection.exec_driver_sql(statement)
    await engine.dispose()
