"""The key provider fails while the process serves: what goes on, what is shut, and what is said.

The keys of groups lie in Vault here, which the tests make fail in every way it can; those of the
installation stay where all tests have them.
"""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from api.http.app import make_app
from domain.privacy.held import HARD, PAUSE, SOFT, context_of
from domain.privacy.keyring import Keyring
from domain.privacy.models import GroupKey
from runtime.keys.vault import VaultKeys
from runtime.settings import Settings
from tests.people import found_group
from tests.runtime import transit as faults
from tests.runtime.transit import TOKEN, Transit, standing

MASKED = "{ people(first: 3) { nodes { displayName phone { masked classification } } } }"
VALUE = "{ people(first: 3) { nodes { displayName email { value(purpose: EMERGENCY_CONTACT) } } } }"
OPEN_FIELDS = "{ people(first: 3) { nodes { displayName } } }"
REGISTER = """mutation($input: RegisterCandidateInput!) {
  registerCandidate(input: $input) { person { phone { masked } } userErrors { code message } } }"""
THRESHOLD = """mutation($input: SetThresholdInput!) {
  setThreshold(input: $input) { threshold { id } userErrors { code } } }"""

OUTAGES = [
    faults.sealed,
    faults.token_revoked,
    faults.too_many,
    faults.hanging,
    faults.a_page,
    faults.no_key,
    faults.no_base64,
    faults.another_key,
    faults.rolled_back,
    faults.withdrawn,
]
outages = pytest.mark.parametrize("fault", OUTAGES, ids=lambda one: one.__name__)


class KeysOfGroups:
    """Has the keys of groups in one place, and all others in another."""

    def __init__(self, of_groups, others):
        self.of_groups, self.others = of_groups, others

    def whose(self, context):
        return self.of_groups if context.startswith(b"group_key|") else self.others

    async def wrap(self, key, context):
        return await self.whose(context).wrap(key, context)

    async def unwrap(self, wrapped, context):
        return await self.whose(context).unwrap(wrapped, context)


class Time:
    """Seconds that a test lets pass for what the keyring holds."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def transit():
    with standing(Transit()) as transit:
        transit.rotate()
        yield transit


@pytest.fixture
def time():
    return Time()


@pytest.fixture
async def group(installation, clock, transit, time):
    """A group whose key lies in Vault, and the keys of everything else as they always do."""
    settings = Settings.read({"PEIYUAN_VAULT_URL": transit.address, "PEIYUAN_VAULT_TOKEN": TOKEN})
    async with VaultKeys.open(settings) as vault:
        keys = KeysOfGroups(vault, installation.keyring.provider)
        installation.keyring = Keyring(keys, wait=0.25)
        installation.keyring.groups.clock = time
        yield await found_group(installation, clock)
        await installation.keyring.finished()


@pytest.fixture
async def client(group):
    transport = httpx.ASGITransport(app=make_app(group.installation), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def asks(client, group):
    """Ask over HTTP; the answer, which has none of what would show that something broke."""

    async def ask(query, who="bea", **variables):
        headers = {
            "accept": "application/graphql-response+json",
            "authorization": f"Bearer {group.secrets[who]}",
        }
        body = {"query": query, "variables": variables}
        answer = await client.post("/graphql", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def candidate(group, number="N1"):
    return {
        "tenantId": group.tnt("east"),
        "staffNumber": number,
        "displayName": "新人",
        "phone": "15400001234",
        "idempotencyKey": f"once-{number}",
    }


async def decrypted(group):
    found = "SELECT id FROM audit_entry WHERE group_id = :g AND verb = 'decrypt'"
    return len(await group.rows(found))


def shown(answer, field, part):
    return [node[field][part] for node in answer["data"]["people"]["nodes"]]


@outages
async def test_up_to_the_hard_limit_nobody_notices_that_keys_are_out_of_reach(
    group, asks, client, time, transit, fault
):
    before = await asks(MASKED)
    time.now += SOFT - 1
    asked = len(transit.asked)
    assert await asks(MASKED) == before
    assert len(transit.asked) == asked
    transit.fault = fault
    for later in (1, PAUSE, PAUSE, HARD - SOFT - 2 * PAUSE - 1):
        time.now += later
        assert await asks(MASKED) == before
        await group.installation.keyring.finished()

    assert len(transit.asked) == asked + 4
    assert "extensions" not in before
    assert (await client.get("/readyz")).json() == {"status": "degraded", "keysOutOfReach": 1}
    answer = await asks(REGISTER, who="rita", input=candidate(group))
    assert answer["data"]["registerCandidate"]["person"] == {"phone": {"masked": "154****1234"}}


@outages
async def test_beyond_the_hard_limit_what_is_sealed_is_shut_and_the_rest_goes_on(
    group, asks, client, time, transit, fault
):
    before = await asks(MASKED)
    time.now += HARD
    transit.fault = fault

    masked, value = await asks(MASKED), await asks(VALUE)

    names = [node["displayName"] for node in before["data"]["people"]["nodes"]]
    for answer, field, part, action in (
        (masked, "phone", "masked", "read"),
        (value, "email", "value", "decrypt"),
    ):
        assert "errors" not in answer
        assert shown(answer, field, part) == [None, None, None]
        assert [node["displayName"] for node in answer["data"]["people"]["nodes"]] == names
        assert answer["extensions"]["denied"] == [
            {
                "path": f"people.nodes.{field}.{part}",
                "field": f"Person.{field}",
                "action": action,
                "reason": "KMS_UNAVAILABLE",
                "count": 3,
                "grantedBy": [],
            }
        ]
    assert shown(masked, "phone", "classification") == shown(before, "phone", "classification")
    assert await decrypted(group) == 0
    assert "extensions" not in await asks(OPEN_FIELDS)
    given = {"tenantId": group.tnt("head"), "metric": "PASS_MARK", "value": "90"}
    done = await asks(THRESHOLD, who="hugo", input={**given, "idempotencyKey": "t"})
    assert done["data"]["setThreshold"]["userErrors"] == []
    assert (await client.get("/readyz")).json() == {"status": "degraded", "keysOutOfReach": 1}


@outages
async def test_what_would_have_to_be_sealed_is_refused_and_may_be_sent_again(
    group, asks, time, transit, fault
):
    time.now += HARD
    versions = list(transit.versions)
    transit.fault = fault
    async with group.unchanged():
        answer = await asks(REGISTER, who="rita", input=candidate(group))

    [error] = answer["data"]["registerCandidate"]["userErrors"]
    assert error["code"] == "KMS_UNAVAILABLE"
    assert "Repeat the same request" in error["message"]
    assert answer["data"]["registerCandidate"]["person"] is None

    transit.fault, transit.versions, transit.oldest = None, versions, 1
    time.now += PAUSE
    await asks(MASKED)
    await group.installation.keyring.finished()
    again = await asks(REGISTER, who="rita", input=candidate(group))
    assert again["data"]["registerCandidate"]["userErrors"] == []
    assert again["data"]["registerCandidate"]["person"] == {"phone": {"masked": "154****1234"}}


async def test_once_the_provider_is_back_everything_is_as_it_was(
    group, asks, client, time, transit
):
    before = await asks(MASKED)
    time.now += HARD
    transit.fault = faults.sealed
    assert shown(await asks(MASKED), "phone", "masked") == [None, None, None]
    asked = len(transit.asked)
    transit.fault = None
    assert shown(await asks(MASKED), "phone", "masked") == [None, None, None]
    assert len(transit.asked) == asked  # it failed a moment ago: nobody waits for it again so soon
    time.now += PAUSE
    await asks(MASKED)
    await group.installation.keyring.finished()

    assert await asks(MASKED) == before
    assert shown(await asks(VALUE), "email", "value") != [None, None, None]
    assert await decrypted(group) == 3
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_a_root_of_a_new_version_is_taken_up_without_a_moment_of_darkness(
    group, asks, client, time, transit
):
    """The key was wrapped anew by another process, and the old version then forbidden."""
    before = await asks(MASKED)
    vault = group.installation.keyring.provider.of_groups
    async with group.installation.writer.transaction(group.id, None) as session:
        row = (await session.scalars(select(GroupKey).where(GroupKey.group_id == group.id))).one()
        transit.rotate()
        row.wrapped = await vault.rewrap(row.wrapped, context_of(group.id, row.kid))
    transit.oldest = 3
    for later in (SOFT, SOFT, SOFT, SOFT, SOFT):
        time.now += later
        assert await asks(MASKED) == before
        await group.installation.keyring.finished()

    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_a_slow_provider_is_waited_for_once_and_by_nobody_after_that(
    group, asks, time, transit
):
    before = await asks(MASKED)
    time.now += HARD
    transit.fault = faults.slow
    asked = len(transit.asked)

    assert await asks(MASKED) == before
    time.now += SOFT
    assert await asks(MASKED) == before
    await group.installation.keyring.finished()

    assert len(transit.asked) == asked + 2


async def test_a_key_that_is_another_never_seals_anything(group, asks, time, transit):
    """What was sealed under it could not be opened again by anybody."""
    before = await asks(MASKED)
    time.now += SOFT
    transit.fault = faults.another_key
    await asks(MASKED)
    await group.installation.keyring.finished()
    answer = await asks(REGISTER, who="rita", input=candidate(group))
    assert answer["data"]["registerCandidate"]["userErrors"] == []

    group.installation.keyring.groups.forget(group.id)
    transit.fault = None
    time.now += PAUSE
    await asks(MASKED)
    await group.installation.keyring.finished()

    assert [*shown(await asks(MASKED), "phone", "masked")] == shown(before, "phone", "masked")
    [row] = await group.rows("SELECT id FROM person WHERE group_id = :g AND staff_number = 'N1'")
    group.people["new"] = row.id
    found = await asks(
        "query($id: ID!) { person(id: $id) { phone { masked } } }", who="rita", id=group.psn("new")
    )
    assert found["data"]["person"]["phone"]["masked"] == "154****1234"


async def test_a_process_that_begins_while_the_key_is_gone_serves_the_rest(
    group, asks, time, transit
):
    transit.fault = faults.sealed
    held = group.installation.keyring
    held.groups.forget(group.id)
    held.windows.clear()

    assert shown(await asks(MASKED), "phone", "masked") == [None, None, None]
    assert "errors" not in await asks(OPEN_FIELDS)


async def test_a_strict_reader_is_told_too(group, client, time, transit):
    time.now += HARD
    transit.fault = faults.sealed
    answer = await client.post(
        "/graphql",
        json={"query": MASKED},
        headers={
            "authorization": f"Bearer {group.secrets['bea']}",
            "peiyuan-denials": "strict",
        },
    )

    [denied] = answer.json()["extensions"]["denied"]
    assert (denied["reason"], denied["count"]) == ("KMS_UNAVAILABLE", 3)
