"""The policy that a process holds: of the stored head, up to the next border, or refused."""

import asyncio
import logging
from datetime import timedelta

import asyncpg
import httpx
import orjson
import pytest
from sqlalchemy import text as sa_text

from api.graphql.request import Request
from api.http.app import make_app
from authz.shelf import Shelf
from domain.access.head import hold_head
from domain.access.policy import read_policy
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode
from runtime.identify import identified
from runtime.installation import PolicyUnavailable
from runtime.unit import StaleActor, perform

PEOPLE = "{ people { totalCount } }"
NAME = '{ person(id: "%s") { displayName } }'
PHONE = '{ person(id: "%s") { phone { masked value(purpose: SUBJECT_REQUEST) } } }'


@pytest.fixture
async def owner(addresses, group):
    """Somebody who writes into the rows of the group by hand."""
    connection = await asyncpg.connect(addresses.owner)
    await connection.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
    yield connection
    await connection.close()


async def line(owner, group, *, object, valid_from=None, valid_to=None, effect="allow"):
    """A line of learners that lies in the rows without anybody having edited the policy."""
    await owner.execute(
        "INSERT INTO policy_line (group_id, tenant_id, id, ptype, role, tenant_path, object,"
        " action, condition, effect, valid_from, valid_to, row_version, created_at) VALUES"
        " ($1, $1, gen_random_uuid(), 'p', 'learner', '/', $2, 'read', '-', $3, $4, $5, 1, now())",
        group.id,
        object,
        effect,
        valid_from or group.clock.now,
        valid_to,
    )


async def moved(owner, group):
    await owner.execute(
        "UPDATE policy_head SET version = version + 1 WHERE group_id = $1", group.id
    )


async def version(group):
    [row] = await group.rows("SELECT version FROM policy_head WHERE group_id = :g")
    return row.version


async def people_seen_by(group, who):
    return (await group.read(who, PEOPLE))["people"]["totalCount"]


async def asked_by(group, actor, query=PEOPLE):
    request = Request(query=query, variables={}, request_id="test")
    return orjson.loads((await group.gateway.answer(actor, request)).body)


async def test_the_head_rises_whoever_moves_it(group):
    """It stands at the root, and bea may write no further up than her branch."""
    before, ada = await version(group), await group.person("ada")

    await group.do(
        "bea",
        leave,
        Leave(
            person_id=ada.id,
            expected_version=ada.row_version,
            left_on=group.clock.now.date(),
            leave_code=LeaveCode.OTHER,
        ),
    )

    assert await version(group) == before + 1


async def test_whoever_holds_the_head_may_still_write_only_at_home(group):
    async with group.work_as("bea") as work:
        await hold_head(work)
        tenants = await work.session.scalar(sa_text("SELECT current_setting('app.write_tenants')"))

    assert tenants == str(group.tenants["east"])


async def test_a_line_that_begins_later_holds_from_its_instant_for_whoever_is_remembered(
    group, owner
):
    begins = group.clock.now + timedelta(hours=1)
    await line(owner, group, object="Person", valid_from=begins)
    await moved(owner, group)
    actor = await group.actor("ada")
    assert (await asked_by(group, actor))["data"]["people"]["totalCount"] == 1
    assert actor.until == begins

    group.clock.on(hours=1)

    with pytest.raises(StaleActor):
        await asked_by(group, actor)
    with pytest.raises(StaleActor):
        async with perform(group.installation, actor):
            pass
    assert await people_seen_by(group, "ada") > 1


async def test_a_line_that_ends_holds_no_longer_in_reading_and_in_writing(group, owner):
    ends = group.clock.now + timedelta(hours=1)
    await line(owner, group, object="Person", valid_to=ends)
    await moved(owner, group)
    actor = await group.actor("ada")
    assert (await asked_by(group, actor))["data"]["people"]["totalCount"] > 1

    group.clock.now = ends

    with pytest.raises(StaleActor):
        await asked_by(group, actor)
    with pytest.raises(StaleActor):
        async with perform(group.installation, actor):
            pass
    assert await people_seen_by(group, "ada") == 1


async def test_over_http_the_very_next_request_behind_a_border_obeys(group, owner):
    ends = group.clock.now + timedelta(hours=1)
    await line(owner, group, object="Person", valid_to=ends)
    await moved(owner, group)
    transport = httpx.ASGITransport(app=make_app(group.installation))
    headers = {"authorization": f"Bearer {group.secrets['ada']}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:

        async def seen():
            answer = await client.post("/graphql", json={"query": PEOPLE}, headers=headers)
            return answer.json()["data"]["people"]["totalCount"]

        assert await seen() > 1
        group.clock.now = ends
        assert await seen() == 1


async def test_a_process_whose_clock_is_behind_the_writers_keeps_nothing_that_has_ended(
    group, owner
):
    ended = group.clock.now + timedelta(seconds=1)
    await line(owner, group, object="Person", valid_to=ended)
    await owner.execute(
        "UPDATE policy_head SET version = version + 1, moved_at = $2 WHERE group_id = $1",
        group.id,
        ended,
    )

    assert group.clock.now < ended
    assert await people_seen_by(group, "ada") == 1


async def test_many_who_ask_at_once_read_a_moved_policy_once_and_wait_for_no_connection(
    group, owner, monkeypatch
):
    reads = []
    monkeypatch.setattr(
        "runtime.installation.read_policy",
        lambda *given: (reads.append(given), read_policy(*given))[1],
    )
    await moved(owner, group)

    actors = await asyncio.gather(
        *(identified(group.installation, group.tokens["ada"]) for _ in range(20))
    )

    assert {actor.policy_version for actor in actors} == {await version(group)}
    assert len(reads) == 1


async def test_while_the_stored_policy_is_malformed_the_last_good_one_serves_and_is_alarmed(
    group, owner, caplog
):
    ada = group.psn("ada")
    assert (await group.read("ada", PHONE % ada))["person"]["phone"]["value"]
    await line(owner, group, object="Person.salary")
    await moved(owner, group)

    with caplog.at_level(logging.ERROR, "peiyuan.policy"):
        answer = await group.ask("ada", PHONE % ada)
        assert (await group.read("ada", NAME % ada))["person"]["displayName"] == "欧阳艾达"

    assert answer["data"]["person"]["phone"]["masked"]
    assert answer["data"]["person"]["phone"]["value"] is None
    [alarm] = [one for one in caplog.records if one.message == "policy.refused"]
    assert (alarm.version, "Person.salary" in alarm.findings) == (await version(group), True)
    assert (await group.actor("ada")).policy_version == await version(group)


async def test_under_the_last_good_policy_assignments_and_tokens_are_as_fresh_as_ever(group, owner):
    await group.actor("grace")
    await line(owner, group, object="Person.salary")
    await moved(owner, group)
    assert await people_seen_by(group, "grace") > 1

    await owner.execute(
        "UPDATE role_assignment SET valid_to = $2 WHERE group_id = $1 AND role = 'supervisor'",
        group.id,
        group.clock.now,
    )
    await moved(owner, group)

    assert (await group.actor("grace")).roles == frozenset()


async def test_without_a_good_policy_nobody_of_the_group_is_served(group, owner, other_group):
    await line(owner, group, object="Person.salary")
    await moved(owner, group)
    group.installation.policies = Shelf()

    with pytest.raises(PolicyUnavailable):
        await group.actor("ada")
    transport = httpx.ASGITransport(app=make_app(group.installation))
    headers = {"authorization": f"Bearer {group.secrets['ada']}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post("/graphql", json={"query": PEOPLE}, headers=headers)
        ready = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert (ready.status_code, ready.json()) == (200, {"status": "degraded", "refusedPolicies": 1})
    assert await people_seen_by(other_group, "ada") == 1


async def test_a_policy_that_is_mended_serves_again_and_the_alarm_is_over(group, owner):
    ada = group.psn("ada")
    await group.actor("ada")
    await line(owner, group, object="Person.salary")
    await moved(owner, group)
    assert (await group.ask("ada", PHONE % ada))["data"]["person"]["phone"]["value"] is None

    await owner.execute("DELETE FROM policy_line WHERE object = 'Person.salary'")
    await moved(owner, group)

    assert (await group.read("ada", PHONE % ada))["person"]["phone"]["value"]
    assert group.installation.refused == {}


async def test_the_last_good_policy_serves_no_longer_than_its_own_time(group, owner):
    ends = group.clock.now + timedelta(hours=1)
    await line(owner, group, object="Person", valid_to=ends)
    await moved(owner, group)
    assert await people_seen_by(group, "ada") > 1
    await line(owner, group, object="Person.salary")
    await moved(owner, group)
    assert await people_seen_by(group, "ada") > 1

    group.clock.now = ends

    with pytest.raises(PolicyUnavailable):
        await group.actor("ada")
