"""Whatever is done, refused or opened stands in the trail, once, and with no value of any input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from api.graphql import views
from api.graphql.schema import schema
from domain.audit.canonical import canonical, event_of, leaf_of
from runtime.settings import Settings
from tests.api.graphql.doing import inputs, set_stage
from tests.api.graphql.test_auditors import CREATE as CREATES
from tests.api.graphql.test_auditors import answer, writing
from tests.api.graphql.test_every_act_is_judged import judging, says_no, sent
from tests.api.graphql.test_writing import CREATE, course
from tests.api.http.signing_in import client_of, may_sign_in, sign_in
from tests.conftest import standing_on
from tests.domain.audit.trails import trail_of
from tests.isolation.conftest import OWN, SEED
from tests.isolation.furnished import furnished
from tests.isolation.scenario import Scenario
from tests.people import Clock

VERBS = schema().verbs
REGISTER = """
mutation($input: RegisterCandidateInput!) {
  registerCandidate(input: $input) { person { id displayName } userErrors { code } }
}
"""


async def entries(group):
    """The entries of a group in the order in which they were written."""
    found = await trail_of(group)
    return sorted(found.entries.values(), key=lambda one: (one.at, one.id))


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, and every number as text."""
    match value:
        case dict():
            for one in value.values():
                yield from texts(one)
        case list():
            for one in value:
                yield from texts(one)
        case str():
            yield value
        case bool() | None:
            return
        case _:
            yield str(value)


def is_a_value(text: str) -> bool:
    """What somebody typed in, and not an id or a word of the schema."""
    prefix, _, digits = text.partition("_")
    return not (len(digits) == 32 and prefix.isalpha()) and not text.isupper()


async def test_each_mutation_that_is_done_has_one_entry_and_no_value_of_its_input_is_in_any(
    another_database, tmp_path
):
    settings = Settings(data_dir=tmp_path / "keys", key_file=tmp_path / "root.key")
    async with standing_on(await another_database(), settings, clock := Clock()) as installation:
        group = await furnished(installation, clock, OWN, seed=SEED)
        played = Scenario(group)
        await played.play()
        found = await entries(group)

    done = [asked for asked, _ in played.answers if asked.document.startswith("mutation")]
    kept = [one for one in found if one.verb in VERBS]
    assert sorted(one.verb for one in kept) == sorted(one.name.split(" by ")[0] for one in done)
    assert {one.verb for one in kept} == set(VERBS)
    assert {one.outcome.value for one in kept} == {"DONE"}

    sent_in = {text for one in done for text in texts(one.variables["input"]) if is_a_value(text)}
    assert {"葛蕾丝", "15400008888", "2026-05-05", "Person.displayName"} <= sent_in
    for one in kept:
        assert one.leaf == leaf_of(one)
        written = canonical(event_of(one)).decode()
        told = set(texts(orjson.loads(written))) - {str(one.policy_version), "1"}
        assert not told & sent_in, one.verb
        assert not [text for text in sent_in if not text.isascii() and text in written], one.verb
        assert "15400008888" not in written


async def test_each_mutation_that_is_not_permitted_has_one_entry(group):
    stage = await set_stage(group)
    given = await inputs(stage)
    before = {one.id for one in await entries(group)}

    for name, verb in VERBS.items():
        with judging(says_no):
            assert await sent(group, verb, given[name]) == ["FORBIDDEN"], name

    new = [one for one in await entries(group) if one.id not in before]
    assert sorted((one.verb, one.outcome.value, one.code) for one in new) == sorted(
        (name, "DENIED", "FORBIDDEN") for name in VERBS
    )


async def test_a_mutation_that_is_refused_for_what_it_would_show_is_kept(group):
    command = {"tenantId": group.tnt("east"), "staffNumber": "N1", "displayName": "新人"}
    async with group.unchanged():
        answer = await group.ask("axel", REGISTER, input=command)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    [kept] = await entries(group)
    assert (kept.verb, kept.outcome.value, kept.code) == (
        "registerCandidate", "DENIED", "FORBIDDEN",
    )  # fmt: skip
    assert kept.principal_id == group.principals["axel"]
    assert "新人" not in canonical(event_of(kept)).decode()


async def test_what_an_auditor_tries_to_change_is_kept_on_a_connection_that_is_not_theirs(
    group, monkeypatch
):
    """Should the schema of an auditor ever hold a mutation, it is refused and written down."""
    monkeypatch.setattr(views, "_is_auditor", lambda _: False)
    actor = await writing(group)
    async with group.unchanged():
        told = await answer(group, actor, CREATES, i=course(group))
    assert told.refusal == "FORBIDDEN"

    [kept] = [one for one in await entries(group) if one.verb == "createCourse"]
    assert (kept.outcome.value, kept.principal_id) == ("DENIED", actor.principal_id)


async def test_what_nobody_asks_for_is_an_event_of_no_group(group):
    before = await entries(group)

    answer = await group.ask(None, CREATE, input=course(group))

    assert "errors" in answer
    assert await entries(group) == before == []


async def test_a_change_that_was_only_tried_has_no_entry(group):
    await group.read("hugo", CREATE, input=course(group, dryRun=True))

    assert await entries(group) == []


async def test_a_change_that_is_sent_again_has_the_one_entry_of_the_first(group):
    for _ in range(2):
        await group.read("hugo", CREATE, input=course(group, idempotencyKey="k"))

    assert [one.verb for one in await entries(group)] == ["createCourse"]


async def test_signing_in_and_failing_and_being_locked_out_are_kept_without_a_value(group):
    await may_sign_in(group, "ada")
    before = {one.id for one in await entries(group)}
    async with client_of(group.installation) as client:
        assert (await sign_in(client, group, "ada")).status_code == 201
        for _ in range(6):
            group.clock.on(seconds=1)
            await sign_in(client, group, "ada", "not the password")

    new = [one for one in await entries(group) if one.id not in before]
    told = [(one.verb, one.outcome.value, one.code) for one in new]
    assert told == [
        ("openSession", "DONE", None),
        *[("signIn", "REFUSED", "WRONG_PASSWORD")] * 5,
        ("signIn", "REFUSED", "LOCKED"),
    ]
    assert {one.object_id for one in new} == {group.principals["ada"]}
    written = b"".join(canonical(event_of(one)) for one in new).decode()
    assert "not the password" not in written
    assert "ada-" not in written
