"""No audit, no key: whoever has the application's own connection gets no key that is not told of.

Each test speaks plain SQL as the role of the application, bound to the group as Peiyuan binds it.
"""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import asyncpg
import pytest

from runtime.bring_up import connected
from runtime.vault import gaps
from tests.domain.privacy.keys import kid_of

REQUEST = "SELECT vault.request($1::jsonb, $2)"
CELLS = [{"field": "Person.phone", "row": "x"}]
RELEASE = "SELECT * FROM vault.release($1)"


@pytest.fixture
async def app(addresses, group):
    """The application's role, with whatever SQL comes to somebody's mind."""
    async with connected(addresses.app) as connection:
        await connection.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        yield connection


@pytest.fixture
async def owner(addresses, group):
    """The owner of the vault, to look in and to turn its clock."""
    async with connected(addresses.owner) as connection:
        await connection.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        yield connection


@pytest.fixture
async def kids(group):
    return [await kid_of(group, group.people["ada"])]


def entry(group, *, about="ada", **changes):
    """An opening of ada's phone, as the application would write it down."""
    told = {
        "group_id": str(group.id),
        "tenant_id": str(group.id),
        "id": str(uuid4()),
        "at": "2026-05-04T01:00:00Z",
        "created_at": "2026-05-04T01:00:00Z",
        "row_version": 1,
        "principal_id": str(group.principals["bea"]),
        "verb": "decrypt",
        "object_type": "",
        "outcome": "DONE",
        "purpose": "HR_ADMINISTRATION",
        "policy_version": 1,
        "details": {
            "subject": str(group.people[about]),
            "cells": [{"field": "Person.phone", "row": str(group.people[about])}],
        },
        "leaf": "\\x" + "00" * 32,
    }
    return told | changes


def request(*entries):
    return json.dumps(entries)


async def entries_of(group):
    return await group.rows("SELECT id FROM audit_entry WHERE group_id = :g AND verb = 'decrypt'")


async def test_a_committed_ticket_gives_the_keys_that_it_names_and_the_entry_stays(
    group, app, kids
):
    told = entry(group)

    ticket = await app.fetchval(REQUEST, request(told), kids)
    [key] = await app.fetch(RELEASE, ticket)

    assert (key["kid"], key["subject_id"]) == (kids[0], group.people["ada"])
    assert [row.id for row in await entries_of(group)] == [UUID(told["id"])]


@pytest.mark.parametrize("table", ["box_key", "ticket", "tombstone"])
@pytest.mark.parametrize("role", ["app", "reader", "auditor"])
async def test_nobody_who_serves_reads_or_writes_the_vault(addresses, group, role, table):
    statements = (
        "SELECT * FROM vault.{}", "SELECT count(*) FROM vault.{}", "DELETE FROM vault.{}",
        "TRUNCATE vault.{}", "UPDATE vault.{} SET group_id = group_id",
        "INSERT INTO vault.{} (group_id) VALUES (gen_random_uuid())",
        "COPY (SELECT * FROM vault.{}) TO STDOUT", "ALTER TABLE vault.{} OWNER TO peiyuan_app",
        "GRANT SELECT ON vault.{} TO peiyuan_app",
        "CREATE VIEW public.seen AS SELECT * FROM vault.{}",
    )  # fmt: skip
    async with connected(getattr(addresses, role)) as connection:
        await connection.execute(f"SET app.group_id = '{group.id}'")
        await connection.execute("SET default_transaction_read_only = off")
        for statement in statements:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement.format(table))


@pytest.mark.parametrize("role", ["reader", "auditor"])
async def test_whoever_only_reads_comes_in_by_no_door(addresses, group, kids, role):
    async with connected(getattr(addresses, role)) as connection:
        await connection.execute(f"SET app.group_id = '{group.id}'")
        for call in (
            "vault.request('[]', '{}')", "vault.release(gen_random_uuid())",
            "vault.keep('{}', '{}', '{}')", "vault.shred('{}')", "vault.settle()",
        ):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SELECT {call}")


async def test_within_the_transaction_that_asks_nothing_is_given(group, app, kids):
    transaction = app.transaction()
    await transaction.start()
    ticket = await app.fetchval(REQUEST, request(entry(group)), kids)
    await app.execute("SAVEPOINT one")
    with pytest.raises(asyncpg.PostgresError, match="not been committed"):
        await app.fetch(RELEASE, ticket)
    await app.execute("ROLLBACK TO one")
    await app.execute("RELEASE one")
    await transaction.rollback()

    with pytest.raises(asyncpg.PostgresError, match="no such ticket"):
        await app.fetch(RELEASE, ticket)
    assert await entries_of(group) == []


async def test_a_savepoint_that_is_taken_back_takes_the_ticket_along(group, app, kids):
    async with app.transaction():
        await app.execute("SAVEPOINT one")
        ticket = await app.fetchval(REQUEST, request(entry(group)), kids)
        await app.execute("RELEASE one")
        await app.execute("SAVEPOINT two")
        lost = await app.fetchval(REQUEST, request(entry(group)), kids)
        await app.execute("ROLLBACK TO two")

    assert len(await app.fetch(RELEASE, ticket)) == 1
    with pytest.raises(asyncpg.PostgresError, match="no such ticket"):
        await app.fetch(RELEASE, lost)
    assert len(await entries_of(group)) == 1


async def test_while_the_other_connection_has_not_committed_the_ticket_is_none(
    addresses, group, app, kids
):
    async with connected(addresses.app) as other:
        await other.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        async with other.transaction():
            ticket = await other.fetchval(REQUEST, request(entry(group)), kids)
            with pytest.raises(asyncpg.PostgresError, match="no such ticket"):
                await app.fetch(RELEASE, ticket)
        assert len(await app.fetch(RELEASE, ticket)) == 1


async def test_a_snapshot_of_before_finds_no_ticket(addresses, group, app, kids):
    async with app.transaction(isolation="repeatable_read"):
        await app.fetchval("SELECT 1 FROM person LIMIT 1")
        async with connected(addresses.app) as other:
            await other.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
            ticket = await other.fetchval(REQUEST, request(entry(group)), kids)
        with pytest.raises(asyncpg.PostgresError, match="no such ticket"):
            await app.fetch(RELEASE, ticket)


async def test_a_ticket_is_good_for_ten_seconds(group, app, owner, kids):
    ticket = await app.fetchval(REQUEST, request(entry(group)), kids)
    await owner.execute("UPDATE vault.ticket SET asked_at = asked_at - interval '10 seconds'")

    with pytest.raises(asyncpg.PostgresError, match="older than ten seconds"):
        await app.fetch(RELEASE, ticket)


async def test_a_ticket_that_was_made_up_is_none(app):
    with pytest.raises(asyncpg.PostgresError, match="no such ticket"):
        await app.fetch(RELEASE, uuid4())


async def test_a_ticket_is_for_those_whom_its_entries_name(group, app):
    """Whoever writes down that they open ada's phone gets no key of grace's."""
    foreign = await kid_of(group, group.people["grace"])

    ticket = await app.fetchval(REQUEST, request(entry(group)), [foreign])

    assert await app.fetch(RELEASE, ticket) == []


async def test_a_ticket_is_for_its_own_group(group, other_group, app, kids):
    ticket = await app.fetchval(REQUEST, request(entry(group)), kids)
    foreign = [await kid_of(other_group, other_group.people["ada"])]

    await app.execute(f"SET app.group_id = '{other_group.id}'")
    with pytest.raises(asyncpg.PostgresError, match="no such ticket"):
        await app.fetch(RELEASE, ticket)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # an entry of one group, from another
        await app.fetchval(REQUEST, request(entry(group)), foreign)
    await app.execute(f"SET app.group_id = '{group.id}'")
    ticket = await app.fetchval(REQUEST, request(entry(group)), foreign)
    assert await app.fetch(RELEASE, ticket) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": None},
        {"purpose": ""},
        {"verb": "read"},
        {"verb": None},
        {"outcome": "DENIED"},
        {"details": {}},
        {"details": {"subject": None, "cells": CELLS}},
        {"details": {"cells": CELLS}},
        {"details": {"subject": "ada", "cells": CELLS}},
        {"details": {"subject": str(UUID(int=1)), "cells": []}},
        {"details": {"subject": str(UUID(int=1)), "cells": [{"row": "x"}]}},
        {"details": {"subject": str(UUID(int=1)), "cells": "all"}},
        {"details": None},
    ],
)
async def test_an_entry_that_does_not_say_who_opens_what_gives_no_ticket(group, app, kids, changes):
    with pytest.raises(asyncpg.PostgresError):
        await app.fetchval(REQUEST, request(entry(group), entry(group, **changes)), kids)
    with pytest.raises(asyncpg.PostgresError):
        await app.fetchval(REQUEST, request(), kids)
    with pytest.raises(asyncpg.PostgresError):
        await app.fetchval(REQUEST, "null", kids)
    many = [entry(group) for _ in range(1001)]
    with pytest.raises(asyncpg.PostgresError, match="1 to 1000"):
        await app.fetchval(REQUEST, request(*many), kids)

    assert await entries_of(group) == []


async def test_unbound_nothing_is_asked_for_kept_or_given(group, app, kids):
    ticket = await app.fetchval(REQUEST, request(entry(group)), kids)
    await app.execute("RESET app.group_id")

    with pytest.raises(asyncpg.PostgresError):
        await app.fetchval(REQUEST, request(entry(group)), kids)
    with pytest.raises(asyncpg.PostgresError):
        await app.fetch(RELEASE, ticket)
    with pytest.raises(asyncpg.PostgresError):
        await app.execute("SELECT vault.keep($1, $2, $3)", [uuid4()], [b"k" * 8], [b"w"])


async def test_a_key_goes_in_once_and_is_never_changed(group, app, owner, kids):
    ada = group.people["ada"]
    held = "SELECT kid, wrapped FROM vault.box_key WHERE group_id = $1 ORDER BY kid"
    before = await owner.fetch(held, group.id)

    for subject in (ada, group.people["grace"]):
        with pytest.raises(asyncpg.UniqueViolationError):
            await app.execute("SELECT vault.keep($1, $2, $3)", [subject], kids, [b"mine"])
    with pytest.raises(asyncpg.CheckViolationError):
        await app.execute("SELECT vault.keep($1, $2, $3)", [ada], [b"short"], [b"mine"])
    with pytest.raises(asyncpg.NotNullViolationError):
        await app.execute("SELECT vault.keep($1, $2, $3)", [ada, ada], [b"k" * 8], [b"mine"])

    assert await owner.fetch(held, group.id) == before


async def test_what_a_caller_puts_in_the_way_is_not_found(group, app, kids):
    """The functions name what they mean by its schema, and look in no place of the caller's."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("CREATE TEMP TABLE audit_entry (LIKE public.audit_entry)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("CREATE FUNCTION public.pg_xact_status(xid8) RETURNS text RETURN 'x'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("CREATE SCHEMA mine")
    await app.execute("SET search_path = pg_temp, public")

    ticket = await app.fetchval(REQUEST, request(entry(group)), kids)

    assert len(await app.fetch(RELEASE, ticket)) == 1
    assert len(await entries_of(group)) == 1


async def test_tickets_of_long_ago_are_cleared_away(group, app, owner, kids):
    old = await app.fetchval(REQUEST, request(entry(group)), kids)
    await owner.execute("UPDATE vault.ticket SET asked_at = asked_at - interval '2 hours'")

    ticket = await app.fetchval(REQUEST, request(entry(group)), kids)

    assert [row["id"] for row in await owner.fetch("SELECT id FROM vault.ticket")] == [ticket]
    assert ticket != old


async def test_keys_are_not_shredded_without_a_word(group, app, owner):
    held = "SELECT count(*) FROM vault.box_key WHERE group_id = $1 AND subject_id = $2"
    where = (group.id, group.people["ada"])
    before = await owner.fetchval(held, *where)
    erasing = entry(group, verb="eraseSubject", details={"subject": str(group.people["ada"])})

    for changes in (
        {"verb": "x"},
        {"details": {}},
        {"purpose": " "[:0]},
        {"outcome": "DENIED"},
    ):
        with pytest.raises(asyncpg.PostgresError):
            await app.execute("SELECT vault.shred($1)", json.dumps(erasing | changes))
    assert await owner.fetchval(held, *where) == before > 0

    await app.execute("SELECT vault.shred($1)", json.dumps(erasing))
    await app.execute("SELECT vault.shred($1)", json.dumps(erasing | {"id": str(uuid4())}))

    assert await owner.fetchval(held, *where) == 0
    stones = await owner.fetch("SELECT subject_id FROM vault.tombstone")
    assert [one["subject_id"] for one in stones] == [group.people["ada"]]
    told = await group.rows(
        "SELECT verb FROM audit_entry WHERE group_id = :g AND verb = 'eraseSubject'"
    )
    assert len(told) == 2


async def test_the_vault_as_it_was_made_has_no_gap(owner):
    assert await gaps(owner) == []


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        (
            "GRANT SELECT ON vault.box_key TO peiyuan_app",
            "vault.box_key: peiyuan_app holds privileges on it",
        ),
        (
            "GRANT UPDATE (wrapped) ON vault.box_key TO peiyuan_reader",
            "vault.box_key: peiyuan_reader holds privileges on it",
        ),
        (
            "GRANT SELECT ON vault.ticket TO public",
            "vault.ticket: peiyuan_auditor holds privileges on it",
        ),
        (
            "ALTER TABLE vault.tombstone NO FORCE ROW LEVEL SECURITY",
            "vault.tombstone: its rows are not kept apart by group",
        ),
        (
            "ALTER FUNCTION vault.release RESET search_path",
            "vault.release: looks names up where a caller could put them",
        ),
        ("ALTER FUNCTION vault.release SECURITY INVOKER", "vault.release: acts as its caller"),
        (
            "GRANT EXECUTE ON FUNCTION vault.settle TO public",
            "vault.settle: open to peiyuan_app, peiyuan_auditor, peiyuan_reader",
        ),
        ("REVOKE EXECUTE ON FUNCTION vault.keep FROM peiyuan_app", "vault.keep: open to nobody"),
        ("DROP FUNCTION vault.shred", "vault.shred: not in the database"),
        (
            (
                "CREATE FUNCTION vault.out() RETURNS SETOF vault.box_key SECURITY DEFINER"
                " LANGUAGE sql AS 'SELECT * FROM vault.box_key'"
            ),
            "vault.out: acts as its owner",
        ),
    ],
)
async def test_a_gap_in_the_vault_is_named_before_anybody_is_served(owner, change, gap):
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(change)
    found = await gaps(owner)
    await transaction.rollback()

    assert gap in found
