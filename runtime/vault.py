"""The vault's own lock, held against the catalogue: who may do what there, and by which doors."""

from typing import Final

from asyncpg import Connection

from runtime.grants import APP, AUDITOR, READER

DOORS: Final = ("erased", "keep", "release", "request", "shred")
"""By these keys are put in, asked for, taken out and destroyed; and it is told whose were."""
SERVING: Final = (APP, READER, AUDITOR)

TABLES: Final = """
    select c.relname as name, r.rolname as role
    from pg_class c, unnest($1::text[]) as served join pg_roles r on r.rolname = served
    where c.relnamespace = to_regnamespace('vault') and c.relkind in ('r', 'p', 'v', 'm')
      and (has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')
           or has_table_privilege(r.oid, c.oid, 'delete, truncate, trigger'))
"""
WALLS: Final = """
    select c.relname as name from pg_class c
    where c.relnamespace = to_regnamespace('vault') and c.relkind in ('r', 'p')
      and not (c.relrowsecurity and c.relforcerowsecurity)
"""
FUNCTIONS: Final = """
    select p.proname as name, p.prosecdef as definer,
           'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}')) as fixed,
           array(select r.rolname::text from unnest($1::text[]) as served
                 join pg_roles r on r.rolname = served
                 where has_function_privilege(r.oid, p.oid, 'execute') order by 1) as open_to
    from pg_proc p where p.pronamespace = to_regnamespace('vault')
"""


async def gaps(connection: Connection) -> list[str]:
    """Say, line by line, where somebody could get at keys without asking for them.

    That there is a vault follows from the revisions; what has none keeps no keys.
    """
    if await connection.fetchval("select to_regnamespace('vault')") is None:
        return []
    tables = await connection.fetch(TABLES, SERVING)
    walls = await connection.fetch(WALLS)
    functions = await connection.fetch(FUNCTIONS, SERVING)
    return [
        *(f"vault.{row['name']}: {row['role']} holds privileges on it" for row in tables),
        *(f"vault.{row['name']}: its rows are not kept apart by group" for row in walls),
        *(gap for row in functions for gap in _gaps_of(**row)),
        *(
            f"vault.{name}: not in the database"
            for name in sorted(set(DOORS) - {row["name"] for row in functions})
        ),
    ]


def _gaps_of(*, name: str, definer: bool, fixed: bool, open_to: list[str]) -> list[str]:
    door = name in DOORS
    wanted = [APP] if door else []
    found = [] if fixed else [f"vault.{name}: looks names up where a caller could put them"]
    if definer is not door:
        found.append(f"vault.{name}: acts as {'its owner' if definer else 'its caller'}")
    if open_to != wanted:
        found.append(f"vault.{name}: open to {', '.join(open_to) or 'nobody'}")
    return found
