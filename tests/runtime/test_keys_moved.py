"""Keys move from one root to another: all of them or none, and what they sealed stays."""

from __future__ import annotations

import pytest

from domain.access.tokens import PEPPER
from domain.privacy.keyring import Keyring
from runtime.bring_up import connected
from runtime.keys import keys_of, move_keys
from runtime.keys.env import EnvKeys
from runtime.refused import StartRefused
from runtime.settings import KeyPlace, Settings
from tests.conftest import standing_on
from tests.people import found_group
from tests.runtime import transit as faults
from tests.runtime.test_keys_env import OTHER, ROOT
from tests.runtime.transit import TOKEN, Transit, standing

ASK = """query($id: ID!) { person(id: $id) {
  phone { masked value(purpose: EMERGENCY_CONTACT) } } }"""
PHONE = {"masked": "154****0004", "value": "15400000004"}


@pytest.fixture
def transit():
    with standing(Transit()) as transit:
        yield transit


@pytest.fixture
async def addresses(another_database):
    return await another_database()


@pytest.fixture
def settings(transit, tmp_path) -> Settings:
    environ = {
        "PEIYUAN_DATA_DIR": str(tmp_path / "data"),
        "PEIYUAN_KEY_FILE": str(tmp_path / "root.key"),
        "PEIYUAN_ROOT_KEY": ROOT,
        "PEIYUAN_VAULT_URL": transit.address,
        "PEIYUAN_VAULT_TOKEN": TOKEN,
    }
    return Settings.read(environ)


@pytest.fixture
async def group(addresses, settings, clock):
    async with standing_on(addresses, settings, clock) as installation:
        yield await found_group(installation, clock)


async def keys_in(addresses) -> dict[str, bytes]:
    """Every wrapped key, as a superuser's copy of the data would have it."""
    async with connected(addresses.owner) as connection, connection.transaction():
        await connection.execute("alter table group_key no force row level security")
        found = await connection.fetch(
            "select id::text as name, wrapped from group_key"
            " union all select name, wrapped from system_key"
        )
        await connection.execute("alter table group_key force row level security")
    return {row["name"]: row["wrapped"] for row in found}


async def walled(addresses) -> bool:
    async with connected(addresses.owner) as connection:
        return await connection.fetchval(
            "select relforcerowsecurity from pg_class where relname = 'group_key'"
        )


async def moved(addresses, settings, came_from: str, to: str) -> int:
    async with (
        keys_of(settings, KeyPlace(came_from)) as before,
        keys_of(settings, KeyPlace(to)) as after,
        connected(addresses.owner) as connection,
    ):
        return await move_keys(connection, before, after)


async def opens(group, settings, place: str) -> bool:
    """Whether a process that begins with a provider serves as before."""
    async with keys_of(settings, KeyPlace(place)) as keys:
        group.installation.keyring = Keyring(keys)
        async with group.installation.writer.transaction(group.id, ()) as session:
            await group.installation.keyring.of_system(session, PEPPER)
        answer = await group.ask("bea", ASK, id=group.psn("ada"))
        return answer.get("data", {}).get("person", {}).get("phone") == PHONE


async def test_keys_go_from_a_file_to_vault_and_to_its_next_version_and_back(
    group, addresses, settings, transit
):
    assert await opens(group, settings, "file")
    count = len(await keys_in(addresses))
    assert count >= 2

    assert await moved(addresses, settings, "file", "vault") == count
    assert all(key.startswith(b"vault:v1:") for key in (await keys_in(addresses)).values())
    assert await opens(group, settings, "vault")

    transit.rotate()
    transit.asked.clear()
    assert await moved(addresses, settings, "vault", "vault") == count
    assert transit.asked.count("rewrap") == count
    assert all(key.startswith(b"vault:v2:") for key in (await keys_in(addresses)).values())
    transit.oldest = 2
    assert await opens(group, settings, "vault")

    assert await moved(addresses, settings, "vault", "env") == count
    assert await opens(group, settings, "env")
    assert await walled(addresses)


async def test_keys_that_came_from_elsewhere_are_left_where_they_are(group, addresses, settings):
    before = await keys_in(addresses)
    with pytest.raises(StartRefused, match="no key was moved"):
        await moved(addresses, settings, "env", "vault")

    assert await keys_in(addresses) == before
    assert await walled(addresses)
    assert await opens(group, settings, "file")


@pytest.mark.parametrize("after", range(1, 5))
async def test_a_move_that_breaks_off_has_moved_nothing(group, addresses, settings, transit, after):
    await opens(group, settings, "file")
    before = await keys_in(addresses)

    def breaks(it, act):
        return faults.sealed(it, act) if it.asked.count("encrypt") > after else None

    transit.fault = breaks
    if after < 1 + len(before):
        with pytest.raises(StartRefused, match="Vault is sealed"):
            await moved(addresses, settings, "file", "vault")
        assert await keys_in(addresses) == before
    assert await walled(addresses)
    assert await opens(group, settings, "file")


async def test_a_key_that_is_not_the_groups_is_not_moved(group, addresses, settings, transit):
    """The provider gives back something: it is held against what the key once sealed."""
    await moved(addresses, settings, "file", "vault")
    before = await keys_in(addresses)

    async with (
        keys_of(settings, KeyPlace.VAULT) as keys,
        connected(addresses.owner) as connection,
    ):
        transit.fault = faults.another_key
        with pytest.raises(StartRefused, match="no key was moved"):
            await move_keys(connection, keys, EnvKeys.open(Settings(root_key=OTHER)))

    assert await keys_in(addresses) == before
