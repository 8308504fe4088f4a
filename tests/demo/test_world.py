"""The made-up group: everybody is made up, it is the same each time, and its figures come out."""

import re
from datetime import timedelta
from random import Random

import httpx
import orjson
import pytest

from api.demo.identities import identity
from api.demo.load import GROUP, load_demo
from api.demo.logins import passwords_file
from api.demo.tokens import tokens_file
from api.demo.world import PERSONAS, people
from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.http.app import make_app
from api.http.authentication import Authentication
from domain.people import identity as forms
from domain.people.models import Stage
from runtime.settings import Settings
from tests.conftest import standing_on
from tests.people import NOW, Clock

COMPLETION = """
query($then: DateTime) {
  tenants(first: 20) { nodes {
    code
    compliance: completion(family: COMPLIANCE) { numerator denominator }
    core: completion(family: CORE_ABILITY) { numerator denominator }
    programme: completion { numerator denominator value }
    complianceThen: completion(family: COMPLIANCE, asOf: $then) { numerator denominator }
    programmeThen: completion(asOf: $then) { numerator denominator }
  } }
}
"""


@pytest.fixture
async def own_demo(another_database, tmp_path):
    """The group in a database of its own."""
    settings = Settings(data_dir=tmp_path, key_file=tmp_path.parent / "demo.key")
    async with standing_on(await another_database(), settings, Clock()) as installation:
        await load_demo(installation)
        yield installation


async def ask(installation, persona, query, **variables):
    token = orjson.loads(tokens_file(installation.settings.data_dir).read_bytes())[persona]
    actor = await Authentication(installation).actor(f"Bearer {token}")
    answer = await Gateway(installation).answer(
        actor, Request(query=query, variables=variables, request_id="demo")
    )
    return orjson.loads(answer.body)


def test_there_are_240_people_in_every_stage():
    everybody = list(people())

    assert len(everybody) == 240
    assert {one.stage for one in everybody} == set(Stage)
    assert {one.persona for one in everybody if one.persona} == set(PERSONAS) - {
        "auditor", "vendor", "automation",
    }  # fmt: skip


def test_nobody_can_have_the_numbers_of_anybody():
    chance = Random(1)
    for number in range(1, 2000):
        who = identity(chance, number)
        assert forms.national_id(who.national_id) == who.national_id
        assert who.national_id.startswith("99"), "no region has such a code"
        assert forms.phone_number(who.phone) == who.phone
        assert who.phone.startswith("154"), "no operator has such numbers"
        assert forms.bank_account(who.bank_account) == who.bank_account
        assert who.bank_account.startswith("9999"), "no bank has such cards"
        assert re.fullmatch(r"p\d{5}@staff\.example", who.email)


def test_the_same_chance_makes_the_same_people():
    one, two = Random(5), Random(5)

    assert [identity(one, n) for n in range(99)] == [identity(two, n) for n in range(99)]


async def test_the_figures_of_c04_c28_and_c33_come_out_with_their_denominators(demo):
    then = (NOW - timedelta(days=90)).isoformat()
    answer = await ask(demo, "hq_manager", COMPLETION, then=then)

    told = {node["code"]: node for node in answer["data"]["tenants"]["nodes"]}

    def figure(tenant, name):
        return told[tenant][name]["numerator"], told[tenant][name]["denominator"]

    assert (figure("haihe", "complianceThen"), figure("haihe", "compliance")) == (
        (10, 20),
        (20, 20),
    )
    assert (figure("yanshan", "programmeThen"), figure("yanshan", "programme")) == (
        (12, 20),
        (17, 20),
    )
    assert told["yanshan"]["programme"]["value"] == "0.85"
    assert (figure("first", "core"), figure("second", "core")) == ((13, 20), (22, 25))


async def test_whoever_loads_it_again_finds_it_as_it_is_and_lost_tokens_are_issued_anew(own_demo):
    tokens = tokens_file(own_demo.settings.data_dir)
    before = tokens.read_bytes()
    count = "{ people { totalCount } enrolments { totalCount } }"
    counted = await ask(own_demo, "hq_manager", count)

    await load_demo(own_demo)

    assert tokens.read_bytes() == before
    assert await ask(own_demo, "hq_manager", count) == counted
    assert counted["data"]["people"]["totalCount"] == 240

    tokens.unlink()
    await load_demo(own_demo)

    after, former = orjson.loads(tokens.read_bytes()), orjson.loads(before)
    assert set(after) == set(former) == set(PERSONAS)
    assert not set(after.values()) & set(former.values())
    for persona in PERSONAS:
        told = await ask(own_demo, persona, "{ viewer { actor { roles } } }")
        assert PERSONAS[persona] in told["data"]["viewer"]["actor"]["roles"]


async def test_only_their_owner_reads_the_tokens_and_the_passwords(demo):
    for file in (tokens_file(demo.settings.data_dir), passwords_file(demo.settings.data_dir)):
        assert file.stat().st_mode & 0o777 == 0o600


async def test_everybody_who_is_somebody_can_sign_in_and_nobody_else(own_demo):
    passwords = orjson.loads(passwords_file(own_demo.settings.data_dir).read_bytes())
    assert set(passwords) == set(PERSONAS) - {"vendor", "automation"}

    transport = httpx.ASGITransport(app=make_app(own_demo))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for persona, password in passwords.items():
            body = {"group": "hq", "name": persona, "password": password}
            told = (await client.post("/session", json=body)).json()
            headers = {"authorization": f"Bearer {told['token']}"}
            seen = await client.post(
                "/graphql",
                json={"query": "{ viewer { actor { roles } } }"},
                headers=headers,
            )
            assert PERSONAS[persona] in seen.json()["data"]["viewer"]["actor"]["roles"]


async def test_the_supervisor_next_door_sees_nobody_of_haihe(demo):
    haihe = await ask(demo, "supervisor", "{ people(first: 100) { nodes { id displayName } } }")
    next_door = await ask(
        demo, "other_supervisor", "{ people(first: 100) { nodes { id displayName } } }"
    )

    here = {node["id"] for node in haihe["data"]["people"]["nodes"]}
    there = {node["id"] for node in next_door["data"]["people"]["nodes"]}
    assert here
    assert there
    assert not here & there


async def test_no_value_that_the_api_shows_lies_open_in_a_row(demo):
    query = """{ people(first: 100) { nodes { phone { value(purpose: EMERGENCY_CONTACT) }
      nationalId { value(purpose: HR_ADMINISTRATION) } email { value(purpose: HR_ADMINISTRATION) }
      address { value(purpose: HR_ADMINISTRATION) } bankAccount { value(purpose: PAYROLL) } } } }"""
    told = await ask(demo, "branch_hr", query)
    shown = {
        sealed["value"]
        for node in told["data"]["people"]["nodes"]
        for sealed in node.values()
        if sealed
    }
    assert len(shown) > 200

    async with demo.writer.transaction(GROUP, (), read_only=True) as session:
        from sqlalchemy import text  # noqa: PLC0415

        kept = b"".join(
            bytes(row[0])
            for row in await session.execute(
                text(
                    "SELECT convert_to(p::text, 'UTF8') FROM person p WHERE group_id = :g"
                    " UNION ALL SELECT convert_to(a::text, 'UTF8') FROM audit_entry a"
                    " WHERE group_id = :g"
                ),
                {"g": GROUP},
            )
        )
    leaked = [
        value for value in shown if value.encode() in kept or value.encode().hex().encode() in kept
    ]
    assert leaked == []
