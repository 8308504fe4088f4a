"""API2, tokens: whoever guesses learns nothing, neither from the answer nor from the work it made.

Passwords, lockout and sessions have tests of their own, where they are built.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from domain.access.revoke_token import RevokeToken, revoke_token
from domain.access.tokens import TokenKind, mint

QUERY = "{ viewer { tenant { code } } }"


@contextmanager
def statements(installation):
    """The statements of the writer's connections, by which tokens are looked up."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    engine = installation.writer._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def guesses(group) -> dict[str, str]:
    """Tokens that are not good, each for another reason; eve's has been revoked, walt's is over."""
    await group.do("olga", revoke_token, RevokeToken(token_id=group.tokens["eve"].token_id))
    real = group.secrets["grace"]
    return {
        "nothing of a token": "nonsense",
        "another prefix": real.replace("peipat_", "peisvc_"),
        "one letter wrong": f"{real[:-1]}{'a' if real[-1] != 'a' else 'b'}",
        "cut short": real[:-1],
        "too long": f"{real}0",
        "not ASCII": real[:-1] + "é",
        "of the right form, and nobody's": mint(TokenKind.PERSON),
        "a session's form": mint(TokenKind.SESSION),
        "revoked": group.secrets["eve"],
    }


async def test_every_guess_gets_the_same_bytes(group, asks):
    answers = {
        why: await asks(QUERY, who=guess.encode("latin-1").decode("latin-1"))
        for why, guess in (await guesses(group)).items()
        if guess.isascii()
    }
    group.clock.on(days=31)
    answers["expired"] = await asks(QUERY, who="walt")

    assert {one.status_code for one in answers.values()} == {401}
    assert len({one.content for one in answers.values()}) == 1
    assert len({tuple(sorted(one.headers.items())) for one in answers.values()}) == 1


async def test_a_guess_makes_no_work_if_it_cannot_be_a_token_and_one_look_up_if_it_can(group, asks):
    await asks(QUERY)  # what is read once has been read
    known = await guesses(group)
    work = {}
    for why, guess in known.items():
        if guess.isascii():
            with statements(group.installation) as sent:
                await asks(QUERY, who=guess)
            work[why] = len(sent)

    assert work.pop("of the right form, and nobody's") == work.pop("a session's form") == 1
    assert work.pop("revoked") <= 4
    assert set(work.values()) == {0}


@pytest.mark.parametrize("query", ["mutation { nothing }", "{ nobody }", "{ __typename }"])
async def test_nothing_of_a_document_is_looked_at_for_a_bad_token(group, asks, query):
    good_form = await asks(query, who=mint(TokenKind.PERSON))

    assert good_form.content == (await asks(QUERY, who="x")).content


async def test_the_look_up_of_a_token_uses_the_index_and_does_not_grow(group):
    """Equal digests are found by their key, among a million as among ten."""
    async with group.installation.writer.transaction(group.id, ()) as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(
            text("EXPLAIN SELECT * FROM token_digest WHERE digest = :d"), {"d": b"x" * 32}
        )
        told = "\n".join(plan.scalars())

    assert "token_digest_pkey" in told or "pk_token_digest" in told, told
