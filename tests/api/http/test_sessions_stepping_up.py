"""Second factors and passwords of one's own: enrolled, asked for, shown again, changed, lost."""

import asyncio

import pytest

from domain.access.close_session import CloseSession, close_session
from domain.access.forget_totp import ForgetTotp, forget_totp
from domain.access.issue_token import IssueToken, issue_token
from domain.access.login_names import LoginNameTaken, LoginNameUnfit
from domain.access.models import Token
from domain.access.sessions import SessionOver
from domain.access.set_login import NobodySignsIn, SetLogin, set_login
from domain.access.tokens import TokenKind
from domain.kernel.errors import Forbidden, NotFound, StepUpRequired
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode
from runtime.sessions import at_the_door, door_keys
from tests.api.http.signing_in import (
    HOST,
    PASSWORD,
    bearer,
    client_of,
    code_of,
    enrol,
    may_sign_in,
    name_of,
    sign_in,
    token_of,
    whoami,
)
from tests.people import TODAY, Found, refused

BETTER = "seven quiet otters by night"
OPENED = "{ viewer { person { phone { value(purpose: EMERGENCY_CONTACT) } } } }"
MASKED = "{ viewer { person { phone { masked } } } }"
RENAMED = """
mutation($input: CorrectPersonInput!) {
  correctPerson(input: $input) {
    person { displayName phone { value(purpose: HR_ADMINISTRATION) } }
    userErrors { ... on Refused { code } }
  }
}
"""


@pytest.fixture
async def client(group):
    await may_sign_in(group, "ada")
    async with client_of(group.installation) as client:
        yield client


async def asked(client, token, query, **variables):
    body = {"query": query, "variables": variables}
    return await client.post("/graphql", json=body, headers=bearer(token))


async def stepped_up(client, token, code, *, headers=None):
    return await client.post(
        "/session/step-up", json={"totp": code}, headers=headers or bearer(token)
    )


async def opened(group):
    return await group.rows("SELECT id FROM audit_entry WHERE group_id = :g AND verb = 'decrypt'")


async def test_once_it_is_confirmed_signing_in_asks_for_the_second_factor(client, group):
    phone = await enrol(client, group, await token_of(client, group, "ada"))

    assert (await sign_in(client, group, "ada")).status_code == 401
    answer = await sign_in(client, group, "ada", totp=phone.next_code())

    assert answer.status_code == 201
    assert answer.json()["openedWith"] == "PASSWORD_AND_CODE"
    assert answer.json()["steppedUpUntil"] is not None


async def test_until_it_is_confirmed_it_counts_for_nothing_and_may_be_begun_anew(client, group):
    token = await token_of(client, group, "ada")
    first, second = [
        await client.post("/session/totp", json={"password": PASSWORD}, headers=bearer(token))
        for _ in range(2)
    ]

    assert first.json()["uri"] != second.json()["uri"]
    wrong = await client.post(
        "/session/totp/confirm", json={"code": "000000"}, headers=bearer(token)
    )
    assert (wrong.status_code, code_of(wrong)) == (400, "CODE_WRONG")
    assert (await sign_in(client, group, "ada")).status_code == 201


async def test_a_stolen_session_cannot_bring_a_factor_of_its_own(client, group):
    token = await token_of(client, group, "ada")

    for body in ({}, {"password": "something else"}):
        answer = await client.post("/session/totp", json=body, headers=bearer(token))
        assert (answer.status_code, code_of(answer)) == (401, "SIGN_IN_REFUSED")
    assert not await group.rows("SELECT id FROM totp WHERE group_id = :g")

    await enrol(client, group, token)
    again = await client.post("/session/totp", json={"password": PASSWORD}, headers=bearer(token))
    assert (again.status_code, code_of(again)) == (400, "SECOND_FACTOR_THERE")


async def test_the_secret_lies_sealed_and_the_reading_role_cannot_reach_it(client, group):
    phone = await enrol(client, group, await token_of(client, group, "ada"))

    (row,) = await group.rows("SELECT secret FROM totp WHERE group_id = :g")
    assert phone.totp.secret.encode() not in row.secret
    for table in ("totp", "login", "login_session", "identity_provider", "login_digest"):
        with pytest.raises(Exception, match="permission denied"):
            await group.installation.reader.fetch_row(group.id, f"SELECT 1 FROM {table}")


async def test_a_code_is_taken_once_whoever_shows_it_and_in_whichever_process(client, group):
    phone = await enrol(client, group, await token_of(client, group, "ada"))
    code = phone.next_code()

    async with client_of(group.installation) as elsewhere:
        answers = await asyncio.gather(
            *(sign_in(one, group, "ada", totp=code) for one in (client, elsewhere))
        )

    assert sorted(answer.status_code for answer in answers) == [201, 401]
    assert (await sign_in(client, group, "ada", totp=code)).status_code == 401


async def test_a_clock_may_go_half_a_minute_wrong_and_no_more(client, group):
    phone = await enrol(client, group, await token_of(client, group, "ada"))
    group.clock.on(minutes=5)
    at = {steps: phone.totp.at(group.clock.now, counter_offset=steps) for steps in (-2, -1, 1, 2)}

    statuses = [
        (await sign_in(client, group, "ada", totp=at[steps])).status_code
        for steps in (-2, 2, -1, 1)
    ]

    assert statuses == [401, 401, 201, 201]


async def test_codes_cannot_be_tried_out_either(client, group):
    phone = await enrol(client, group, await token_of(client, group, "ada"))
    group.clock.on(minutes=1)
    right = phone.code()
    for number in range(5):
        await sign_in(client, group, "ada", totp=f"{(int(right) + 1 + number) % 10**6:06}")

    assert (await sign_in(client, group, "ada", totp=right)).status_code == 401
    group.clock.on(seconds=30)
    assert (await sign_in(client, group, "ada", totp=phone.code())).status_code == 201


async def test_a_sealed_value_opens_for_a_session_only_with_a_fresh_second_factor(client, group):
    token = await token_of(client, group, "ada")
    before = await asked(client, token, OPENED)
    masked = await asked(client, token, MASKED)

    assert (before.status_code, code_of(before)) == (403, "STEP_UP_REQUIRED")
    assert "data" not in before.json()
    assert not await opened(group)
    assert masked.json()["data"]["viewer"]["person"]["phone"]["masked"]

    phone = await enrol(client, group, token)
    handed_on = (await stepped_up(client, token, phone.next_code())).json()["token"]
    shown = await asked(client, handed_on, OPENED)

    assert shown.json()["data"]["viewer"]["person"]["phone"]["value"] == "15400000004"
    assert len(await opened(group)) == 1


async def test_the_refusal_says_in_the_clients_language_what_to_do(client, group):
    headers = {**bearer(await token_of(client, group, "ada")), "accept-language": "zh-CN"}

    answer = await client.post("/graphql", json={"query": OPENED}, headers=headers)

    assert "第二因素" in answer.json()["errors"][0]["message"]


async def test_a_token_of_ones_own_is_asked_for_nothing_more(group):
    shown = await group.read("ada", OPENED)

    assert shown["viewer"]["person"]["phone"]["value"] == "15400000004"


async def test_after_ten_minutes_the_factor_is_no_longer_fresh(client, group):
    token = await token_of(client, group, "ada")
    phone = await enrol(client, group, token)
    token = (await stepped_up(client, token, phone.next_code())).json()["token"]

    group.clock.on(minutes=9, seconds=59)
    assert "data" in (await asked(client, token, OPENED)).json()
    group.clock.on(seconds=1)
    assert code_of(await asked(client, token, OPENED)) == "STEP_UP_REQUIRED"


async def test_stepping_up_changes_the_token_and_the_old_one_ends_at_once(client, group):
    ours = {"origin": HOST}
    await sign_in(client, group, "ada", cookie=True, headers=ours)
    old = client.cookies["peiyuan"]
    phone = await enrol(client, group, await token_of(client, group, "ada"))
    assert (await whoami(client, bearer(old))).status_code == 200, "remembered"

    answer = await stepped_up(client, None, phone.next_code(), headers=ours)

    assert answer.status_code == 201
    assert "token" not in answer.json()
    assert client.cookies["peiyuan"] != old
    assert (await whoami(client, ours)).status_code == 200
    assert (await whoami(client, bearer(old))).status_code == 401


async def test_stepping_up_makes_no_session_last_longer_than_it_would(client, group):
    token = await token_of(client, group, "ada")
    phone = await enrol(client, group, token)
    first = (await stepped_up(client, token, phone.next_code())).json()

    group.clock.on(minutes=20)
    second = (await stepped_up(client, first["token"], phone.code())).json()

    assert second["endsAt"] == first["endsAt"]


async def test_of_two_who_step_the_same_session_up_one_does(client, group):
    token = await token_of(client, group, "ada")
    phone = await enrol(client, group, token)
    group.clock.on(minutes=1)
    codes = [phone.totp.at(group.clock.now, counter_offset=step) for step in (0, 1)]

    answers = await asyncio.gather(*(stepped_up(client, token, code) for code in codes))

    assert sorted(answer.status_code for answer in answers) == [201, 401]


async def test_without_a_second_factor_there_is_no_stepping_up(client, group):
    token = await token_of(client, group, "ada")

    async with group.unchanged():
        answer = await stepped_up(client, token, "123456")

    assert (answer.status_code, code_of(answer)) == (400, "SECOND_FACTOR_MISSING")


async def test_wrong_codes_lock_stepping_up_as_they_lock_signing_in(client, group):
    token = await token_of(client, group, "ada")
    phone = await enrol(client, group, token)
    group.clock.on(minutes=1)
    right = phone.code()

    for number in range(5):
        code = f"{(int(right) + 1 + number) % 10**6:06}"
        assert (await stepped_up(client, token, code)).status_code == 401

    assert (await stepped_up(client, token, right)).status_code == 401
    assert code_of(await asked(client, token, OPENED)) == "STEP_UP_REQUIRED"


async def test_a_password_alone_takes_no_wrong_code_back(client, group):
    """Or whoever knows it, and has got hold of a session, could try codes out without end."""
    token = await token_of(client, group, "ada")
    phone = await enrol(client, group, token)
    group.clock.on(minutes=1)
    right = phone.code()
    for number in range(4):
        await stepped_up(client, token, f"{(int(right) + 1 + number) % 10**6:06}")

    changed = await client.post(
        "/session/password", json={"old": PASSWORD, "new": BETTER}, headers=bearer(token)
    )
    assert changed.status_code == 201
    assert (await stepped_up(client, changed.json()["token"], right)).status_code == 401


async def test_a_change_whose_payload_would_open_a_value_is_refused_before_it_is_made(
    client, group
):
    await may_sign_in(group, "bea")
    token = await token_of(client, group, "bea")
    ada = await group.person("ada")
    given = {
        "personId": group.psn("ada"),
        "expectedVersion": ada.row_version,
        "displayName": "欧阳爱达",
    }

    async with group.unchanged():
        answer = await asked(client, token, RENAMED, input=given)

    assert code_of(answer) == "STEP_UP_REQUIRED"


async def test_granting_and_making_tokens_need_a_fresh_factor_from_whoever_signed_in(client, group):
    """The judgement itself asks for it, so every verb that grants does."""
    await may_sign_in(group, "olga")
    token = await token_of(client, group, "olga")
    (row,) = await group.rows("SELECT id FROM login_session WHERE group_id = :g")
    group.tokens["olga in a session"] = Found(group.id, row.id)
    issued = IssueToken(
        principal_id=group.principals["olga"], kind=TokenKind.PERSON, name="x", days=1
    )

    async with group.unchanged():
        for to in ("create Token", "grant Token"):
            with refused(StepUpRequired):
                await permitted(group, "olga in a session", to)
        with refused(StepUpRequired):
            await group.do("olga in a session", issue_token, issued, pepper=b"x")
        with refused(Forbidden):
            await permitted(group, "olga in a session", "grant Policy")
    await permitted(group, "olga in a session", "delete Token")

    phone = await enrol(client, group, token)
    await stepped_up(client, token, phone.next_code())
    (row,) = await group.rows(
        "SELECT id FROM login_session WHERE group_id = :g AND mfa_at IS NOT NULL"
    )
    group.tokens["olga stepped up"] = Found(group.id, row.id)
    assert await group.do("olga stepped up", issue_token, issued, pepper=b"x")
    await permitted(group, "olga", "grant Token")  # by a token of her own


async def permitted(group, who, to):
    """Judge an act on somebody's token as the use cases do."""
    async with group.work_as(who) as work:
        await work.permit(to, await work.row(Token, Token.id == group.tokens["ada"].token_id))


async def test_a_new_password_ends_every_other_session_and_hands_this_one_on(client, group):
    other, token = [await token_of(client, group, "ada") for _ in range(2)]

    answer = await client.post(
        "/session/password", json={"old": PASSWORD, "new": BETTER}, headers=bearer(token)
    )

    assert answer.status_code == 201
    for old in (other, token):
        assert (await whoami(client, bearer(old))).status_code == 401
    assert (await whoami(client, bearer(answer.json()["token"]))).status_code == 200
    assert (await sign_in(client, group, "ada")).status_code == 401
    assert (await sign_in(client, group, "ada", BETTER)).status_code == 201


async def test_a_password_that_is_easily_found_is_refused_and_the_old_one_stays(client, group):
    token = await token_of(client, group, "ada")

    for new, code in (
        ("short", "PASSWORD_TOO_SHORT"),
        ("eleven char", "PASSWORD_TOO_SHORT"),
        ("Administrator2026!", "PASSWORD_TOO_COMMON"),
        ("aaaaaaaaaaaaaaaaaaaa", "PASSWORD_TOO_COMMON"),
        ("with\0a nul and more", "PASSWORD_UNFIT"),
        ("much " * 60, "PASSWORD_TOO_LONG"),
    ):
        answer = await client.post(
            "/session/password", json={"old": PASSWORD, "new": new}, headers=bearer(token)
        )
        assert (answer.status_code, code_of(answer)) == (400, code), new
        assert new not in answer.text
    assert (await sign_in(client, group, "ada")).status_code == 201


async def test_with_a_second_factor_eight_characters_will_do(client, group):
    token = await token_of(client, group, "ada")
    await enrol(client, group, token)

    answer = await client.post(
        "/session/password", json={"old": PASSWORD, "new": "kurz+gut"}, headers=bearer(token)
    )

    assert answer.status_code == 201


async def test_the_old_password_cannot_be_tried_out_from_a_session(client, group):
    token = await token_of(client, group, "ada")

    for _ in range(6):
        answer = await client.post(
            "/session/password",
            json={"old": "something else", "new": BETTER},
            headers=bearer(token),
        )
        assert (answer.status_code, code_of(answer)) == (401, "SIGN_IN_REFUSED")
    (login,) = await group.rows("SELECT failures FROM login WHERE group_id = :g")
    assert login.failures == 5


async def test_an_administrator_sets_a_login_anew_and_whatever_was_open_ends(client, group):
    token = await token_of(client, group, "ada")

    await may_sign_in(group, "ada", BETTER)

    assert (await whoami(client, bearer(token))).status_code == 401
    assert (await sign_in(client, group, "ada")).status_code == 401
    assert (await sign_in(client, group, "ada", BETTER)).status_code == 201


async def test_logins_are_given_to_people_by_whoever_may_issue_tokens(client, group):
    keys = await door_keys(group.installation)

    def command(who, name):
        return SetLogin(principal_id=group.principals[who], name=name, verifier="x")

    async with group.unchanged():
        for who, kind in (("axel", NobodySignsIn), ("vera", NobodySignsIn)):
            with refused(kind, at=("principalId",)):
                await group.do(group.founder, set_login, command(who, "abc"), key=keys.names)
        for name in ("", "x", "a b", "a/b", "x" * 65, "a\0b"):
            with refused(LoginNameUnfit, at=("name",)):
                await group.do(group.founder, set_login, command("eve", name), key=keys.names)
        with refused(LoginNameTaken, at=("name",)):
            taken = command("eve", name_of(group, "ada"))
            await group.do(group.founder, set_login, taken, key=keys.names)
        with refused(Forbidden):
            await group.do("grace", set_login, command("ada", "abc"), key=keys.names)
        with refused(NotFound, at=("principalId",)):
            unknown = SetLogin(principal_id=group.id, name="abc", verifier="x")
            await group.do(group.founder, set_login, unknown, key=keys.names)


async def test_a_lost_factor_is_removed_by_an_administrator(client, group):
    token = await token_of(client, group, "ada")
    await enrol(client, group, token)

    await group.do(group.founder, forget_totp, ForgetTotp(principal_id=group.principals["ada"]))

    assert (await whoami(client, bearer(token))).status_code == 401
    assert (await sign_in(client, group, "ada")).status_code == 201


async def test_whoever_leaves_has_no_way_in_any_more(client, group):
    token = await token_of(client, group, "ada")
    await enrol(client, group, token)
    ada = await group.person("ada")
    command = Leave(
        person_id=ada.id,
        expected_version=ada.row_version,
        left_on=TODAY,
        leave_code=LeaveCode.PAY,
    )
    await group.do("bea", leave, command)

    assert (await whoami(client, bearer(token))).status_code == 401
    assert (await sign_in(client, group, "ada")).status_code == 401
    for table in ("login", "totp", "login_digest"):
        assert not await group.rows(f"SELECT 1 FROM {table} WHERE group_id = :g"), table


async def test_the_door_closes_only_sessions(group):
    """A token of another kind is no session, whatever id is named."""
    async with group.unchanged():
        with refused(SessionOver):
            door = at_the_door(group.installation, group.id)
            command = CloseSession(session_id=group.tokens["ada"].token_id)
            await group.do(door, close_session, command)
