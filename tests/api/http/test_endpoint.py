"""The endpoint over HTTP: statuses, media types, tokens, and a GraphQL body for every failure."""

import httpx
import pytest
from starlette.datastructures import Headers

from api.http.app import make_app
from api.http.negotiation import locale

JSON = "application/json"
RESPONSE = "application/graphql-response+json"


@pytest.fixture
async def client(group):
    transport = httpx.ASGITransport(app=make_app(group.installation))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def bearer(group, who):
    return {"authorization": f"Bearer {group.secrets[who]}"}


async def ask(client, query="{ viewer { tenant { code } } }", headers=None, **body):
    return await client.post(
        "/graphql", json={"query": query, **body}, headers={"accept": RESPONSE, **(headers or {})}
    )


async def test_a_request_with_a_token_is_answered_as_its_owner(client, group):
    answer = await ask(client, headers=bearer(group, "grace"))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{RESPONSE}; charset=utf-8"
    assert answer.json() == {"data": {"viewer": {"tenant": {"code": "east"}}}}


async def test_without_a_token_one_is_nobody(client):
    answer = await ask(client, "{ viewer { denials } }")

    assert (answer.status_code, answer.json()) == (200, {"data": {"viewer": None}})


@pytest.mark.parametrize(
    "authorization",
    ["Bearer nonsense", "Basic YTpi", "Bearer", "Bearer peipat_" + "0" * 42, ""],
    ids=["malformed", "another scheme", "no token", "wrong checksum", "empty"],
)
async def test_every_bad_token_gets_the_same_answer(client, authorization):
    answer = await ask(client, headers={"authorization": authorization, "x-request-id": "r"})
    unknown = await ask(client, headers={"authorization": "Bearer x", "x-request-id": "r"})

    assert answer.status_code == 401
    assert answer.content == unknown.content
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_an_unknown_token_of_the_right_form_is_answered_like_a_malformed_one(client):
    from domain.access.tokens import TokenKind, mint  # noqa: PLC0415

    headers = {"x-request-id": "r"}
    minted = await ask(
        client, headers={**headers, "authorization": f"Bearer {mint(TokenKind.PERSON)}"}
    )
    malformed = await ask(client, headers={**headers, "authorization": "Bearer x"})

    assert (minted.status_code, minted.content) == (401, malformed.content)


async def test_an_expired_token_is_refused_even_while_it_is_remembered(client, group):
    assert (await ask(client, headers=bearer(group, "grace"))).status_code == 200

    group.clock.on(days=31)
    answer = await ask(client, headers=bearer(group, "grace"))

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { tenant { code } } }",
        "{ __schema { queryType { name } } }",
        "{ nobody }",
        '{ person(id: "tnt_00000000000000000000000000000000") { id } }',
    ],
    ids=["what is read", "the schema", "what is not valid", "what is refused"],
)
async def test_a_revoked_token_is_refused_in_the_next_request(client, group, query):
    from domain.access.revoke_token import RevokeToken, revoke_token  # noqa: PLC0415

    assert (await ask(client, headers=bearer(group, "grace"))).status_code == 200
    await group.do("olga", revoke_token, RevokeToken(token_id=group.tokens["grace"].token_id))

    assert (await ask(client, query, headers=bearer(group, "grace"))).status_code == 401


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        (RESPONSE, 400, RESPONSE),
        (JSON, 200, JSON),
        ("*/*", 400, RESPONSE),
        ("application/json;q=0.9, application/graphql-response+json;q=0.1", 200, JSON),
        ("text/html", 406, JSON),
        ("application/json;q=0", 406, JSON),
    ],
)
async def test_the_client_chooses_the_media_type(client, accept, status, kind):
    answer = await ask(client, "{ nobody }", headers={"accept": accept})

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(kind)
    assert answer.json()["errors"][0]["extensions"]["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", JSON, 400, "BAD_USER_INPUT"),
        (b"[]", JSON, 400, "BAD_USER_INPUT"),
        (b'"x"', JSON, 400, "BAD_USER_INPUT"),
        (b"{}", JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": 5}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "{a}", "variables": []}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "{a}", "operationName": 1}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "{a}", "variables": {"x": NaN}}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "\xff"}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "{a}"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{a}"}', "application/json; charset=latin-1", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "' + b" " * 300_000 + b'"}', JSON, 413, "CONTENT_TOO_LARGE"),
    ],
    ids=[
        "no JSON", "a batch", "a text", "no query", "query is no text", "variables are a list",
        "a name that is none", "NaN", "no UTF-8", "plain text", "a form", "another charset",
        "too large",
    ],
)  # fmt: skip
async def test_what_is_no_graphql_request_is_told_so(client, content, kind, status, code):
    answer = await client.post("/graphql", content=content, headers={"content-type": kind})

    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert "data" not in answer.json()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_only_post_is_answered(client, method):
    answer = await client.request(method, "/graphql")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST, OPTIONS"
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


async def test_messages_come_in_the_language_that_is_accepted(client):
    chinese = await ask(client, headers={"authorization": "x", "accept-language": "zh-CN,en;q=0.5"})
    english = await ask(client, headers={"authorization": "x", "accept-language": "en"})

    assert chinese.json()["errors"][0]["message"] == "令牌无效,请重新获取。"
    assert english.json()["errors"][0]["message"] == "The token is not valid. Get a new one."


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"), ("", "en"), ("zh", "zh-CN"), ("zh-TW,en;q=0.9", "zh-CN"),
        ("en,zh;q=0.9", "en"), ("fr,zh;q=0.1", "zh-CN"), ("zh;q=x,en;q=0.1", "en"),
    ],
)  # fmt: skip
def test_a_language_is_chosen_by_its_weight(header, expected):
    assert locale(header) == expected


async def test_whoever_asks_to_be_refused_strictly_is(client, group):
    headers = {**bearer(group, "hugo"), "peiyuan-denials": "strict"}
    answer = await ask(client, "{ people { nodes { nationalId { masked } } } }", headers=headers)

    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_request_keeps_the_id_that_it_brings_if_it_is_fit_for_a_log(client):
    own = await ask(client, headers={"x-request-id": "abc-1"})
    unfit = await ask(client, headers={"x-request-id": "a b\tc"})

    assert own.headers["x-request-id"] == "abc-1"
    assert unfit.headers["x-request-id"] != "a b\tc"


async def test_an_answer_is_kept_by_nobody_and_read_as_nothing_else(client):
    headers = Headers((await ask(client)).headers)

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_failure_of_ours_is_told_without_its_inside(client, group, monkeypatch):
    async def broken(*_):
        message = "a secret of the inside"
        raise RuntimeError(message)

    monkeypatch.setattr(group.installation.reader, "fetch_row", broken)
    answer = await ask(client, headers=bearer(group, "grace"))

    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in answer.text


async def test_the_process_says_that_it_lives_and_whether_it_is_ready(client, group, monkeypatch):
    assert (await client.get("/livez")).json() == {"status": "live"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}

    async def gone(*_):
        raise ConnectionError

    monkeypatch.setattr(group.installation.reader, "fetch_row", gone)
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/livez")).status_code == 200


async def test_outside_the_demo_no_other_origin_reads_an_answer(client):
    answer = await ask(client, headers={"origin": "http://localhost:3000"})

    assert "access-control-allow-origin" not in answer.headers
