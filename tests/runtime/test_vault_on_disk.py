"""A key is given when its trail is on the disk, whatever the asking session has set."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from runtime import migrate
from runtime.bring_up import embedded_database
from runtime.postgres import Cluster
from runtime.postgres.processes import inside
from runtime.settings import Settings

OLDER = sorted(Path("/usr/lib/postgresql").glob("1[5-6]/bin"))
LAZY = """
SET synchronous_commit = off; SET CONSTRAINTS ALL IMMEDIATE; SET app.write_tenants = '*';
SET app.group_id = '{}'
"""


@pytest.fixture(params=[None, *OLDER], ids=lambda given: "shipped" if given is None else "older")
def settings(request, scratch):
    outer = scratch / f"vault-{os.getpid()}-{request.param_index}"
    outer.mkdir()
    outer.chmod(0o711)
    yield Settings(data_dir=outer / "data", pg_bin=request.param)
    kill(inside(outer / "data" / "postgres" / "cluster"))


def kill(processes) -> None:
    for one in processes:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


async def founded(cluster, group):
    """A database with one tenant, whose key of a person's boxes lies in the vault."""
    addresses = await embedded_database(cluster)
    await migrate.upgrade(addresses.owner)
    connection = await asyncpg.connect(addresses.app)
    await connection.execute(LAZY.format(group))
    await connection.execute(
        "INSERT INTO tenant (group_id, tenant_id, id, kind, code, name, path, sort_key,"
        " data_region, row_version, created_at, time_zone) VALUES"
        " ($1, $1, $1, 'GROUP', 'hq', 'HQ', '/hq/', 'hq', 'CN', 1, now(), 'Asia/Shanghai')",
        group,
    )
    return connection


async def opened(connection, group, subject, kid):
    """Have one key released as lazily as the server allows."""
    entry = {
        "group_id": str(group), "tenant_id": str(group), "id": str(uuid4()),
        "at": "2026-05-04T01:00:00Z", "created_at": "2026-05-04T01:00:00Z", "row_version": 1,
        "principal_id": str(uuid4()), "verb": "decrypt", "object_type": "",
        "outcome": "DONE", "purpose": "AUDIT", "policy_version": 1, "leaf": "\\x" + "00" * 32,
        "details": {"subject": str(subject), "cells": [{"field": "Person.phone"}]},
    }  # fmt: skip
    ticket = await connection.fetchval(
        "SELECT vault.request($1::jsonb, $2)", json.dumps([entry]), [kid]
    )
    keys = await connection.fetch("SELECT * FROM vault.release($1)", ticket)
    return entry["id"], len(keys)


def test_what_was_released_stands_in_the_trail_after_the_server_was_killed(settings):
    group, subject, kid = uuid4(), uuid4(), b"\x01" * 8
    cluster = Cluster.start(settings)

    async def release_many():
        connection = await founded(cluster, group)
        await connection.execute("SELECT vault.keep($1, $2, $3)", [subject], [kid], [b"wrapped"])
        for _ in range(20):
            told, given = await opened(connection, group, subject, kid)
            assert given == 1
        kill(inside(settings.data_dir / "postgres" / "cluster"))
        connection.terminate()
        return told

    last = asyncio.run(release_many())
    with suppress(Exception):
        cluster.stop()
    again = Cluster.start(settings)

    async def look():
        connection = await asyncpg.connect(again.dsn("peiyuan"))
        try:
            return {str(row["id"]) for row in await connection.fetch("SELECT id FROM audit_entry")}
        finally:
            await connection.close()

    try:
        kept = asyncio.run(look())
    finally:
        again.stop()
    assert last in kept
    assert len(kept) == 20
