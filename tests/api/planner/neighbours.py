"""The large group among others, as an installation serves them: what plans are held against.

Alone it would be all there is, and of a table of twenty courses PostgreSQL rightly reads the only
page. Forty-nine neighbours are as large as the demo; four hundred and fifty more have opened, with
tenants and what is taught, and nobody works there yet.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from api.demo.large import load_large
from api.demo.load import GROUP, load_demo
from authz.actor import Actor
from domain.access.founder import founder
from domain.models import metadata
from domain.organisation.models import Metric
from domain.organisation.set_threshold import SetThreshold, set_threshold
from runtime import migrate
from runtime.bring_up import connected, embedded_database
from runtime.installation import Installation
from runtime.postgres import Cluster
from runtime.settings import Settings
from runtime.unit import perform
from tests.conftest import standing_on
from tests.people import Clock

DATABASE = "peiyuan_large"
PEOPLED, OPENED = 49, 450
OF_EACH_GROUP = {"policy_head"}  # besides what is declared to be few
UNCHECKED = "SET session_replication_role = replica"  # rows that are copied keep their keys


def settings_of(scratch: Path) -> Settings:
    return Settings(data_dir=scratch / "large", key_file=scratch / "root.key")


async def load(cluster: Cluster, scratch: Path) -> None:
    """Load everything into a database of its own: a minute and a half."""
    addresses = await embedded_database(cluster, DATABASE)
    await migrate.upgrade(addresses.owner)
    async with standing_on(addresses, settings_of(scratch), Clock()) as installation:
        await load_demo(installation)
        await _limit(installation)
    async with connected(cluster.dsn(DATABASE)) as superuser:
        await superuser.execute(UNCHECKED)
        await _copy_to_neighbours(superuser)
    as_owner = replace(addresses, app=addresses.owner)
    async with standing_on(as_owner, settings_of(scratch), Clock()) as installation:
        await load_large(installation, _founder(installation), tell=lambda _: None)
    async with connected(cluster.dsn(DATABASE)) as superuser:
        await superuser.execute(UNCHECKED)
        await _plan_for_everybody(superuser)
        await _consent_for_every_other(superuser)
        await superuser.execute("VACUUM ANALYZE")


def _founder(installation: Installation) -> Actor:
    return founder(GROUP, "/hq/", installation.founding.policy)


async def _limit(installation: Installation) -> None:
    """Set a threshold: the demo has none, and of an empty table no plan can be told."""
    async with perform(installation, _founder(installation)) as work:
        command = SetThreshold(tenant_id=GROUP, metric=Metric.PASS_MARK, value=Decimal(80))
        await set_threshold(work, command)


async def _copy_to_neighbours(superuser: asyncpg.Connection) -> None:
    """Give each neighbour the rows of the demo under a group id of its own."""
    peopled = [uuid4() for _ in range(PEOPLED)]
    opened = [uuid4() for _ in range(OPENED)]
    for name, table in metadata.tables.items():
        if table.info["kind"] != "group":
            continue
        everywhere = table.info["few"] or name in OF_EACH_GROUP
        await _copy(superuser, name, [*peopled, *(opened if everywhere else ())])


async def _plan_for_everybody(superuser: asyncpg.Connection) -> None:
    """Give those of the large group a learning plan as well: the demo's own, over again."""
    columns = [column.name for column in metadata.tables["learning_plan"].columns]
    theirs = {"id": "gen_random_uuid()", "person_id": "p.id", "tenant_id": "p.tenant_id"}
    listed = ", ".join(columns)
    given = ", ".join(theirs.get(column, f"l.{column}") for column in columns)
    await superuser.execute(
        f"INSERT INTO learning_plan ({listed}) SELECT {given} FROM person p, "
        "(SELECT * FROM learning_plan WHERE group_id = $1 AND state = 'ACTIVE' LIMIT 1) l"
        " WHERE p.group_id = $1 AND NOT EXISTS (SELECT FROM learning_plan k"
        " WHERE k.group_id = $1 AND k.person_id = p.id)",
        GROUP,
    )


async def _consent_for_every_other(superuser: asyncpg.Connection) -> None:
    """Have every other person of the large group consent to third parties."""
    await superuser.execute(
        "INSERT INTO consent (group_id, tenant_id, id, person_id, topic, given_at, row_version, "
        "created_at) SELECT p.group_id, p.tenant_id, gen_random_uuid(), p.id, 'THIRD_PARTY', "
        "now(), 1, now() FROM (SELECT p.*, row_number() OVER (ORDER BY p.id) AS n FROM person p "
        "WHERE p.group_id = $1) p WHERE p.n % 2 = 0 AND NOT EXISTS (SELECT FROM consent c "
        "WHERE c.group_id = $1 AND c.person_id = p.id)",
        GROUP,
    )


async def _copy(superuser: asyncpg.Connection, name: str, groups: list[UUID]) -> None:
    columns = [column.name for column in metadata.tables[name].columns]
    listed = ", ".join(f'"{column}"' for column in columns)
    given = ", ".join("g.id" if one == "group_id" else f't."{one}"' for one in columns)
    await superuser.execute(
        f"INSERT INTO {name} ({listed}) SELECT {given} FROM {name} t, unnest($1::uuid[]) g(id)"
        " WHERE t.group_id = $2",
        groups,
        GROUP,
    )
