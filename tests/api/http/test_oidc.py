"""Signing in at a provider, against a real one on loopback, and against one that lies."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import UUID

import httpx
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.responses import RedirectResponse, Response

from api.http.oidc_provider import (
    LARGEST,
    Provider,
    ProviderFailed,
    bound_endpoints,
    verified_subject,
)
from api.http.oidc_state import State, StateUnfit, opened
from api.http.oidc_wire import Wire, WireRefused, _plain
from domain.access.link_identity import LinkIdentity, link_identity
from domain.access.login_names import LoginNameTaken
from domain.access.register_identity_provider import (
    IssuerUnfit,
    RegisterIdentityProvider,
    register_identity_provider,
)
from domain.organisation.models import Tenant
from runtime.sessions import door_keys
from tests.api.http.provider import CLIENT, SECRET, Issuer, standing
from tests.api.http.signing_in import HOST, bearer, client_of, code_of, whoami
from tests.people import refused

OURS = {"origin": HOST}
CALLBACK = "/session/oidc/home/callback"


@pytest.fixture(scope="module")
def served():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with standing(Issuer()) as issuer:
            yield issuer


@pytest.fixture
def issuer(served):
    served.tampered, served.asked, served.user = {}, [], "sub-of-ada"
    served.algorithm = "RS256"
    return served


@pytest.fixture
async def client(group, issuer):
    """A browser at a group whose root has a code of its own, with ada linked to the provider."""
    group.clock.now = datetime.now(UTC)  # the provider goes by the clock on the wall
    await register(group, issuer.address)
    await link(group, "ada", "sub-of-ada")
    async with client_of(group.installation) as client:
        yield client


async def register(group, issuer, *, code="home", by=None):
    keys = await door_keys(group.installation)
    async with group.work_as(group.founder) as work:
        (await work.hold(Tenant, Tenant.id == group.id))[0].code = coded(group)
    command = RegisterIdentityProvider(
        code=code, issuer=issuer, client_id=CLIENT, client_secret=SECRET
    )
    return await group.do(
        by or group.founder,
        register_identity_provider,
        command,
        keyring=group.installation.keyring,
        key=keys.names,
    )


async def link(group, who, subject):
    keys = await door_keys(group.installation)
    command = LinkIdentity(principal_id=group.principals[who], provider="home", subject=subject)
    return await group.do(group.founder, link_identity, command, key=keys.names)


def coded(group):
    return f"g-{group.id.hex[:12]}"


async def begin(client, group, **more):
    group.clock.now = max(group.clock.now, datetime.now(UTC))
    return await client.get("/session/oidc/home", params={"group": coded(group), **more})


async def granted(location) -> dict[str, str]:
    """Let the provider grant, as a browser would, and take what it sends back."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(location)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(f"{HOST}{CALLBACK}?")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def signed_in(client, group, **more):
    begun = await begin(client, group, **more)
    assert begun.status_code == 303, begun.text
    return await client.get(CALLBACK, params=await granted(begun.headers["location"]))


async def sessions(group):
    return await group.rows("SELECT opened_with FROM login_session WHERE group_id = :g")


async def refused_sign_in(client, group, *, status=502, code="PROVIDER_FAILED"):
    """A whole way there and back that opens nothing."""
    answer = await signed_in(client, group)
    assert (answer.status_code, code_of(answer)) == (status, code), answer.text
    assert "peiyuan=peises" not in answer.headers.get("set-cookie", "")
    assert not await sessions(group)
    return answer


async def test_whom_the_provider_knows_is_let_in_as_themselves(client, group, issuer):
    answer = await signed_in(client, group, to="/app/plan")

    assert (answer.status_code, answer.headers["location"]) == (303, "/app/plan")
    assert client.cookies["peiyuan"].startswith("peises_")
    assert "peiyuan-signing-in" not in client.cookies
    seen = await client.post(
        "/graphql", json={"query": "{ viewer { person { id } } }"}, headers=OURS
    )
    assert seen.json()["data"]["viewer"]["person"]["id"] == group.psn("ada")
    assert [row.opened_with for row in await sessions(group)] == ["PROVIDER"]
    assert (await whoami(client, bearer(client.cookies["peiyuan"]))).status_code == 200


async def test_who_has_no_password_enrols_a_factor_just_after_the_provider_said_who_it_is(
    client, group, issuer
):
    await signed_in(client, group)
    group.clock.on(minutes=10)
    late = await client.post("/session/totp", json={}, headers=OURS)
    assert (late.status_code, code_of(late)) == (400, "SESSION_TOO_OLD")

    group.clock.now = datetime.now(UTC)
    await signed_in(client, group)
    begun = await client.post("/session/totp", json={}, headers=OURS)
    phone = pyotp.parse_uri(begun.json()["uri"])
    code = phone.at(group.clock.now)
    assert (
        await client.post("/session/totp/confirm", json={"code": code}, headers=OURS)
    ).status_code == 204

    code = phone.at(group.clock.on(seconds=30))
    answer = await client.post("/session/step-up", json={"totp": code}, headers=OURS)

    assert answer.status_code == 201
    assert answer.json()["openedWith"] == "PROVIDER"
    assert answer.json()["steppedUpUntil"]


async def test_elliptic_keys_do_as_well(client, group, issuer):
    issuer.algorithm = "ES256"

    assert (await signed_in(client, group)).status_code == 303


async def test_what_is_sent_to_the_provider_is_a_challenge_and_no_secret(client, group, issuer):
    begun = await begin(client, group)
    sent = parse_qs(urlsplit(begun.headers["location"]).query)

    assert begun.headers["location"].startswith(f"{issuer.address}/authorize?")
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["response_type"] == ["code"]
    assert sent["scope"] == ["openid"]
    assert sent["redirect_uri"] == [f"{HOST}{CALLBACK}"]
    assert len(sent["state"][0]) == len(sent["nonce"][0]) == 43
    assert SECRET not in begun.headers["location"]
    cookie = begun.headers["set-cookie"]
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600")
    for value in (*sent["state"], *sent["nonce"], SECRET):
        assert value not in cookie


async def test_whom_nobody_here_is_linked_to_stays_outside(client, group, issuer):
    issuer.user = "sub-of-somebody-else"

    await refused_sign_in(client, group, status=403, code="NOBODY_HERE")


async def test_another_group_with_the_same_provider_knows_other_people(
    client, group, other_group, issuer
):
    """The same subject of the same issuer is somebody there and nobody here."""
    other_group.clock.now = group.clock.now
    await register(other_group, issuer.address)
    begun = await client.get("/session/oidc/home", params={"group": coded(other_group)})
    answer = await client.get(CALLBACK, params=await granted(begun.headers["location"]))

    assert (answer.status_code, code_of(answer)) == (403, "NOBODY_HERE")
    assert not await sessions(other_group)


async def test_another_state_than_the_browsers_own_is_refused(client, group, issuer):
    begun = await begin(client, group)
    back = await granted(begun.headers["location"])

    for sent in ({**back, "state": "x" * 43}, {"code": back["code"]}):
        answer = await client.get(CALLBACK, params=sent)
        assert (answer.status_code, code_of(answer)) == (400, "SIGN_IN_STATE_UNFIT")
    assert "token" not in issuer.asked, "the code was not even tried"
    assert not await sessions(group)


async def test_another_browser_cannot_come_back_in_ones_place(client, group, issuer):
    back = await granted((await begin(client, group)).headers["location"])

    async with client_of(group.installation) as victim:
        answer = await victim.get(CALLBACK, params=back)

        assert (answer.status_code, code_of(answer)) == (400, "SIGN_IN_STATE_UNFIT")
        assert not victim.cookies


async def test_whoever_takes_longer_than_ten_minutes_begins_anew(client, group, issuer):
    back = await granted((await begin(client, group)).headers["location"])
    group.clock.on(minutes=10)

    answer = await client.get(CALLBACK, params=back)

    assert (answer.status_code, code_of(answer)) == (400, "SIGN_IN_STATE_UNFIT")


async def test_a_code_opens_one_session(client, group, issuer):
    begun = await begin(client, group)
    state = client.cookies["peiyuan-signing-in"]
    back = await granted(begun.headers["location"])
    assert (await client.get(CALLBACK, params=back)).status_code == 303

    headers = {"cookie": f"peiyuan-signing-in={state}"}
    again = await client.get(CALLBACK, params=back, headers=headers)

    assert (again.status_code, code_of(again)) == (502, "PROVIDER_FAILED")
    assert "token refused: invalid_grant" in issuer.asked
    assert len(await sessions(group)) == 1


async def test_a_code_that_was_granted_to_another_challenge_is_refused_by_the_provider(
    client, group, issuer
):
    """A stolen code, brought by whoever did not begin: the challenge is not theirs to answer."""
    stolen = (await granted((await begin(client, group)).headers["location"]))["code"]
    own = parse_qs(urlsplit((await begin(client, group)).headers["location"]).query)

    answer = await client.get(CALLBACK, params={"code": stolen, "state": own["state"][0]})

    assert (answer.status_code, code_of(answer)) == (502, "PROVIDER_FAILED")
    assert "token refused: invalid_grant" in issuer.asked
    assert not await sessions(group)


async def test_an_answer_in_another_issuers_name_is_a_mix_up(client, group, issuer):
    back = await granted((await begin(client, group)).headers["location"])

    answer = await client.get(CALLBACK, params={**back, "iss": "https://other.example"})

    assert (answer.status_code, code_of(answer)) == (502, "PROVIDER_FAILED")
    assert "token" not in issuer.asked


def forged(change=None, *, header=None, key=None, algorithm=None):
    """Have the provider's token say something else, signed as it would be or otherwise."""

    def tamper(issuer, usual):
        claims = jwt.decode(usual["id_token"], issuer.keys).claims
        claims = claims | (change(issuer, claims) if change else {})
        claims = {name: value for name, value in claims.items() if value is not None}
        signing = key(issuer) if key else issuer.key
        headers = {"alg": algorithm or issuer.algorithm, "kid": issuer.key.kid, **(header or {})}
        token = jwt.encode(headers, claims, signing, algorithms=[headers["alg"]])
        return {**usual, "id_token": token}

    return tamper


def unsigned(issuer, usual):
    claims = usual["id_token"].split(".")[1]
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    return {**usual, "id_token": f"{header}.{claims}."}


def by_public_key(issuer):
    """The public key, taken for a secret: what a careless verifier would hold the HMAC against."""
    return OctKey.import_key(issuer.key.as_pem(private=False))


def another_key(issuer):
    return RSAKey.generate_key(2048, {"kid": issuer.key.kid})


LIES = {
    "another nonce": forged(lambda *_: {"nonce": "another"}),
    "no nonce": forged(lambda *_: {"nonce": None}),
    "another issuer": forged(lambda *_: {"iss": "https://other.example"}),
    "for somebody else": forged(lambda *_: {"aud": ["another-client"]}),
    "for two, made for the other": forged(
        lambda *_: {"aud": [CLIENT, "another-client"], "azp": "another-client"}
    ),
    "for two, for nobody said": forged(lambda *_: {"aud": [CLIENT, "another-client"]}),
    "over": forged(lambda _, claims: {"exp": claims["iat"] - 600}),
    "without an end": forged(lambda *_: {"exp": None}),
    "of tomorrow": forged(lambda _, claims: {"iat": claims["iat"] + 3600}),
    "without a subject": forged(lambda *_: {"sub": None}),
    "an empty subject": forged(lambda *_: {"sub": ""}),
    "a long subject": forged(lambda *_: {"sub": "s" * 256}),
    "a number": forged(lambda *_: {"sub": 7}),
    "unsigned": unsigned,
    "HS256 under the public key": forged(key=by_public_key, algorithm="HS256"),
    "under another key": forged(key=another_key),
    "a key nobody published": forged(header={"kid": "unheard-of"}),
    "an extension nobody knows": forged(header={"crit": ["b65"], "b65": True}),
    "too long": forged(lambda *_: {"filling": "x" * LARGEST}),
    "no token": lambda _, usual: {**usual, "id_token": None},
    "not a token": lambda _, usual: {**usual, "id_token": "a.b.c"},
    "a list": lambda *_: ["token"],
    "no JSON": lambda *_: Response("<html>", media_type="text/html"),
    "far too much": lambda *_: Response(b"[" + b"1," * 100_000 + b"1]"),
    "a redirect": lambda issuer, _: RedirectResponse(f"{issuer.address}/elsewhere", 307),
    "an error": lambda *_: Response("{}", 500),
}


async def test_nothing_that_an_id_token_says_wrong_opens_a_session(client, group, issuer, caplog):
    for lie, tamper in LIES.items():
        issuer.tampered = {"token": tamper}
        try:
            await refused_sign_in(client, group)
        except AssertionError as error:
            raise AssertionError(lie) from error
    issuer.tampered = {"token": forged()}
    assert (await signed_in(client, group)).status_code == 303, "what is not changed goes through"
    assert SECRET not in caplog.text


async def test_keys_are_of_one_side_and_come_from_the_provider(client, group, issuer):
    shared = OctKey.generate_key(256, {"kid": "shared", "use": "sig"})
    for keys in (
        {"keys": [shared.as_dict(private=True)]},
        {"keys": []},
        {"keys": "none"},
        {"keys": [{"kty": "RSA", "kid": "x"}]},
        RedirectResponse("http://127.0.0.1:1/jwks"),
    ):
        issuer.tampered = {
            "jwks": lambda _, __, keys=keys: keys,
            "token": forged(key=lambda _: shared, algorithm="HS256", header={"kid": "shared"}),
        }
        await refused_sign_in(client, group)


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_no_endpoint_may_be_at_another_origin(endpoint):
    issuer = "https://sso.example/realms/one"
    usual = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": "https://sso.example:443/jwks",
    }
    assert bound_endpoints(issuer, usual) == {
        name: address for name, address in usual.items() if name != "issuer"
    }
    for elsewhere in (
        "https://evil.example/x",
        "http://sso.example/x",
        "https://sso.example:8443/x",
        "https://sso.example@evil.example/x",
        "https://sso.example.evil.example/x",
        "//evil.example/x",
        "https://[",
        "",
        None,
        7,
    ):
        with pytest.raises(ProviderFailed):
            bound_endpoints(issuer, {**usual, endpoint: elsewhere})
    for other in ("https://sso.example/realms/two", f"{issuer}/", None):
        with pytest.raises(ProviderFailed):
            bound_endpoints(issuer, {**usual, "issuer": other})


async def test_a_discovery_document_that_leads_elsewhere_begins_nothing(client, group, issuer):
    for tamper in (
        lambda _, usual: {**usual, "jwks_uri": "http://127.0.0.1:1/jwks"},
        lambda _, usual: {**usual, "issuer": "http://127.0.0.1:1"},
        lambda issuer, _: RedirectResponse(f"{issuer.address}/jwks"),
        lambda *_: Response(b" " * 100_000),
    ):
        issuer.tampered = {"discovery": tamper}
        answer = await begin(client, group)
        assert (answer.status_code, code_of(answer)) == (502, "PROVIDER_FAILED")
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers


async def test_in_production_this_very_machine_is_not_asked(client, group, issuer):
    group.installation.settings = replace(
        group.installation.settings,
        environment=group.installation.settings.environment.PRODUCTION,
        public_url="https://training.example",
    )
    async with client_of(group.installation) as browser:
        answer = await begin(browser, group)

    assert (answer.status_code, code_of(answer)) == (502, "PROVIDER_FAILED")
    assert not issuer.asked


async def test_a_foreign_host_does_not_become_the_address_to_come_back_to(client, group, issuer):
    answer = await client.get(
        "/session/oidc/home", params={"group": coded(group)}, headers={"host": "evil.example"}
    )

    assert (answer.status_code, code_of(answer)) == (503, "SERVICE_UNAVAILABLE")


async def test_one_comes_back_to_a_page_of_ours(client, group, issuer):
    for to in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""):
        answer = await begin(client, group, to=to)
        if to:
            assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT"), to


async def test_an_unknown_provider_and_an_unknown_group_look_the_same(client, group, issuer):
    answers = [
        await client.get(f"/session/oidc/{name}", params=sent, headers={"x-request-id": "r"})
        for name, sent in (
            ("away", {"group": coded(group)}),
            ("home", {"group": "nowhere"}),
            ("home", {}),
        )
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


async def test_a_subject_belongs_to_one_and_an_issuer_is_an_address(client, group, issuer):
    async with group.unchanged():
        with refused(LoginNameTaken):
            await link(group, "eve", "sub-of-ada")
        for unfit in ("http://sso.example", "https://", "https://a/?x", "https://u@a", "x", ""):
            with refused(IssuerUnfit, at=("issuer",)):
                await register(group, unfit, code="other")


async def test_the_secret_of_both_sides_lies_sealed(client, group, issuer):
    (row,) = await group.rows("SELECT client_secret FROM identity_provider WHERE group_id = :g")

    assert SECRET.encode() not in row.client_secret


PRIVATE = [
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_no_network_of_our_own_is_asked_under_whatever_name(address, monkeypatch):
    """The address is judged that the connection goes to; a name that leads there is no better."""
    wire = Wire()
    assert not wire._allowed(_plain(address))
    assert Wire(at_home=True)._allowed(ip_address("127.0.0.1"))
    if not ip_address(address.partition("%")[0]).is_loopback:
        assert not Wire(at_home=True)._allowed(_plain(address))

    async def resolved(*_, **__):
        return [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved, raising=False)
    with pytest.raises(WireRefused, match="network"):
        await wire.get("https://sso.example/jwks")


async def test_a_public_address_may_be_asked_over_tls_alone():
    assert Wire()._allowed(ip_address("93.184.215.14"))
    assert Wire()._allowed(ip_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c"))
    for url in ("http://sso.example/", "ftp://sso.example/", "file:///etc/passwd", "sso.example"):
        with pytest.raises(WireRefused):
            await Wire().get(url)
    with pytest.raises(WireRefused, match="away"):
        await Wire(at_home=True).get("http://93.184.215.14/")


@given(st.text(), st.binary(max_size=80))
def test_no_state_of_anybody_elses_making_opens(text, noise):
    key = b"k" * 32
    held = State(provider="home", group="g", until=2.0, to="/")
    sealed = held.sealed(key)
    assert opened(key, sealed, state=held.state, provider="home", now=1.0) == held
    other = base64.urlsafe_b64encode(noise).decode()
    for sent in (text, other, sealed[:-2], None):
        with pytest.raises(StateUnfit):
            opened(key, sent, state=held.state, provider="home", now=1.0)
    for wrong in (
        {"state": text if text != held.state else "x", "provider": "home", "now": 1.0},
        {"state": held.state, "provider": "away", "now": 1.0},
        {"state": held.state, "provider": "home", "now": 2.0},
    ):
        with pytest.raises(StateUnfit):
            opened(key, sealed, **wrong)


@given(
    st.text() | st.binary().map(lambda raw: raw.hex()),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
)
def test_whatever_a_provider_answers_it_is_refused_and_nothing_breaks(token, keys):
    provider = Provider(
        id=UUID(int=1), group_id=UUID(int=2), issuer="https://a", client_id="c", client_secret="s"
    )
    with pytest.raises(ProviderFailed):
        verified_subject(token, {"keys": keys}, provider=provider, nonce="n", now=datetime.now(UTC))
