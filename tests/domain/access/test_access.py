"""Principals, roles and tokens: what they give, from when to when, and how it ends."""

from datetime import timedelta

from domain.access.assign_role import AssignRole, assign_role
from domain.access.identify import Found, find_token
from domain.access.issue_token import IssueToken, TokenTooLong, issue_token
from domain.access.revoke_token import RevokeToken, revoke_token
from domain.access.tokens import PEPPER, TokenKind, digest, mint, well_formed
from domain.kernel.errors import NotFound
from domain.kernel.ids import uuid7
from runtime.identify import identified
from tests.people import refused


async def test_a_role_opens_from_the_instant_it_is_given(group):
    before = await group.actor("ada")
    people = "{ people { totalCount } }"
    assert (await group.read("ada", people))["people"]["totalCount"] == 1

    await group.do(
        group.founder,
        assign_role,
        AssignRole(
            principal_id=group.principals["ada"],
            role="supervisor",
            tenant_id=group.tenants["east"],
        ),
    )

    after = await group.actor("ada")
    assert after.policy_version == before.policy_version + 1
    assert (await group.read("ada", people))["people"]["totalCount"] == 5


async def test_a_role_ends_when_its_time_is_over(group):
    await group.do(
        group.founder,
        assign_role,
        AssignRole(
            principal_id=group.principals["ada"],
            role="supervisor",
            tenant_id=group.tenants["east"],
            valid_to=group.clock.now + timedelta(hours=1),
        ),
    )
    assert "supervisor" in (await group.actor("ada")).roles

    group.clock.on(hours=1)
    assert "supervisor" not in (await group.actor("ada")).roles


async def test_a_token_is_good_until_it_is_revoked_or_over(group):
    found = group.tokens["grace"]
    assert await identified(group.installation, found) is not None

    await group.do("olga", revoke_token, RevokeToken(token_id=found.token_id))
    assert await identified(group.installation, found) is None

    group.clock.on(days=30)
    assert await identified(group.installation, group.tokens["eve"]) is None


async def test_an_unknown_token_is_nobodys(group):
    unknown = Found(group.id, uuid7(group.clock.now))

    assert await identified(group.installation, unknown) is None
    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:
        assert await find_token(session, b"x" * 32) is None


async def test_of_a_token_only_a_keyed_digest_is_kept(group):
    secret = group.secrets["grace"]
    async with group.installation.writer.transaction(group.id, ()) as session:
        pepper = await group.installation.keyring.of_system(session, PEPPER)
        assert await find_token(session, digest(pepper, secret)) == group.tokens["grace"]
    everything = await group.rows(
        "SELECT t::text AS row FROM token t WHERE group_id = :g UNION ALL "
        "SELECT d::text FROM token_digest d WHERE group_id = :g UNION ALL "
        "SELECT a::text FROM audit_entry a WHERE group_id = :g"
    )
    assert not any(secret[7:] in row.row for row in everything)


async def test_a_token_lives_no_longer_than_its_kind_may(group):
    command = IssueToken(
        principal_id=group.principals["ada"], kind=TokenKind.PERSON, name="x", days=91
    )
    async with group.unchanged():
        with refused(TokenTooLong, at=("days",)):
            await group.do("ada", issue_token, command, pepper=b"x")
        with refused(NotFound, at=("principalId",)):
            await group.do("grace", issue_token, command, pepper=b"x")


def test_a_mistyped_token_fails_without_asking_anybody():
    token = mint(TokenKind.SERVICE)
    assert well_formed(token)
    swapped = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    assert not well_formed(swapped)
    assert not well_formed(token[:-1])
    assert not well_formed(token + "0")
