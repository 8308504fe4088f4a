"""What each database role may do to a table, by the table's kind."""

from dataclasses import dataclass
from typing import Final

from asyncpg import Connection
from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import registry

APP: Final = "peiyuan_app"
READER: Final = "peiyuan_reader"
AUDITOR: Final = "peiyuan_auditor"  # holds nothing of its own: a member of the reading role

PREPARER: Final = registry.load("postgresql")().identifier_preparer

READ: Final = frozenset({"SELECT"})
ADD: Final = READ | {"INSERT"}
CHANGE: Final = ADD | {"UPDATE", "DELETE"}
NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """The privileges of the writing and of the reading role."""

    app: frozenset[str]
    reader: frozenset[str]


KINDS: Final = {
    "group": Grant(app=CHANGE, reader=READ),
    "directory": Grant(app=CHANGE, reader=READ),
    "reference": Grant(app=READ, reader=READ),  # the same for everybody: migrations fill it
    "local": Grant(app=CHANGE, reader=NONE),
}

MOVED: Final = "tenant_id"
HELD_COLUMNS: Final = """
    select c.relname as name, a.attname as column, g.grantee::regrole::text as role,
           g.privilege_type as privilege
    from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
"""
HELD: Final = """
    select c.relname as name, g.grantee::regrole::text as role,
           array_agg(g.privilege_type order by 1) as privileges
    from pg_class c, aclexplode(c.relacl) g
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
      and g.grantee <> c.relowner
    group by 1, 2
"""


def granted(table: Table) -> Grant:
    """What the table's kind grants; `append_only` and `unread` in its `info` take away.

    An append-only table (histories, audit) is never changed or cleared by the application; one
    that is `unread` (wrapped keys) is not for planned reads.
    """
    grant = KINDS[table.info["kind"]]
    app = grant.app & ADD if table.info.get("append_only") else grant.app
    reader = NONE if table.info.get("unread") else grant.reader
    return Grant(app=app, reader=reader)


def movable(table: Table) -> bool:
    """Whether the rows follow a person who moves: then their tenant, and it alone, may change."""
    return bool(table.info.get("append_only") and table.info.get("about"))


def quoted(table: Table) -> str:
    """The table's name as it stands in a statement."""
    return str(PREPARER.format_table(table))


def statements(table: Table) -> list[str]:
    """The statements that give the roles exactly these privileges, whatever they had before."""
    name = quoted(table)
    grant = granted(table)
    given = [(APP, grant.app), (READER, grant.reader)]
    return [
        f"revoke all on table {name} from {APP}, {READER}",
        *(f"grant {_list(what).lower()} on table {name} to {role}" for role, what in given if what),
        *([f"grant update ({MOVED}) on table {name} to {APP}"] if movable(table) else []),
    ]


async def _differing_columns(connection: Connection, metadata: MetaData) -> list[str]:
    rows = await connection.fetch(HELD_COLUMNS)
    tables = {table.name for table in metadata.tables.values()}
    held = {tuple(row.values()) for row in rows if row["name"] in tables}
    wanted = {
        (table.name, MOVED, APP, "UPDATE") for table in metadata.tables.values() if movable(table)
    }
    return [
        f"{table}.{column}: {privilege.lower()} of {role} differs from what its kind grants"
        for table, column, role, privilege in sorted(held ^ wanted)
    ]


async def differing(connection: Connection, metadata: MetaData) -> list[str]:
    """Say, line by line, where the privileges held differ from those the kinds grant."""
    rows = await connection.fetch(HELD)
    held = {(row["name"], row["role"]): frozenset(row["privileges"]) for row in rows}
    wanted: dict[tuple[str, str], frozenset[str]] = {}
    for table in metadata.tables.values():
        grant = granted(table)
        wanted |= {(table.name, APP): grant.app, (table.name, READER): grant.reader}
    tables = {table.name for table in metadata.tables.values()}
    columns = await _differing_columns(connection, metadata)
    wanted = {key: what for key, what in wanted.items() if what}
    held = {key: what for key, what in held.items() if key[0] in tables}
    return columns + [
        f"{table}: {role} holds {_list(held.get((table, role)))},"
        f" its kind grants {_list(wanted.get((table, role)))}"
        for table, role in sorted(held.keys() | wanted.keys())
        if held.get((table, role)) != wanted.get((table, role))
    ]


def _list(privileges: frozenset[str] | None) -> str:
    return ", ".join(sorted(privileges or ())) or "nothing"
