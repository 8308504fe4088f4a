"""Signing in and out over HTTP: what it gives, what it refuses, and what a guesser learns of it."""

import asyncio
from dataclasses import replace

import pytest

from api.http.app import make_app
from domain.access import passwords
from domain.access.login_models import Login
from domain.access.passwords import renewed, verifier_of, verifies
from domain.access.tokens import well_formed
from runtime.sessions import door_keys
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

OURS = {"origin": HOST}


@pytest.fixture
async def client(group):
    await may_sign_in(group, "grace")
    async with client_of(group.installation) as client:
        yield client


async def tried(group, who="grace"):
    (row,) = await group.rows(
        "SELECT failures, locked_until FROM login WHERE group_id = :g AND principal_id = :p",
        p=group.principals[who],
    )
    return row


async def trail(group, verb):
    rows = await group.rows(
        "SELECT outcome, code, object_id FROM audit_entry WHERE group_id = :g AND verb = :v"
        " ORDER BY id",
        v=verb,
    )
    return [(row.outcome, row.code) for row in rows]


async def test_a_name_and_a_password_open_a_session_that_acts_as_its_owner(client, group):
    answer = await sign_in(client, group, "grace")

    assert answer.status_code == 201
    told = answer.json()
    assert well_formed(told["token"])
    assert told["token"].startswith("peises_")
    assert told["openedWith"] == "PASSWORD"
    assert told["steppedUpUntil"] is None
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    seen = await whoami(client, bearer(told["token"]))
    assert seen.json() == {"data": {"viewer": {"tenant": {"code": "east"}}}}
    assert await trail(group, "openSession") == [("DONE", None)]


async def test_a_browser_gets_its_token_as_a_cookie_and_never_sees_it(client, group):
    answer = await sign_in(client, group, "grace", cookie=True, headers=OURS)

    assert answer.status_code == 201
    assert "token" not in answer.json()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("peiyuan=peises_")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert cookie[8:55] not in answer.text
    seen = await whoami(client, OURS)
    assert seen.json() == {"data": {"viewer": {"tenant": {"code": "east"}}}}


async def test_over_tls_the_cookie_is_bound_to_the_host_and_to_tls(group):
    await may_sign_in(group, "grace")
    group.installation.settings = replace(
        group.installation.settings, trusted_proxies=("127.0.0.1",)
    )
    async with client_of(group.installation, base="https://training.example") as client:
        ours = {"origin": "https://training.example"}
        answer = await sign_in(client, group, "grace", cookie=True, headers=ours)
        seen = await whoami(client, ours)
        plain = await whoami(client, {"origin": "http://training.example"})

    assert answer.headers["set-cookie"].startswith("__Host-peiyuan=peises_")
    assert answer.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert seen.json() == {"data": {"viewer": {"tenant": {"code": "east"}}}}
    assert (plain.status_code, code_of(plain)) == (403, "CSRF_REFUSED")


FOREIGN = {
    "nothing says whose": {},
    "another origin": {"origin": "https://elsewhere.example"},
    "no origin": {"origin": "null"},
    "another port": {"origin": "http://127.0.0.1:9999"},
    "another site": {"sec-fetch-site": "cross-site"},
    "another host of the site": {"sec-fetch-site": "same-site"},
    "two stories": {"origin": "https://elsewhere.example", "sec-fetch-site": "same-origin"},
}


async def test_a_cookie_from_a_page_that_is_not_ours_is_refused(client, group):
    await sign_in(client, group, "grace", cookie=True, headers=OURS)

    for whose, headers in FOREIGN.items():
        asked = await whoami(client, headers)
        async with group.unchanged():
            out = await client.delete("/session", headers=headers)
            again = await sign_in(client, group, "grace", cookie=True, headers=headers)
        for answer in (asked, out, again):
            assert (answer.status_code, code_of(answer)) == (403, "CSRF_REFUSED"), whose
            assert "set-cookie" not in answer.headers
            assert "data" not in answer.json()
    assert (await whoami(client, OURS)).status_code == 200, "and it still is open"


async def test_a_page_of_a_trusted_origin_may_bring_the_cookie_and_read_the_answer(group):
    await may_sign_in(group, "grace")
    group.installation.settings = replace(
        group.installation.settings, trusted_origins=("https://app.training.example",)
    )
    theirs = {"origin": "https://app.training.example"}
    async with client_of(group.installation) as client:
        answer = await sign_in(client, group, "grace", cookie=True, headers=theirs)
        seen = await whoami(client, theirs)

    assert answer.status_code == 201
    assert seen.json()["data"]["viewer"]
    assert seen.headers["access-control-allow-origin"] == "https://app.training.example"
    assert seen.headers["access-control-allow-credentials"] == "true"


async def test_the_browser_itself_may_say_that_the_page_is_ours(client, group):
    await sign_in(client, group, "grace", cookie=True, headers=OURS)

    assert (await whoami(client, {"sec-fetch-site": "same-origin"})).status_code == 200


async def test_a_cookie_holds_nothing_but_a_session(client, group):
    """A token that was issued, put into a cookie, is as if it were not there."""
    client.cookies.set("peiyuan", group.secrets["grace"])

    seen = await client.post("/graphql", json={"query": "{ viewer { denials } }"}, headers=OURS)
    assert seen.json() == {"data": {"viewer": None}}


async def test_whoever_brings_both_is_who_the_header_says(client, group):
    await sign_in(client, group, "grace", cookie=True, headers=OURS)

    seen = await whoami(client, bearer(group.secrets["eve"]))

    assert seen.json() == {"data": {"viewer": {"tenant": {"code": "west"}}}}


async def test_signing_out_holds_from_the_next_request_in_every_process(client, group):
    token = await token_of(client, group, "grace")
    async with client_of(group.installation) as elsewhere:
        assert (await whoami(elsewhere, bearer(token))).status_code == 200, "remembered there"

        out = await client.delete("/session", headers=bearer(token))

        assert (out.status_code, out.content) == (204, b"")
        for one in (client, elsewhere):
            assert (await whoami(one, bearer(token))).status_code == 401
    again = await client.delete("/session", headers=bearer(token))
    assert (again.status_code, code_of(again)) == (401, "UNAUTHENTICATED")
    assert await trail(group, "closeSession") == [("DONE", None)]


async def test_signing_out_takes_the_cookie_away(client, group):
    await sign_in(client, group, "grace", cookie=True, headers=OURS)

    out = await client.delete("/session", headers=OURS)

    assert out.headers["set-cookie"] == ("peiyuan=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    assert not client.cookies


async def test_signing_out_everywhere_ends_every_session_and_nobody_elses(client, group):
    await may_sign_in(group, "eve")
    phone, desk = [await token_of(client, group, "grace") for _ in range(2)]
    hers = await token_of(client, group, "eve")

    out = await client.delete("/sessions", headers=bearer(desk))

    assert (out.status_code, out.json()) == (200, {"ended": 2})
    for token in (phone, desk):
        assert (await whoami(client, bearer(token))).status_code == 401
    assert (await whoami(client, bearer(hers))).status_code == 200
    assert (await whoami(client, bearer(group.secrets["grace"]))).status_code == 200


async def test_an_issued_token_is_no_session(client, group):
    async with group.unchanged():
        for path in ("/session", "/sessions"):
            answer = await client.delete(path, headers=bearer(group.secrets["grace"]))
            assert (answer.status_code, code_of(answer)) == (403, "NOT_A_SESSION")


async def test_a_session_that_is_used_lasts_and_one_that_is_not_ends(client, group):
    used, idle = [await token_of(client, group, "grace") for _ in range(2)]

    for _ in range(5):
        group.clock.on(minutes=10)
        async with client_of(group.installation) as process:  # none that remembers them
            assert (await whoami(process, bearer(used))).status_code == 200

    assert (await whoami(client, bearer(idle))).status_code == 401


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(client, group):
    token = await token_of(client, group, "grace")

    for _ in range(47):
        group.clock.on(minutes=15)
        async with client_of(group.installation) as process:
            assert (await whoami(process, bearer(token))).status_code == 200
    group.clock.on(minutes=15)

    assert (await whoami(client, bearer(token))).status_code == 401


async def failures(client, group):
    """One attempt for each thing that can be wrong, and what was answered."""
    await may_sign_in(group, "eve")
    factored = await token_of(client, group, "eve")
    await enrol(client, group, factored)
    head = {"x-request-id": "r"}
    name, password = name_of(group, "grace"), PASSWORD
    return {
        "a wrong password": await sign_in(client, group, "grace", "something else", headers=head),
        "an unknown name": await client.post(
            "/session",
            json={"group": "head", "name": "nobody", "password": password},
            headers=head,
        ),
        "another group": await client.post(
            "/session", json={"group": "west", "name": name, "password": password}, headers=head
        ),
        "no code": await sign_in(client, group, "eve", headers=head),
        "a wrong code": await sign_in(client, group, "eve", totp="000000", headers=head),
        "what is no code": await sign_in(client, group, "eve", totp="１２３４５６", headers=head),
    }


async def test_every_failure_is_answered_with_the_same_bytes(client, group):
    answers = await failures(client, group)

    assert {answer.status_code for answer in answers.values()} == {401}
    assert len({answer.content for answer in answers.values()}) == 1, answers
    assert {code_of(answer) for answer in answers.values()} == {"SIGN_IN_REFUSED"}
    assert all("set-cookie" not in answer.headers for answer in answers.values())


async def test_no_failure_is_answered_sooner_than_another(client, group, monkeypatch):
    """Counted, not timed: each hashes once, and each waits for the same moment."""
    waited, hashed = [], []
    monkeypatch.setattr("api.http.sessions_proof.sleep", lambda until: _noted(waited, until))
    inner = passwords.verifies
    monkeypatch.setattr(
        "api.http.sessions_proof.verifies", lambda *args: (hashed.append(1), inner(*args))[1]
    )
    await may_sign_in(group, "eve")

    for who in ("grace", "eve"):
        await sign_in(client, group, who, "something else")
    await client.post("/session", json={"group": "head", "name": "nobody", "password": PASSWORD})

    assert (len(hashed), len(waited)) == (3, 3)


async def _noted(waited, seconds):
    waited.append(seconds)


async def test_after_five_failures_the_right_password_is_answered_like_a_wrong_one(client, group):
    wrong = [
        await sign_in(client, group, "grace", "something else", headers={"x-request-id": "r"})
        for _ in range(5)
    ]
    locked = await sign_in(client, group, "grace", headers={"x-request-id": "r"})

    assert {answer.content for answer in wrong} == {locked.content}
    assert locked.status_code == 401
    assert (await tried(group)).failures == 5, "what is refused unseen counts no more"
    group.clock.on(seconds=29)
    assert (await sign_in(client, group, "grace")).status_code == 401
    group.clock.on(seconds=1)
    assert (await sign_in(client, group, "grace")).status_code == 201
    assert tuple(await tried(group)) == (0, None)


async def test_each_further_failure_locks_for_twice_as_long_up_to_a_quarter_of_an_hour(
    client, group
):
    for _ in range(5):
        await sign_in(client, group, "grace", "something else")
    held = []
    for _ in range(7):
        locked_until = (await tried(group)).locked_until
        held.append((locked_until - group.clock.now).total_seconds())
        group.clock.now = locked_until
        await sign_in(client, group, "grace", "something else")

    assert held == [30, 60, 120, 240, 480, 900, 900]


async def test_guesses_that_come_at_once_all_count(client, group):
    """Two processes, sixteen guesses: five are tried, and the right one among the rest is not."""
    async with client_of(group.installation) as elsewhere:
        guesses = [
            sign_in(one, group, "grace", f"guess number {number}")
            for number in range(8)
            for one in (client, elsewhere)
        ]
        answers = await asyncio.gather(*guesses)

    assert {answer.status_code for answer in answers} == {401}
    assert (await tried(group)).failures == 5
    assert (await sign_in(client, group, "grace")).status_code == 401
    outcomes = [code for _, code in await trail(group, "signIn")]
    assert sorted(outcomes) == ["LOCKED"] * 12 + ["WRONG_PASSWORD"] * 5


async def test_every_failure_stands_in_the_trail_without_a_value(client, group):
    await sign_in(client, group, "grace", "something else entirely")

    (entry,) = await group.rows(
        "SELECT object_id, details::text AS details FROM audit_entry"
        " WHERE group_id = :g AND verb = 'signIn'"
    )
    assert entry.object_id == group.principals["grace"]
    assert "something" not in entry.details


async def test_no_row_and_no_log_holds_a_password_or_a_token(client, group, caplog):
    token = await token_of(client, group, "grace")
    await sign_in(client, group, "grace", "a wrong one to look for")

    (login,) = await group.rows("SELECT verifier FROM login WHERE group_id = :g")
    assert login.verifier.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for secret in (PASSWORD, token, "a wrong one to look for"):
        for table in ("login", "login_session", "token", "audit_entry", "principal"):
            rows = await group.rows(f"SELECT t::text AS row FROM {table} t WHERE group_id = :g")
            assert not any(secret in row.row for row in rows), table
        assert secret not in caplog.text


async def test_a_verifier_of_earlier_parameters_is_renewed_when_it_has_proven(
    client, group, monkeypatch
):
    keys = await door_keys(group.installation)
    monkeypatch.setattr(passwords, "MEMORY", 8192)
    weaker = verifier_of(keys.passwords, PASSWORD)
    monkeypatch.undo()
    assert verifies(keys.passwords, PASSWORD, weaker)
    async with group.work_as(group.founder) as work:
        (await work.hold(Login))[0].verifier = weaker

    assert (await sign_in(client, group, "grace")).status_code == 201

    (login,) = await group.rows("SELECT verifier FROM login WHERE group_id = :g")
    assert login.verifier.startswith(passwords.PARAMETERS)
    assert renewed(keys.passwords, PASSWORD, login.verifier) is None
    assert (await sign_in(client, group, "grace")).status_code == 201


async def test_where_too_many_wait_one_is_told_to_come_back_and_no_attempt_is_counted(
    client, group, monkeypatch
):
    monkeypatch.setattr("runtime.hashing.MOST_WAITING", -2)

    answer = await sign_in(client, group, "grace")

    assert (answer.status_code, code_of(answer)) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "2"
    assert (await tried(group)).failures == 0


UNFIT = {
    "nothing": {},
    "no password": {"group": "head", "name": "grace"},
    "a number": {"group": "head", "name": "grace", "password": 1},
    "null": {"group": "head", "name": None, "password": "x"},
    "a word": {"group": "head", "name": "grace", "password": "x", "cookie": "yes"},
    "one more": {"group": "head", "name": "grace", "password": "x", "admin": True},
    "a list": ["head", "grace", "x"],
    "a text": "x",
}


async def test_what_is_no_such_request_is_refused_and_never_said_back(client, group):
    async with group.unchanged():
        for what, body in UNFIT.items():
            answer = await client.post("/session", json=body)
            assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT"), what
            assert "admin" not in answer.text


async def test_forms_are_refused_and_so_is_too_much(client):
    form = await client.post("/session", data={"group": "head", "name": "x", "password": "y"})
    long = await client.post(
        "/session", json={"group": "head", "name": "x", "password": "y" * 20_000}
    )
    longer = await client.post(
        "/session", json={"group": "head", "name": "x", "password": "y" * 300_000}
    )

    assert (form.status_code, code_of(form)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert (long.status_code, code_of(long)) == (400, "BAD_USER_INPUT")
    assert (longer.status_code, code_of(longer)) == (413, "CONTENT_TOO_LARGE")


async def test_refusals_speak_the_language_of_the_client_and_carry_the_request_id(client):
    answer = await client.post(
        "/session",
        json={"group": "head", "name": "x", "password": "y"},
        headers={"accept-language": "zh-CN", "x-request-id": "mine"},
    )

    assert "请核对" in answer.json()["errors"][0]["message"]
    assert answer.json()["errors"][0]["extensions"]["requestId"] == "mine"
    assert answer.headers["x-request-id"] == "mine"


async def test_other_methods_and_places_are_refused(client):
    for method, path, status in (
        ("GET", "/session", 405),
        ("POST", "/sessions", 405),
        ("PUT", "/session/password", 405),
        ("POST", "/session/nothing", 404),
        ("OPTIONS", "/session", 204),
    ):
        assert (await client.request(method, path)).status_code == status, (method, path)


async def test_a_name_is_the_same_however_it_is_typed(client, group):
    shouted = name_of(group, "grace").upper()
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in shouted)

    for name in (shouted, wide, f" {shouted} "):
        answer = await client.post(
            "/session", json={"group": "HEAD", "name": name, "password": PASSWORD}
        )
        assert answer.status_code == 201, name


async def test_signing_in_always_gives_another_token(client, group):
    """Nobody can have planted the one that is in use afterwards."""
    tokens = [await token_of(client, group, "grace") for _ in range(2)]
    planted = await sign_in(
        client, group, "grace", cookie=True, headers={**OURS, "cookie": "peiyuan=peises_planted"}
    )

    assert len(set(tokens)) == 2
    assert "planted" not in planted.headers["set-cookie"]


async def test_the_app_serves_sessions_beside_everything_else(group):
    app = make_app(group.installation)

    assert app.sessions.cookies == app.endpoint.cookies


async def test_a_session_carries_the_rights_of_its_principal_and_shows_denials_in_part(
    client, group
):
    token = await token_of(client, group, "grace")

    shown = await client.post(
        "/graphql", json={"query": "{ viewer { denials } }"}, headers=bearer(token)
    )

    assert shown.json() == {"data": {"viewer": {"denials": "PARTIAL"}}}
