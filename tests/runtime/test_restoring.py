"""Dump, erase, restore: whoever was erased stays erased, and is so before anybody is answered."""

from __future__ import annotations

import asyncio
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from domain.people.erase_person import CANDIDATES_KEPT
from domain.people.erasing import ERASED
from domain.people.register_candidate import RegisterCandidate, register_candidate
from domain.privacy.sealed import Sealed
from runtime.bring_up import connected, embedded_database
from runtime.tombstones import burying, erase_again, keep_outside, place_of
from tests.conftest import standing_on
from tests.domain.people.test_erasing import aged, erased
from tests.people import found_group

SEEN = """
SELECT p.display_name AS name, p.phone AS phone,
  (SELECT count(*) FROM window_key w WHERE w.group_id = p.group_id AND w.subject_id = p.id)
  + (SELECT count(*) FROM vault.box_key b WHERE b.group_id = p.group_id AND b.subject_id = p.id)
  AS keys
FROM person p WHERE p.group_id = $1 AND p.id = $2
"""


@pytest.fixture
async def world(another_database, installation, scratch, clock):
    """An installation on a database of its own, with a candidate of long ago."""
    addresses = await another_database()
    settings = replace(installation.settings, tombstones=scratch / f"{uuid4()}.jsonl")
    async with standing_on(addresses, settings, clock) as alone:
        group = await found_group(alone, clock)
        command = RegisterCandidate(
            tenant_id=group.tenants["east"],
            staff_number="C9",
            display_name="司马候选",
            phone=Sealed.of("15400000077"),
        )
        group.people["cai"] = (await group.do("rita", register_candidate, command)).id
        await aged(group, "cai", CANDIDATES_KEPT + timedelta(days=1))
        yield group, addresses, settings


def tool(cluster, name: str) -> Path:
    """A program of the server that is running."""
    return Path(f"/proc/{cluster.pid}/exe").resolve().parent / name


def database_of(addresses) -> str:
    return addresses.owner.rpartition("@/")[2].partition("?")[0]


def dump(cluster, addresses, to: Path) -> None:
    subprocess.run(
        [tool(cluster, "pg_dump"), "-Fc", "-f", to, cluster.dsn(database_of(addresses))],
        check=True,
    )


async def restore(cluster, file: Path, name: str):
    async with connected(cluster.dsn("postgres")) as connection:
        await connection.execute(f'create database "{name}"')
    given = [tool(cluster, "pg_restore"), "-d", cluster.dsn(name), file]
    await asyncio.to_thread(subprocess.run, given, check=True)
    return await embedded_database(cluster, name)


async def seen(cluster, addresses, group):
    async with connected(cluster.dsn(database_of(addresses))) as superuser:
        row = await superuser.fetchrow(SEEN, group.id, group.people["cai"])
    return row["name"], row["phone"] is not None, row["keys"]


async def test_whoever_was_erased_stays_erased_when_an_older_copy_comes_back(
    cluster, world, scratch, clock
):
    group, addresses, settings = world
    file = scratch / f"{uuid4()}.dump"
    dump(cluster, addresses, file)
    await erased(group, "cai")
    await keep_outside(group.installation)

    copy = await restore(cluster, file, f"restored_{uuid4().hex}")
    assert await seen(cluster, copy, group) == ("司马候选", True, 2)

    async with standing_on(copy, settings, clock) as restored, burying(restored):
        assert await seen(cluster, copy, group) == (ERASED, False, 0)
        assert await erase_again(restored) == 0
    async with connected(cluster.dsn(database_of(copy))) as superuser:
        told = await superuser.fetch(
            "SELECT purpose FROM audit_entry WHERE verb = 'eraseSubject' AND group_id = $1",
            group.id,
        )
    assert [row["purpose"] for row in told] == ["RESTORED"]


async def test_a_tombstone_outside_is_of_mode_0600_and_written_once(world):
    group, _, _ = world
    await erased(group, "cai")
    place = place_of(group.installation)

    for _ in range(2):
        await keep_outside(group.installation)

    lines = [json.loads(line) for line in place.read_text().splitlines() if line]
    assert lines == [{"group": str(group.id), "subject": str(group.people["cai"])}]
    assert place.stat().st_mode & 0o777 == 0o600


async def test_a_line_that_a_crash_has_cut_off_is_written_again(world):
    group, _, _ = world
    await erased(group, "cai")
    place = place_of(group.installation)
    place.write_text('{"group": "0198')

    await keep_outside(group.installation)

    assert json.loads(place.read_text().splitlines()[-1])["group"] == str(group.id)
    assert await erase_again(group.installation) == 0
