"""The roles of the database: who owns it, who writes, who reads, and who reads for auditors."""

from collections.abc import Mapping
from typing import Final

import asyncpg
from asyncpg import Connection

from runtime.grants import APP, AUDITOR, READER
from runtime.refused import StartRefused
from runtime.scram import verifier

OWNER: Final = "peiyuan_owner"  # migrations; owns the tables, and the wall binds it all the same
ROLES: Final = (OWNER, APP, READER, AUDITOR)
READING: Final = (READER, AUDITOR)

PLAIN: Final = "login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
MODEST: Final = "login"  # what a role without superuser's rights can say of another

TO_READ: Final[Mapping[str, str]] = {
    "timezone": "UTC",
    "statement_timeout": "10s",
    "jit": "off",  # plans are kept, and short: compiling them costs more than it gives
    "plan_cache_mode": "force_generic_plan",
    "default_transaction_read_only": "on",
}
SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    OWNER: {"timezone": "UTC", "lock_timeout": "30s"},
    APP: {"timezone": "UTC", "statement_timeout": "30s", "lock_timeout": "10s"},
    READER: TO_READ,
    AUDITOR: TO_READ,
}

LOCK: Final = 0x7065_6979_7561_6E01  # a number of our own, at which starting processes take turns
UNSAFE: Final = """
    select r.rolname as role, r.rolsuper or r.rolbypassrls as free,
           count(c.oid) filter (where c.relowner = r.oid) > 0 as owner,
           r.rolname = any ($2::text[]) and count(c.oid) filter (
               where has_any_column_privilege(r.oid, c.oid, 'insert, update')
                  or has_table_privilege(r.oid, c.oid, 'delete, truncate')) > 0 as writes,
           r.rolname = any ($2::text[]) and not pg_has_role(r.oid, (
               select oid from pg_roles where rolname = $3), 'usage') as blind
    from pg_roles r left join pg_class c
      on c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    where r.rolname = any ($1::text[]) group by r.oid, 1, 2 order by 1
"""


async def ensure_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Create the roles, or bring them to what they should be.

    The connection belongs to a superuser, or to a role that may create roles. Raises
    `StartRefused` where it may not.
    """
    superuser = await connection.fetchval("select rolsuper from pg_roles where rolname = user")
    rights = PLAIN if superuser else MODEST
    statements = [line for role in ROLES for line in _role(role, rights, passwords[role])]
    try:
        async with connection.transaction():
            await connection.execute(f"select pg_advisory_xact_lock({LOCK})")
            await connection.execute(";\n".join(statements))
            if not superuser:
                await connection.execute(f"grant {OWNER} to current_user")
            await connection.execute(f"grant {READER} to {AUDITOR}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise StartRefused(
            f"the role of PEIYUAN_DATABASE_URL may not create roles ({error}): give it CREATEROLE,"
            f" or create {', '.join(ROLES)} and name their addresses in PEIYUAN_DATABASE_URL (the"
            " owner's), PEIYUAN_DATABASE_URL_APP, PEIYUAN_DATABASE_URL_READER and"
            " PEIYUAN_DATABASE_URL_AUDITOR"
        ) from error


async def ensure_database(connection: Connection, database: str) -> None:
    """Create the database for its owner, if it is not there."""
    if await connection.fetchval("select 1 from pg_database where datname = $1", database):
        return
    try:
        await connection.execute(f'create database "{database}" owner {OWNER}')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        return  # another process was faster


async def open_database(connection: Connection) -> None:
    """Let our roles, and nobody else, into the database that is connected to."""
    try:
        await connection.execute(
            f"do $$ begin execute format('revoke all on database %I from public',"
            f" current_database());"
            f" execute format('grant connect, create, temporary on database %I to {OWNER}',"
            f" current_database());"
            f" execute format('grant connect on database %I to {APP}, {READER},"
            f" {AUDITOR}',"
            f" current_database()); end $$;"
            f"grant usage, create on schema public to {OWNER};"
            f"grant usage on schema public to {APP}, {READER}, {AUDITOR}"
        )
    except asyncpg.InsufficientPrivilegeError as error:
        raise StartRefused(
            f"the role of PEIYUAN_DATABASE_URL may not open the database to ours ({error}):"
            " let it own the database"
        ) from error


async def unsafe_roles(connection: Connection) -> list[str]:
    """Say where a role that serves callers could step over the wall, or do more than it is for."""
    rows = await connection.fetch(UNSAFE, [APP, *READING], READING, READER)
    return [
        *(
            f"{row['role']} is a superuser or bypasses row-level security"
            for row in rows
            if row["free"]
        ),
        *(f"{row['role']} owns tables" for row in rows if row["owner"]),
        *(f"{row['role']} may write" for row in rows if row["writes"]),
        *(f"{row['role']} is no member of {READER}" for row in rows if row["blind"]),
    ]


def _role(role: str, rights: str, password: str) -> list[str]:
    absent = f"not exists (select from pg_roles where rolname = '{role}')"
    settings = SETTINGS[role].items()
    inherits = "inherit" if role == AUDITOR else "noinherit"
    return [
        f"do $$ begin if {absent} then create role {role}; end if; end $$",
        f"alter role {role} {rights} {inherits} password '{verifier(password)}'",
        *(f"alter role {role} set {name} = '{value}'" for name, value in settings),
    ]
