"""A token in use: from where, for what, what is kept of it, and how a leaked one is ended."""

import re

import httpx
import pytest
from starlette.applications import Starlette

from api.http.addresses import Proxies
from api.http.app import make_app
from api.http.leaked import FORMAT, MOST, REPORT, Leaked
from api.http.sparing import Sparing
from domain.access.identify import Found
from domain.access.networks import address
from domain.access.tokens import TokenKind, mint
from domain.kernel.ids import split_external_id
from runtime.identify import identified
from tests.domain.access.tokens import ROTATE, issued, tok

WHO = "{ viewer { actor { kind } } }"
OPEN = """
query($id: ID!, $p: Purpose!) { person(id: $id) { phone { masked value(purpose: $p) } } }
"""
CORRECT = """
mutation($input: CorrectPersonInput!, $p: Purpose!) {
  correctPerson(input: $input) { person { phone { value(purpose: $p) } } userErrors { code } }
}
"""
JSON = "application/graphql-response+json"


@pytest.fixture
def app(group):
    return make_app(group.installation)


async def ask(app, token, query=WHO, *, client="127.0.0.1", headers=None, **variables):
    """Send one request from an address."""
    transport = httpx.ASGITransport(app=app, client=(client, 40000))
    sent = {"authorization": f"Bearer {token}", "accept": JSON, "x-request-id": "r"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        return await http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={**sent, **(headers or {})},
        )


async def trail(group, verb):
    await group.installation.beside.finished()
    return await group.rows(
        "SELECT code, outcome, object_id, details FROM audit_entry "
        "WHERE group_id = :g AND verb = :verb ORDER BY id",
        verb=verb,
    )


async def test_a_token_is_good_in_its_networks_only_also_while_it_is_remembered(app, group):
    token = (await issued(group, "ada", networks=["10.1.0.0/16", "2001:db8::/32"]))["secret"]
    wrong = await ask(app, mint(TokenKind.PERSON))

    inside = [await ask(app, token, client=one) for one in ("10.1.2.3", "2001:db8::5")]
    outside = [await ask(app, token, client=one) for one in ("10.2.0.1", "2001:db9::5", "nowhere")]

    assert [one.status_code for one in inside] == [200, 200]
    assert {one.status_code for one in outside} == {401}
    assert {one.content for one in outside} == {wrong.content}
    assert (await ask(app, token, client="::ffff:10.1.2.3")).status_code == 200
    told = {
        (one.code, one.outcome, one.details["network"]) for one in await trail(group, "useToken")
    }
    assert told == {
        ("NETWORK_NOT_ALLOWED", "DENIED", "10.2.0.0/24"),
        ("NETWORK_NOT_ALLOWED", "DENIED", "2001:db9::/48"),
        ("NETWORK_NOT_ALLOWED", "DENIED", None),
    }


async def test_a_client_cannot_say_from_where_it_comes(app, group):
    token = (await issued(group, "ada", networks=["10.1.0.0/16"]))["secret"]

    forged = await ask(app, token, client="10.2.0.1", headers={"x-forwarded-for": "10.1.2.3"})

    assert forged.status_code == 401


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        ("10.9.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.9.0.1", ["10.1.2.3, 203.0.113.7"], "203.0.113.7"),
        ("10.9.0.1", ["10.1.2.3", "203.0.113.7, 10.9.0.2"], "203.0.113.7"),
        ("10.9.0.1", ["10.9.0.3, 10.9.0.2"], "10.9.0.3"),
        ("10.9.0.1", ["10.1.2.3, nonsense"], None),
        ("10.9.0.1", [], "10.9.0.1"),
        ("203.0.113.9", ["10.1.2.3"], "203.0.113.9"),
        (None, ["10.1.2.3"], None),
    ],
)
def test_the_way_is_read_from_its_end_as_far_as_it_is_trusted(peer, lines, expected):
    proxies = Proxies.declared(["10.9.0.0/16"])
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    scope = {"client": (peer, 1) if peer else None, "headers": headers}

    assert proxies.client(scope) == (address(expected) if expected else None)


async def test_the_last_use_of_a_token_is_shown_to_whoever_it_is_of(app, group):
    await ask(app, group.secrets["ada"], client="10.1.2.3")
    await group.installation.beside.finished()
    first = group.clock.now
    group.clock.on(seconds=30)
    await ask(app, group.secrets["ada"], client="10.7.7.7")
    await group.installation.beside.finished()

    told = await group.read(
        "ada",
        "query($id: ID!) { token(id: $id) { lastUse { at network operation } } }",
        id=tok(group, "ada"),
    )

    use = told["token"]["lastUse"]
    assert use["at"] == first.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert use["network"] == "10.1.2.0/24"
    assert len(use["operation"]) == 16


async def test_a_use_that_cannot_be_written_costs_no_answer(app, group, monkeypatch, caplog):
    async def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("api.http.uses.note_use", broken)

    assert (await ask(app, group.secrets["ada"])).status_code == 200
    await group.installation.beside.finished()
    assert await group.rows("SELECT id FROM token_use WHERE group_id = :g") == []
    assert "was not written" in caplog.text


async def test_a_superseded_token_leaves_a_line_when_it_is_used_too_late(app, group):
    token = await issued(group, "ada")
    await group.read("ada", ROTATE, input={"tokenId": token["token"]["id"], "overlapHours": 1})
    assert (await ask(app, token["secret"])).status_code == 200
    assert await trail(group, "useToken") == []

    group.clock.on(hours=1)

    assert (await ask(app, token["secret"])).status_code == 401
    [line] = await trail(group, "useToken")
    assert (line.code, line.outcome) == ("TOKEN_SUPERSEDED", "DENIED")
    assert f"tok_{line.object_id.hex}" == token["token"]["id"]


async def test_a_value_is_opened_for_the_purposes_of_the_token_only(app, group):
    token = (await issued(group, "ada", purposes=["SUBJECT_REQUEST"]))["secret"]
    me = group.psn("ada")

    good = await ask(app, token, OPEN, id=me, p="SUBJECT_REQUEST")
    bad = await ask(app, token, OPEN, id=me, p="PAYROLL")

    assert good.json()["data"]["person"]["phone"]["value"] == "15400000004"
    assert (bad.status_code, "data" in bad.json()) == (403, False)
    assert bad.json()["errors"][0]["extensions"]["code"] == "PURPOSE_NOT_ALLOWED"
    assert "15400000004" not in bad.text
    lines = {line.outcome: line for line in await trail(group, "decrypt")}
    assert {name: line.code for name, line in lines.items()} == {
        "DONE": None,
        "DENIED": "PURPOSE_NOT_ALLOWED",
    }
    assert lines["DENIED"].details["field"] == "Person.phone"


async def test_a_change_that_would_open_for_another_purpose_is_not_made(group):
    given = await issued(group, "bea", purposes=["AUDIT"])
    group.tokens["limited"] = Found(group.id, split_external_id(given["token"]["id"])[1])
    ada = await group.person("ada")
    sent = {
        "personId": group.psn("ada"),
        "expectedVersion": ada.row_version,
        "phone": "15400009999",
    }

    async with group.unchanged():
        told = await group.ask("limited", CORRECT, input=sent, p="PAYROLL")

    assert told["errors"][0]["extensions"]["code"] == "PURPOSE_NOT_ALLOWED"
    assert "data" not in told


async def test_accounts_open_nothing_unless_their_token_says_for_what(group):
    actor = await group.actor("axel")

    assert actor.purposes == frozenset()


@pytest.fixture
async def reporting(app):
    """Where tokens are reported, without the pause between reports."""
    leaked = Leaked(app.endpoint.authentication, pause=Sparing(0.0))
    transport = httpx.ASGITransport(app=Starlette(routes=leaked.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield http


async def test_whoever_holds_a_token_can_end_it(app, reporting, group):
    assert (await ask(app, group.secrets["ada"])).status_code == 200

    told = await reporting.post(REPORT, json=[group.secrets["ada"]])

    assert (told.status_code, told.json()) == (200, {"received": 1})
    assert (await ask(app, group.secrets["ada"])).status_code == 401
    [line] = await trail(group, "reportToken")
    assert (line.code, line.outcome) == ("REPORTED", "DONE")
    [row] = await group.rows(
        "SELECT revoked_at, reported_at FROM token WHERE group_id = :g AND id = :id",
        id=group.tokens["ada"].token_id,
    )
    assert row.revoked_at == row.reported_at == group.clock.now


async def test_with_a_leaked_token_ends_all_that_was_issued_by_it(reporting, group):
    """Whoever found it would go on under one that they issued to themselves meanwhile."""
    group.tokens["child"] = await issued_as_found(group, "ada", of="ada")
    group.tokens["grandchild"] = await issued_as_found(group, "child", of="ada")
    group.tokens["sibling"] = await issued_as_found(group, "grace", of="grace")

    await reporting.post(REPORT, json=[group.secrets["ada"]])

    for ended in ("ada", "child", "grandchild"):
        assert await identified(group.installation, group.tokens[ended]) is None
    for name in ("grace", "sibling"):
        assert await identified(group.installation, group.tokens[name]) is not None
    assert len(await trail(group, "reportToken")) == 3


async def issued_as_found(group, who, *, of):
    told = await issued(group, who, to=of)
    return Found(group.id, split_external_id(told["token"]["id"])[1])


async def test_a_report_tells_nothing_of_what_was_genuine(reporting, group):
    made_up, swapped = mint(TokenKind.PERSON), group.secrets["ada"][:-1] + "!"

    genuine = await reporting.post(REPORT, json=[group.secrets["ada"]])
    again = await reporting.post(REPORT, json=[group.secrets["ada"]])
    foreign = await reporting.post(REPORT, json=[made_up])

    assert genuine.content == again.content == foreign.content
    assert dict(genuine.headers) == dict(foreign.headers)
    assert (await reporting.post(REPORT, json=[swapped])).json() == {"received": 0}
    assert await identified(group.installation, group.tokens["grace"]) is not None
    assert len(await trail(group, "reportToken")) == 1


async def test_tokens_are_found_in_any_text_and_a_report_is_bounded(reporting, group):
    text = f"TOKEN={group.secrets['eve']}; see line 7, {mint(TokenKind.VENDOR)}"
    assert (await reporting.post(REPORT, content=text)).json() == {"received": 2}
    assert await identified(group.installation, group.tokens["eve"]) is None

    many = [mint(TokenKind.PERSON) for _ in range(MOST)] + [group.secrets["grace"]]
    too_many = await reporting.post(REPORT, json=many)
    too_long = await reporting.post(REPORT, content=b" " * 70_000 + group.secrets["grace"].encode())

    assert (too_many.status_code, too_long.status_code) == (413, 413)
    assert await identified(group.installation, group.tokens["grace"]) is not None


async def test_reports_that_come_too_fast_wait_and_keep_nobody_else_waiting(app, group):
    leaked = Leaked(app.endpoint.authentication, pause=Sparing(3600.0))
    routes = Starlette(routes=leaked.routes())

    async def reported(token, *, client="203.0.113.5"):
        transport = httpx.ASGITransport(app=routes, client=(client, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            return (await http.post(REPORT, json=[token])).status_code

    broken = mint(TokenKind.PERSON)[:-1] + "!"
    swapped = mint(TokenKind.PERSON)
    swapped = swapped[:-1] + ("0" if swapped[-1] != "0" else "1")
    empty = [await reported(one) for one in ("", "nothing", broken, swapped) * 3]
    assert set(empty) == {200}

    made_up = [await reported(mint(TokenKind.PERSON)) for _ in range(3)]
    assert made_up == [200, 429, 429]
    assert await reported(group.secrets["ada"], client="203.0.113.77") == 429  # a neighbour
    assert await identified(group.installation, group.tokens["ada"]) is not None

    assert await reported(group.secrets["ada"], client="198.51.100.1") == 200
    assert await identified(group.installation, group.tokens["ada"]) is None


async def test_scanners_are_told_what_to_look_for(app):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        told = (await http.get(FORMAT)).json()

    assert re.search(told["regex"], f"x = '{mint(TokenKind.SERVICE)}'")
    assert not re.search(told["regex"], mint(TokenKind.SERVICE) + "0")
