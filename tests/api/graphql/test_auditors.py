"""An auditor cannot write, three times over, and what they read stands in the trail."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import asyncpg
import orjson
import pytest
from sqlalchemy import text

from api.graphql import gateway as gateways
from api.graphql import views
from api.graphql.request import Request
from authz.actor import DenialMode, PrincipalKind
from domain.access.assign_role import AssignRole, assign_role
from domain.content.create_course import CreateCourse, create_course
from domain.content.models import CourseFamily
from domain.kernel.errors import Forbidden
from runtime import unit
from runtime.bring_up import connected
from runtime.unit import AuditorsOnlyRead, StaleActor, perform
from tests.conftest import standing_on
from tests.people import found_group, refused

PERSON = """
query($id: ID!) {
  one: person(id: $id) {
    displayName staffNumber phone { masked } bankAccount { masked } tenant { name }
  }
  people(first: 3, search: "阳") { totalCount nodes { displayName } }
}
"""
CREATE = "mutation($i: CreateCourseInput!) { createCourse(input: $i) { userErrors { code } } }"


def course(group):
    return {"tenantId": group.tnt("head"), "code": "C1", "title": "x", "family": "CULTURE"}


async def readings(group):
    rows = await group.rows(
        "SELECT * FROM audit_entry WHERE group_id = :g AND verb = 'read' ORDER BY id"
    )
    return [row for row in rows if row.principal_id == group.principals["anna"]]


async def answer(group, actor, query, **variables):
    return await group.gateway.answer(
        actor, Request(query=query, variables=variables, request_id="test")
    )


async def writing(group):
    """An auditor whose roles would let them do what a manager does."""
    return replace(await group.actor("hugo"), kind=PrincipalKind.AUDITOR)


async def test_nothing_that_changes_anything_is_in_their_schema(group):
    whole = group.gateway.made.graphql
    told = await group.read(
        "anna", "{ __schema { mutationType { name } types { name } } viewer { denials } }"
    )
    names = {one["name"] for one in told["__schema"]["types"]}

    assert told["__schema"]["mutationType"] is None
    assert told["viewer"]["denials"] == "PARTIAL"
    assert {"Person", "PersonFilter", "SensitiveText", "Purpose"} <= names
    gone = whole.type_map.keys() - names
    assert "Mutation" in gone
    assert {one for one in gone if not one.endswith(("Input", "Payload"))} <= {
        "ErasureGround", "Mutation", "Refused", "UserError", "UserErrorCode",
    }  # fmt: skip
    for name in sorted(gone):
        asked = "query($n: String!) { __type(name: $n) { name } }"
        assert (await group.read("anna", asked, n=name)) == {"__type": None}


async def test_a_mutation_is_refused_before_anything_and_so_is_one_that_never_was(group):
    async with group.unchanged():
        known = await group.ask("anna", CREATE, i=course(group))
        other = "mutation { createKourse(input: {}) { userErrors { code } } }"
        never = await group.ask("anna", other)

    for told in (known, never):
        assert "data" not in told
        assert {one["extensions"]["code"] for one in told["errors"]} == {
            "GRAPHQL_VALIDATION_FAILED"
        }
        assert told["errors"][0]["message"] == (
            "The mutation operation is not supported by the schema."
        )
    assert await readings(group) == []


async def test_a_hidden_auditor_has_no_mutation_whatever_their_mask(group):
    actor = replace(await writing(group), denials=DenialMode.HIDDEN)

    told = await answer(group, actor, "{ __schema { mutationType { name } } }")

    assert orjson.loads(told.body) == {"data": {"__schema": {"mutationType": None}}}


async def test_roles_that_write_do_not_let_an_auditor_write(group):
    command = AssignRole(
        principal_id=group.principals["anna"], role="branch_hr", tenant_id=group.tenants["head"]
    )
    await group.do(group.founder, assign_role, command)
    anna = await group.actor("anna")

    assert "branch_hr" in anna.roles
    assert {act for act, _ in anna.mask.rules} <= {"read", "filter", "sort", "aggregate"}
    permissions = await group.read(
        "anna", "{ viewer { permissions { type create write delete execute export } } }"
    )
    for one in permissions["viewer"]["permissions"]:
        assert set(one.values()) - {one["type"]} == {"NEVER"}
    opened = "query($id: ID!) { person(id: $id) { phone { value(purpose: AUDIT) } } }"
    told = await group.ask("anna", opened, id=group.psn("ada"))
    assert told["data"]["person"]["phone"] == {"value": None}


async def test_with_the_first_lock_open_the_edge_refuses(group, monkeypatch):
    monkeypatch.setattr(views, "_is_auditor", lambda _: False)
    actor = await writing(group)

    async with group.unchanged():
        told = await answer(group, actor, CREATE, i=course(group))
        with refused(AuditorsOnlyRead):
            async with perform(group.installation, actor):
                pytest.fail("no work of theirs is opened")
        with refused(Forbidden):
            await group.do("anna", create_course, command(group))

    assert told.refusal == "FORBIDDEN"
    assert b'"data"' not in told.body
    assert "only read" in orjson.loads(told.body)["errors"][0]["message"]


async def test_with_two_locks_open_the_database_refuses(group, monkeypatch):
    monkeypatch.setattr(views, "_is_auditor", lambda _: False)
    monkeypatch.setattr(unit, "refuse_auditors", lambda *_, **__: None)
    actor = await writing(group)

    async with group.unchanged():
        with pytest.raises(Exception, match="read-only transaction"):
            await answer(group, actor, CREATE, i=course(group))
        with pytest.raises(Exception, match="read-only transaction"):
            await group.do(actor, create_course, command(group))
    assert await answer(group, replace(actor, kind=PrincipalKind.PERSON), CREATE, i=course(group))


async def test_past_read_only_the_role_may_not_write_any_table(group, addresses):
    async with connected(addresses.auditor) as connection:
        for table in sorted(await group.everything(but=())):
            await connection.execute("begin read write")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"insert into {table} default values")
            await connection.execute("rollback")


def command(group):
    return CreateCourse(
        tenant_id=group.tenants["head"], code="C1", title="x", family=CourseFamily.CULTURE
    )


async def test_a_work_that_reads_is_of_their_role_and_cannot_write(group):
    anna = await group.actor("anna")
    who = text("SELECT current_user::text, current_setting('transaction_read_only')")
    async with perform(group.installation, anna, reading=True) as work:
        assert (await work.session.execute(who)).one() == ("peiyuan_auditor", "on")
    async with perform(group.installation, await group.actor("hugo"), reading=True) as work:
        assert (await work.session.execute(who)).one() == ("peiyuan_app", "on")
    async with group.unchanged():
        for name in ("anna", "hugo"):
            with pytest.raises(Exception, match="read-only transaction"):
                async with perform(
                    group.installation, await group.actor(name), reading=True
                ) as work:
                    await work.session.execute(text("DELETE FROM course"))


async def test_they_read_on_their_own_connections_and_only_the_trail_is_written(group, monkeypatch):
    """Keys and cursors are the installation's own: they are there after a first request."""
    await group.read("anna", PERSON, id=group.psn("ada"))
    anna, opened = await group.actor("anna"), []
    writer, begin = group.installation.writer, group.installation.writer.transaction

    def watched(actor_group, tenants, **options):
        opened.append((actor_group, tuple(tenants), options))
        return begin(actor_group, tenants, **options)

    def never(*_, **__):
        pytest.fail("an auditor is not read for on these")

    monkeypatch.setattr(writer, "transaction", watched)
    monkeypatch.setattr(group.installation.reader, "fetch_row", never)
    for query in (PERSON, "{ __schema { queryType { name } } }", "{ viewer { actor { name } } }"):
        told = await answer(
            group, anna, query, **({"id": group.psn("ada")} if "$id" in query else {})
        )
        assert told.refusal is None
    told = await answer(group, anna, "{ nobody }")  # a refusal confirms who is refused

    assert told.refusal == "GRAPHQL_VALIDATION_FAILED"
    assert opened == [(group.id, (anna.tenant_id,), {})] * 3


async def test_each_read_leaves_one_entry_that_tells_how_much_and_no_value(group):
    told = await group.ask("anna", PERSON, id=group.psn("ada"))
    await group.ask("grace", PERSON, id=group.psn("ada"))

    [entry] = await readings(group)
    assert entry.outcome == "DONE"
    assert entry.tenant_id == group.tenants["head"]
    assert (entry.token_id, entry.request_id) == (group.tokens["anna"].token_id, "test")
    assert entry.at == group.clock.now
    assert entry.details == {
        "operation": sha256(PERSON.encode()).hexdigest(),
        "roots": ["people", "person"],
        "types": ["Person", "Tenant"],
        "rows": 3,  # ada, her tenant, and ada again in the list
        "withheld": sum(one["count"] for one in told["extensions"]["denied"]),
    }
    assert entry.details["withheld"] > 0
    for value in ("欧阳", "阳", "艾达", "S0004", "154****0004", group.psn("ada")[4:]):
        assert value not in str(entry._mapping)
    rows = await group.rows("SELECT 1 FROM audit_entry WHERE group_id = :g AND verb = 'read'")
    assert len(rows) == 1  # of grace there is none


HOWEVER = (
    ("{ __typename }", [], 0),
    ("{ __schema { types { name } } }", [], 0),
    ("{ viewer { actor { name } tenant { code } } }", ["Tenant"], 1),
    ("{ tenants { nodes { id } edges { node { id } } } }", ["Tenant"], 8),
    ("query($i: ID!) { person(id: $i) { tenant { id } mentor { id } } }", ["Person", "Tenant"], 3),
    ("query($i: ID!) { node(id: $i) { id } nodes(ids: [$i]) { id } }", ["Node"], 2),
    ('{ person(id: "psn_00000000000000000000000000000000") { id } }', ["Person"], 0),
    ("{ competencyModels { nodes { current { competencies { id } } } } }",
     ["Competency", "CompetencyModel", "CompetencyModelVersion"], 0),
)  # fmt: skip


async def test_rows_are_counted_however_they_are_reached(group):
    for query, types, rows in HOWEVER:
        group.clock.on(seconds=1)
        given = {"i": group.psn("ada")} if "$i" in query else {}
        await group.read("anna", query, **given)
        details = (await readings(group))[-1].details
        assert (details["types"], details["rows"]) == (types, rows), query


async def test_the_entry_is_committed_before_the_answer_is_made(group, monkeypatch):
    anna, order = await group.actor("anna"), []
    begin, put = group.installation.writer.transaction, gateways.enveloped

    @asynccontextmanager
    async def watched(*given, **options):
        async with begin(*given, **options) as session:
            yield session
        order.append("committed")

    def handed_out(*given, **options):
        order.append("handed out")
        return put(*given, **options)

    await answer(group, anna, PERSON, id=group.psn("ada"))
    monkeypatch.setattr(group.installation.writer, "transaction", watched)
    monkeypatch.setattr(gateways, "enveloped", handed_out)

    await answer(group, anna, PERSON, id=group.psn("ada"))

    assert order == ["committed", "handed out"]


async def test_what_cannot_be_written_down_is_not_shown(another_database, scratch, clock):
    from runtime.settings import Settings  # noqa: PLC0415

    addresses = await another_database()
    settings = Settings(data_dir=scratch / "keys", key_file=scratch / "root.key")
    async with standing_on(addresses, settings, clock) as installation:
        group = await found_group(installation, clock)
        await group.read("anna", PERSON, id=group.psn("ada"))
        async with connected(addresses.owner) as owner:
            await owner.execute("revoke insert on audit_entry from peiyuan_app")

        told = await answer(group, await group.actor("anna"), PERSON, id=group.psn("ada"))
        seen = await group.read("grace", PERSON, id=group.psn("ada"))

        assert told.refusal == "SERVICE_UNAVAILABLE"  # by HTTP a 503
        assert b'"data"' not in told.body
        assert "欧阳" not in told.body.decode()
        assert len(await readings(group)) == 1
        assert seen["one"]["displayName"] == "欧阳艾达"


async def test_a_read_of_yesterdays_auditor_is_thrown_away_and_not_written_down(group):
    anna = await group.actor("anna")
    given = AssignRole(
        principal_id=group.principals["walt"], role="mentor", tenant_id=group.tenants["west"]
    )
    await group.do(group.founder, assign_role, given)

    for query in (PERSON, "{ __schema { queryType { name } } }", "{ nobody }"):
        with pytest.raises(StaleActor):
            await answer(group, anna, query, id=group.psn("ada"))
    assert await readings(group) == []


async def test_what_is_refused_shows_nothing_and_leaves_no_reading(group):
    told = await group.ask("anna", PERSON, strict=True, id=group.psn("ada"))

    assert told["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await readings(group) == []
