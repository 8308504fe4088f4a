"""A process hears that a policy has moved and reads it ahead; deaf, it is no less fresh."""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest

from api.http.app import make_app
from domain.access.head import CHANNEL
from runtime import listening as ears
from runtime.listening import listening
from tests.conftest import standing_on
from tests.domain.access.editing import draft, edited, version

COHORTS = draft("learner Cohort read subtree")


@pytest.fixture
async def process(group, addresses, clock):
    """Another process on the same database, in which ada has just been served."""
    async with standing_on(addresses, group.installation.settings, clock) as installation:
        app = make_app(installation)
        await app.endpoint.authentication.actor(f"Bearer {group.secrets['ada']}")
        yield installation, app.endpoint.authentication


@asynccontextmanager
async def moving(installation, group):
    """Do something that moves the policy, and leave when the process has heard of it."""
    heard = asyncio.Event()
    moved = installation.policy_moved

    async def hear(group_id):
        await moved(group_id)
        if group_id == group.id:
            heard.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(installation), "policy_moved", lambda _, group_id: hear(group_id))
        yield
        async with asyncio.timeout(30):
            await heard.wait()


async def ears_of(addresses, *, but=()):
    """Wait until somebody listens, and say by which processes; a role sees what its own ask."""
    connection = await asyncpg.connect(addresses.app)
    try:
        async with asyncio.timeout(30):
            while True:
                rows = await connection.fetch(
                    "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' "
                    "AND datname = current_database()"
                )
                if found := {row["pid"] for row in rows} - set(but):
                    return found
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


async def test_a_policy_that_moved_is_read_before_anybody_asks(group, addresses, process):
    installation, authentication = process
    before = installation.policies.current(group.id).version
    assert authentication.known
    async with listening(installation, addresses.app):
        await ears_of(addresses)
        async with moving(installation, group):
            await edited(group, "sage", COHORTS)

    assert installation.policies.current(group.id).version == await version(group) == before + 1
    assert not authentication.known


async def test_deaf_a_process_is_as_fresh(group, process):
    installation, authentication = process
    before = installation.policies.current(group.id).version

    await edited(group, "sage", COHORTS)

    assert installation.policies.current(group.id).version == before
    actor = await authentication.actor(f"Bearer {group.secrets['ada']}", anew=True)
    assert actor.policy_version == await version(group) == before + 1
    assert not actor.mask.cell("read", "Cohort").never


async def test_a_lost_connection_is_made_anew(
    group, addresses, process, cluster, monkeypatch, caplog
):
    installation, _ = process
    monkeypatch.setattr(ears, "AGAIN", 0.01)
    async with listening(installation, addresses.app):
        lost = await ears_of(addresses)
        superuser = await asyncpg.connect(cluster.dsn("postgres"))
        for pid in lost:
            await superuser.execute("SELECT pg_terminate_backend($1)", pid)
        await superuser.close()
        await ears_of(addresses, but=lost)
        async with moving(installation, group):
            await edited(group, "sage", COHORTS)

    assert installation.policies.current(group.id).version == await version(group)


async def test_what_is_told_of_nobodys_group_or_in_no_words_disturbs_nothing(
    group, addresses, process
):
    installation, _ = process
    async with listening(installation, addresses.app):
        await ears_of(addresses)
        async with moving(installation, group):
            connection = await asyncpg.connect(addresses.app)
            await connection.execute("SELECT pg_notify($1, 'nonsense')", CHANNEL)
            await connection.execute("SELECT pg_notify($1, gen_random_uuid()::text)", CHANNEL)
            await connection.close()
            await edited(group, "sage", COHORTS)

    assert installation.policies.current(group.id).version == await version(group)
