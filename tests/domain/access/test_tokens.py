"""Tokens are issued, rotated and ended by whoever they speak for, and limited as they are told."""

import pytest
from sqlalchemy import update

from authz.actor import PrincipalKind
from domain.access.identify import find_token
from domain.access.models import Principal, Token
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.tokens import digest, well_formed
from domain.kernel.ids import split_external_id
from domain.people.leave import Leave, leave
from domain.people.models import LeaveCode
from domain.people.register_candidate import RegisterCandidate, register_candidate
from runtime.identify import identified
from tests.domain.access.tokens import (
    REVOKE,
    ROTATE,
    codes,
    issued,
    pepper,
    prc,
    tok,
)
from tests.people import TODAY


async def found(group, secret):
    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:
        return await find_token(session, digest(await pepper(group), secret))


async def test_ada_issues_herself_a_token_and_sees_it_once(group):
    given = await issued(group, "ada", scopes=["read:Person", "read:Person.phone"])

    assert given["userErrors"] == []
    assert well_formed(given["secret"])
    assert given["secret"].startswith("peipat_")
    assert given["token"]["scopes"] == ["read:Person", "read:Person.phone"]
    assert given["token"]["principal"] == {"id": prc(group, "ada")}
    actor = await identified(group.installation, await found(group, given["secret"]))
    assert (actor.person_id, actor.scoped) == (group.people["ada"], True)
    again = await group.read("ada", "{ tokens { nodes { name } } }")
    assert {one["name"] for one in again["tokens"]["nodes"]} == {"test", "notes"}


async def test_the_same_request_again_issues_nothing_and_tells_no_secret(group):
    first = await issued(group, "ada", idempotencyKey="k")
    again = await issued(group, "ada", idempotencyKey="k")

    assert again["token"] == first["token"]
    assert again["secret"] is None
    assert again["userErrors"] == []


async def test_a_dry_run_issues_nothing_and_tells_no_secret(group):
    async with group.unchanged():
        told = await issued(group, "ada", dryRun=True)

    assert told["secret"] is None
    assert told["token"]["name"] == "notes"


async def test_the_secret_is_kept_nowhere(group):
    secret = (await issued(group, "ada", idempotencyKey="k"))["secret"]
    tables = ("token", "token_digest", "audit_entry", "idempotency_record", "token_use")

    for table in tables:
        rows = await group.rows(f"SELECT t::text AS row FROM {table} t WHERE group_id = :g")
        assert not any(secret[7:] in one.row or secret in one.row for one in rows), table


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"days": 91}, "TOKEN_TOO_LONG", ["days"]),
        ({"days": 0}, "TOKEN_TOO_LONG", ["days"]),
        ({"kind": "SERVICE"}, "TOKEN_KIND_UNFIT", ["kind"]),
        ({"kind": "SESSION"}, "TOKEN_KIND_UNFIT", ["kind"]),
        ({"name": " "}, "TOKEN_UNNAMED", ["name"]),
        ({"scopes": []}, "SCOPES_UNCOUNTED", ["scopes"]),
        ({"scopes": ["read:Course"] * 101}, "SCOPES_UNCOUNTED", ["scopes"]),
        ({"scopes": ["read:Course", "read:Nothing"]}, "SCOPE_UNKNOWN", ["scopes", "1"]),
        ({"scopes": ["look:Course"]}, "SCOPE_UNKNOWN", ["scopes", "0"]),
        ({"scopes": ["read"]}, "SCOPE_UNKNOWN", ["scopes", "0"]),
        ({"scopes": [""]}, "SCOPE_UNKNOWN", ["scopes", "0"]),
        ({"networks": []}, "NETWORKS_UNCOUNTED", ["networks"]),
        ({"networks": ["10.0.0.0/8"] * 51}, "NETWORKS_UNCOUNTED", ["networks"]),
        ({"networks": ["10.0.0.1/8"]}, "NETWORK_UNKNOWN", ["networks", "0"]),
        ({"networks": ["::1", "example.com"]}, "NETWORK_UNKNOWN", ["networks", "1"]),
        ({"purposes": []}, "PURPOSES_UNCOUNTED", ["purposes"]),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_name_and_writes_nothing(group, given, code, path):
    async with group.unchanged():
        told = await issued(group, "ada", **given)

    assert (codes(told), told["userErrors"][0]["path"]) == ([code], path)
    assert (told["secret"], told["token"]) == (None, None)


async def test_a_scope_that_is_refused_is_named(group):
    told = await issued(group, "ada", scopes=["read:Nothing"])

    assert told["userErrors"][0]["message"].startswith("read:Nothing is no scope.")


async def test_networks_are_kept_in_their_usual_form_and_once(group):
    given = await issued(group, "ada", networks=["10.1.2.3", "2001:DB8::/32", "10.1.2.3/32"])

    assert given["token"]["networks"] == ["10.1.2.3/32", "2001:db8::/32"]


async def test_nobody_issues_a_token_of_another_person(group):
    """Whoever held it could act as that person: an administrator too has to be refused."""
    async with group.unchanged():
        by_admin = await issued(group, "olga", to="ada")
        by_grace = await issued(group, "grace", to="ada")
        rotated = await group.read("olga", ROTATE, input={"tokenId": tok(group, "ada")})

    assert codes(by_admin) == codes(rotated["rotateToken"]) == ["TOKEN_FOR_ANOTHER"]
    assert codes(by_grace) == ["NOT_FOUND"]
    assert (by_admin["secret"], rotated["rotateToken"]["secret"]) == (None, None)


async def test_an_administrator_issues_the_tokens_of_the_accounts_they_answer_for(group):
    service = await issued(group, "olga", to="axel", kind="SERVICE", days=366)
    vendor = await issued(group, "olga", to="vera", kind="VENDOR", purposes=["AUDIT"])

    assert [one["secret"][:7] for one in (service, vendor)] == ["peisvc_", "peiven_"]
    assert vendor["token"]["purposes"] == ["AUDIT"]


async def test_nobody_becomes_an_auditor_or_what_another_answers_for_by_issuing_its_token(group):
    """Whoever runs the system would otherwise read as its auditor, or act as any account."""
    async with group.work_as(group.founder) as work:
        mine = RegisterPrincipal(
            kind=PrincipalKind.AUDITOR,
            name="inside",
            tenant_id=group.tenants["head"],
            person_id=await candidate(group, work),
        )
        group.principals["inside"] = (await register_principal(work, mine)).id
        axel = await work.get(Principal, group.principals["axel"])
        axel.owner_id = group.principals["cora"]

    async with group.unchanged():
        told = [
            await issued(group, "olga", to=to, kind=kind)
            for to, kind in (("anna", "PERSON"), ("inside", "PERSON"), ("axel", "SERVICE"))
        ]
        turned = [
            (await group.read("olga", ROTATE, input={"tokenId": tok(group, name)}))["rotateToken"]
            for name in ("anna", "axel")
        ]

    another = ["TOKEN_FOR_ANOTHER"]
    assert [codes(one) for one in told] == [another, another, ["ACCOUNT_OF_ANOTHER"]]
    assert [codes(one) for one in turned] == [another, ["ACCOUNT_OF_ANOTHER"]]
    assert {one["secret"] for one in (*told, *turned)} == {None}


async def candidate(group, work):
    command = RegisterCandidate(
        tenant_id=group.tenants["head"], staff_number="X9", display_name="南宫内审"
    )
    return (await register_candidate(work, command)).id


async def test_a_limited_token_issues_no_other_and_so_gets_no_further(group):
    for limit in ({"scopes": ["*:*"]}, {"networks": ["127.0.0.1"]}, {"purposes": ["AUDIT"]}):
        given = await issued(group, "ada", **limit)
        actor = await identified(group.installation, await found(group, given["secret"]))
        group.tokens["limited"] = await found(group, given["secret"])
        assert actor.limited
        async with group.unchanged():
            told = await issued(group, "limited", to="ada")
        assert codes(told) == ["TOKEN_TOO_NARROW"]


async def test_a_limited_token_may_take_its_own_place_with_the_same_limits(group):
    given = await issued(group, "ada", scopes=["*:Token", "*:Token.*", "read:Principal"])
    group.tokens["limited"] = await found(group, given["secret"])

    told = await group.read("limited", ROTATE, input={"tokenId": given["token"]["id"]})

    assert told["rotateToken"]["userErrors"] == []
    assert told["rotateToken"]["token"]["scopes"] == given["token"]["scopes"]


async def test_both_secrets_of_a_rotated_token_are_good_until_the_overlap_is_over(group):
    old = await issued(group, "ada", days=10, networks=["::/0", "0.0.0.0/0"])
    token = old["token"]
    told = await group.read("ada", ROTATE, input={"tokenId": token["id"], "overlapHours": 2})
    new = told["rotateToken"]

    assert new["token"]["networks"] == token["networks"]
    assert new["token"]["expiresAt"] == token["expiresAt"]
    places = [await found(group, one["secret"]) for one in (old, new)]
    assert all([await identified(group.installation, one) for one in places])
    seen = await group.read("ada", "query($id: ID!) { token(id: $id) { supersededBy { id } } }",
                            id=token["id"])  # fmt: skip
    assert seen["token"]["supersededBy"] == {"id": new["token"]["id"]}

    group.clock.on(hours=2)
    assert await identified(group.installation, places[0]) is None
    assert await identified(group.installation, places[1]) is not None


@pytest.mark.parametrize("hours", [-1, 169])
async def test_an_overlap_is_a_week_at_most(group, hours):
    async with group.unchanged():
        told = await group.read(
            "ada", ROTATE, input={"tokenId": tok(group, "ada"), "overlapHours": hours}
        )

    assert codes(told["rotateToken"]) == ["OVERLAP_TOO_LONG"]


async def test_a_token_that_is_over_or_was_rotated_is_not_rotated(group):
    old = await issued(group, "ada")
    await group.read("ada", ROTATE, input={"tokenId": old["token"]["id"]})
    ended = await issued(group, "ada")
    await group.read("ada", REVOKE, input={"tokenId": ended["token"]["id"]})

    async with group.unchanged():
        for one in (old, ended):
            told = await group.read("ada", ROTATE, input={"tokenId": one["token"]["id"]})
            assert codes(told["rotateToken"]) == ["TOKEN_OVER"]


async def test_of_others_tokens_one_sees_and_ends_none(group):
    async with group.unchanged():
        told = await group.read("ada", REVOKE, input={"tokenId": tok(group, "grace")})
        node = await group.read("ada", "query($id: ID!) { token(id: $id) { name } }",
                                id=tok(group, "grace"))  # fmt: skip

    assert codes(told["revokeToken"]) == ["NOT_FOUND"]
    assert node["token"] is None
    assert await identified(group.installation, group.tokens["grace"]) is not None


async def test_an_administrator_sees_tokens_without_people_and_ends_them(group):
    told = await group.read(
        "olga",
        "{ tokens(first: 100) { nodes { id kind principal { kind name person { id } } } } }",
    )
    mine = [one for one in told["tokens"]["nodes"] if one["principal"]["kind"] == "PERSON"]
    assert {one["principal"]["name"] for one in mine} == {None}
    assert all(one["principal"]["person"] is None for one in mine)

    ended = await group.read("olga", REVOKE, input={"tokenId": tok(group, "grace")})
    assert ended["revokeToken"]["userErrors"] == []
    assert await identified(group.installation, group.tokens["grace"]) is None


async def test_with_a_leaver_ends_what_acts_for_them_and_the_accounts_they_own(group):
    await group.do(
        group.founder,
        leave,
        Leave(
            person_id=group.people["olga"],
            expected_version=(await group.person("olga")).row_version,
            left_on=TODAY,
            leave_code=LeaveCode.PAY,
        ),
    )

    assert await identified(group.installation, group.tokens["olga"]) is None
    assert await identified(group.installation, group.tokens["axel"]) is None
    assert await identified(group.installation, group.tokens["vera"]) is not None


async def test_a_scope_that_has_lost_its_object_opens_nothing_and_breaks_nothing(group):
    given = await issued(group, "ada", scopes=["read:Person"])
    _, token_id = split_external_id(given["token"]["id"])
    async with group.work_as(group.founder) as work:
        await work.session.execute(
            update(Token)
            .where(Token.group_id == group.id, Token.id == token_id)
            .values(scopes=["read:Gone", "read:Gone.field"])
        )
    actor = await identified(group.installation, await found(group, given["secret"]))

    assert actor.mask.rules == {}
