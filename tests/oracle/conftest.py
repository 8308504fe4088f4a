"""The small group of the oracle: founded once for each worker, read once, and never changed."""

import pytest

from api.graphql.gateway import Gateway
from runtime.settings import Settings
from tests.conftest import standing_on
from tests.oracle.founded import GROUP, STRANGERS, found
from tests.oracle.rounds import Rounds
from tests.oracle.rows import read_rows
from tests.oracle.trial import Remembered, Trial
from tests.people import Clock


@pytest.fixture(scope="session")
async def small(addresses, scratch):
    """An installation with the small group in it, beside a group of strangers."""
    # The masks of the oracle's askers follow from no policy: there is nothing to check them by.
    settings = Settings(data_dir=scratch / "oracle", key_file=scratch / "root.key", shadow_reads=0)
    async with standing_on(addresses, settings, Clock()) as installation:
        await found(installation, GROUP, seed=1)
        await found(installation, STRANGERS, seed=2)
        yield installation


@pytest.fixture(scope="session")
async def rows(small):
    return await read_rows(small, GROUP)


@pytest.fixture
async def rounds(small, rows):
    """Rounds over a gateway of the test's own: nothing is planned yet."""
    gateway = Gateway(small)
    async with small.writer.transaction(GROUP, ()) as session:
        key = await small.keyring.of_system(session, "cursors")
    gateway.cursors = Remembered.under(key)
    [head] = rows.all("policy_head")
    trial = Trial(small, rows, gateway)
    return Rounds(trial, await read_rows(small, STRANGERS), head["version"])
