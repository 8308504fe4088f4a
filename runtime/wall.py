"""The second lock: row-level security of PostgreSQL on every table that belongs to groups.

What a caller may see and write is decided by masks; this wall stands behind them. It is generated
from the metadata and compared with the catalogue, so that no table is forgotten and no policy is
changed by hand.
"""

from collections.abc import Iterator
from typing import Final

from asyncpg import Connection, Record
from sqlalchemy import MetaData, Table

from runtime.grants import quoted

# Unbound, the setting is null or (after an earlier SET LOCAL) empty: no rows. As a sub-select it
# is evaluated once a statement; bare, PostgreSQL would evaluate it for every row.
GROUP: Final = "group_id = (select nullif(current_setting('app.group_id', true), '')::uuid)"
TENANT: Final = (
    "((select current_setting('app.write_tenants', true)) = '*' or tenant_id = any ((select"
    " string_to_array(nullif(nullif(current_setting('app.write_tenants', true), ''), '*'), ','))"
    "::uuid[]))"
)

POLICIES: Final = {
    "wall_delete": f"for delete using ({GROUP} and {TENANT})",
    "wall_insert": f"for insert with check ({GROUP} and {TENANT})",
    "wall_select": f"for select using ({GROUP})",
    "wall_update": f"for update using ({GROUP} and {TENANT}) with check ({GROUP} and {TENANT})",
}

PROBE: Final = "wall_probe"
CATALOGUE: Final = """
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           array(select row(p.polname, p.polcmd, p.polpermissive, p.polroles,
                            pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))::text
                 from pg_policy p where p.polrelid = c.oid order by p.polname) as policies
    from pg_class c
    where c.relkind in ('r', 'p')
      and c.relnamespace in ('public'::regnamespace, pg_my_temp_schema())
      and 2 = (select count(*) from pg_attribute a
               where a.attrelid = c.oid and a.attname in ('group_id', 'tenant_id'))
    order by c.relname
"""


def statements(table: Table) -> list[str]:
    """The statements that put a group's table behind the wall; none for other kinds."""
    if table.info.get("kind") != "group":
        return []
    return list(_build(quoted(table)))


async def missing(connection: Connection, metadata: MetaData | None = None) -> list[str]:
    """Say, line by line, where the database differs from the wall as it should stand.

    Every table with the columns of a group's row is expected behind it, known to the metadata or
    not. PostgreSQL rewrites the text of policies, so they are compared with those of an empty
    temporary table; the connection's role must be allowed to make one.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(_probe())
        found = {row["name"]: row for row in await connection.fetch(CATALOGUE)}
    finally:
        await transaction.rollback()
    wanted = found.pop(PROBE)["policies"]
    absent = sorted(_group_tables(metadata) - set(found))
    gaps = [gap for row in found.values() for gap in _gaps(row, wanted)]
    return [f"{name}: not in the database" for name in absent] + gaps


def _build(table: str) -> Iterator[str]:
    yield f"alter table {table} enable row level security"
    yield f"alter table {table} force row level security"
    for name, rule in POLICIES.items():
        yield f"create policy {name} on {table} {rule}"


def _probe() -> str:
    columns = f"create temporary table {PROBE} (group_id uuid, tenant_id uuid)"
    return ";\n".join([columns, *_build(f"pg_temp.{PROBE}")])


def _gaps(found: Record, wanted: list[str]) -> Iterator[str]:
    if not found["enabled"]:
        yield f"{found['name']}: row-level security is not enabled"
    if not found["forced"]:
        yield f"{found['name']}: row-level security does not bind the owner"
    if found["policies"] != wanted:
        yield f"{found['name']}: its policies are not those of the wall"


def _group_tables(metadata: MetaData | None) -> set[str]:
    tables = metadata.tables.values() if metadata is not None else ()
    return {table.name for table in tables if table.info.get("kind") == "group"}
