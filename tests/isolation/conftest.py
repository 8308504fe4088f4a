"""Two furnished groups on one database: the one that is asked about, and a strange one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from runtime.addresses import Addresses
from runtime.settings import Settings
from tests.conftest import standing_on
from tests.isolation.furnished import furnished
from tests.people import Clock, Group

SEED, OTHER_SEED = 4, 13  # each with people enough in the east for every role
OWN, STRANGE = UUID(int=0x15_0A7E << 96), UUID(int=0x57_0A7E << 96)


@asynccontextmanager
async def two_groups(
    addresses: Addresses, folder: Path, own: UUID, strange: UUID
) -> AsyncIterator[tuple[Group, Group]]:
    """Found a group and a strange one, both with everything in them."""
    clock = Clock()
    settings = Settings(data_dir=folder / "isolation", key_file=folder / "root.key")
    async with standing_on(addresses, settings, clock) as installation:
        group = await furnished(installation, clock, own, seed=SEED)
        yield group, await furnished(installation, clock, strange, seed=OTHER_SEED)


@pytest.fixture(scope="module")
async def neighbours(addresses, scratch):
    """A group and a strange one, on the worker's database."""
    async with two_groups(addresses, scratch, OWN, STRANGE) as groups:
        yield groups
