"""The database's own lock, compared with its catalogue; and the privileges beside it."""

import asyncpg
import pytest

from runtime import grants, wall
from runtime.bring_up import connected, inspect
from runtime.refused import StartRefused
from runtime.roles import unsafe_roles
from tests.runtime.tables import country, diary, history, machine, metadata, note, wrapped_key


@pytest.fixture
async def owner(world):
    """The owner, whose changes are undone at the end."""
    async with connected(world.owner) as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()


async def test_a_generated_wall_has_no_gap(owner, world):
    assert await wall.missing(owner, metadata) == []
    assert await grants.differing(owner, metadata) == []
    assert await unsafe_roles(owner) == []
    await inspect(world, metadata)


async def test_asking_leaves_no_table_behind(owner):
    await wall.missing(owner)

    assert not await owner.fetchval("select 1 from pg_class where relname = $1", wall.PROBE)


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ("alter table note disable row level security", "note: row-level security is not enabled"),
        (
            "alter table note no force row level security",
            "note: row-level security does not bind the owner",
        ),
        ("drop policy wall_delete on note", "note: its policies are not those of the wall"),
        (
            "create policy more on note for select using (true)",
            "note: its policies are not those of the wall",
        ),
        (
            "alter policy wall_insert on note with check (true)",
            "note: its policies are not those of the wall",
        ),
        (
            "alter policy wall_select on note to peiyuan_reader",
            "note: its policies are not those of the wall",
        ),
    ],
)
async def test_each_gap_is_named(owner, change, gap):
    await owner.execute(change)

    assert await wall.missing(owner, metadata) == [gap]


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        (
            "grant update (note) on diary to peiyuan_app",
            "diary.note: update of peiyuan_app differs from what its kind grants",
        ),
        (
            "grant select (note) on wrapped_key to peiyuan_reader",
            "wrapped_key.note: select of peiyuan_reader differs from what its kind grants",
        ),
        (
            "revoke update (tenant_id) on diary from peiyuan_app",
            "diary.tenant_id: update of peiyuan_app differs from what its kind grants",
        ),
        (
            "grant truncate on note to peiyuan_app",
            (
                "note: peiyuan_app holds DELETE, INSERT, SELECT, TRUNCATE, UPDATE,"
                " its kind grants DELETE, INSERT, SELECT, UPDATE"
            ),
        ),
        (
            "grant select on machine to public",
            "machine: - holds SELECT, its kind grants nothing",
        ),
        (
            "revoke all on note from peiyuan_reader",
            "note: peiyuan_reader holds nothing, its kind grants SELECT",
        ),
    ],
)
async def test_each_privilege_too_many_or_too_few_is_named(owner, change, gap):
    await owner.execute(change)

    assert await grants.differing(owner, metadata) == [gap]


async def test_a_table_that_no_metadata_knows_is_expected_behind_the_wall_too(owner):
    await owner.execute("create table stray (group_id uuid, tenant_id uuid)")

    assert [gap.split(":")[0] for gap in await wall.missing(owner, metadata)] == ["stray"] * 3


async def test_a_table_of_the_metadata_that_is_not_there_is_named(owner):
    await owner.execute("drop table history")

    assert await wall.missing(owner, metadata) == ["history: not in the database"]


async def test_a_start_is_refused_while_there_is_a_gap(world):
    async with connected(world.owner) as connection:
        await connection.execute("grant update on history to peiyuan_app")
        try:
            with pytest.raises(
                StartRefused, match="history: peiyuan_app holds INSERT, SELECT, UPD"
            ):
                await inspect(world, metadata)
        finally:
            await connection.execute("revoke update on history from peiyuan_app")


async def test_a_role_that_steps_over_the_wall_is_named(cluster, world):
    async with connected(cluster.dsn("postgres")) as superuser, superuser.transaction():
        await superuser.execute("alter role peiyuan_reader bypassrls")
        gaps = await unsafe_roles(superuser)
        await superuser.execute("alter role peiyuan_reader nobypassrls")

    assert gaps == ["peiyuan_reader is a superuser or bypasses row-level security"]


@pytest.mark.parametrize(
    ("change", "gaps"),
    [
        ("grant insert on note to peiyuan_auditor", ["peiyuan_auditor may write"]),
        (
            "grant update (note) on diary to peiyuan_reader",
            ["peiyuan_auditor may write", "peiyuan_reader may write"],
        ),
        ("grant peiyuan_app to peiyuan_auditor", ["peiyuan_auditor may write"]),
        (
            "revoke peiyuan_reader from peiyuan_auditor",
            ["peiyuan_auditor is no member of peiyuan_reader"],
        ),
    ],
)
async def test_a_role_for_reading_that_may_do_more_or_less_is_named(cluster, world, change, gaps):
    database = world.owner.rpartition("/")[2]
    async with connected(cluster.dsn(database.partition("?")[0])) as superuser:
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute(change)
        assert await unsafe_roles(superuser) == gaps
        await transaction.rollback()


def test_only_tables_of_groups_have_a_wall():
    assert len(wall.statements(note)) == 6
    assert wall.statements(country) == wall.statements(machine) == []


@pytest.mark.parametrize(
    ("table", "app", "reader"),
    [
        (note, {"SELECT", "INSERT", "UPDATE", "DELETE"}, {"SELECT"}),
        (history, {"SELECT", "INSERT"}, {"SELECT"}),
        (diary, {"SELECT", "INSERT"}, {"SELECT"}),
        (wrapped_key, {"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
        (country, {"SELECT"}, {"SELECT"}),
        (metadata.tables["login"], {"SELECT", "INSERT", "UPDATE", "DELETE"}, {"SELECT"}),
        (machine, {"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_a_kind_grants(table, app, reader):
    assert grants.granted(table) == grants.Grant(app=frozenset(app), reader=frozenset(reader))


async def test_nobody_may_create_tables_but_the_owner(world):
    for dsn in (world.app, world.reader, world.auditor):
        async with connected(dsn) as connection:
            with pytest.raises(
                (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)
            ):
                await connection.execute("create table public.mine (id int)")
