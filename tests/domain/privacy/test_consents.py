"""Consent is one's own, under a notice that one has received, and over once it is withdrawn."""

import asyncio

import pytest

from domain.kernel.errors import Forbidden
from domain.privacy.consent import ConsentTopic
from domain.privacy.give_consent import GiveConsent, NoticeNotReceived, give_consent
from domain.privacy.notices import NoticeNotCurrent
from domain.privacy.oneself import NotAPerson
from domain.privacy.withdraw_consent import NeverConsented, WithdrawConsent, withdraw_consent
from tests.domain.access.entrusting import add_lines
from tests.domain.privacy.telling import THIRD_PARTY, acknowledges, consents, publishes, told
from tests.people import refused

OWN = """{ viewer { person { consents { nodes {
  topic givenAt withdrawnAt notice { number } } } } } }"""
OF = "query($id: ID!) { person(id: $id) { consents { nodes { topic withdrawnAt } } } }"


async def withdraws(group, who, topic=THIRD_PARTY):
    return await group.do(who, withdraw_consent, WithdrawConsent(topic=topic))


async def standing(group):
    return await group.rows(
        "SELECT person_id, topic, given_at, withdrawn_at FROM consent "
        "WHERE group_id = :g ORDER BY given_at, id"
    )


async def test_consent_names_the_notice_that_had_been_read(group):
    notice = await told(group, "ada")
    await consents(group, "ada", notice)

    (mine,) = (await group.read("ada", OWN))["viewer"]["person"]["consents"]["nodes"]

    assert (mine["topic"], mine["notice"]["number"], mine["withdrawnAt"]) == (
        "THIRD_PARTY", 1, None,
    )  # fmt: skip


async def test_whoever_has_not_received_the_notice_cannot_consent(group):
    notice = await told(group, "ada")

    async with group.unchanged():
        with refused(NoticeNotReceived, at=("noticeId",)):
            await consents(group, "walt", notice)


async def test_consent_is_not_given_under_a_notice_that_no_longer_holds(group):
    old = await told(group, "ada")
    await publishes(group, change_note="新增受托方")

    async with group.unchanged():
        with refused(NoticeNotCurrent, at=("noticeId",)):
            await consents(group, "ada", old)


async def test_given_twice_and_by_several_at_a_time_it_is_one_consent(group):
    notice = await told(group, "ada")

    made = await asyncio.gather(*(consents(group, "ada", notice) for _ in range(4)))
    again = await consents(group, "ada", notice)

    assert {one.id for one in (*made, again)} == {again.id}
    assert len(await standing(group)) == 1


async def test_consent_stands_under_its_notice_when_a_later_one_is_acknowledged(group):
    notice = await told(group, "ada")
    first = await consents(group, "ada", notice)
    later = await publishes(group, change_note="更新")
    await acknowledges(group, "ada", later)

    assert (await consents(group, "ada", later)).id == first.id
    (mine,) = (await group.read("ada", OWN))["viewer"]["person"]["consents"]["nodes"]
    assert mine["notice"]["number"] == 1


async def test_the_history_is_kept_and_withdrawing_again_changes_nothing(group):
    notice = await told(group, "ada")
    await consents(group, "ada", notice)
    await asyncio.gather(*(withdraws(group, "ada") for _ in range(3)))
    first = await standing(group)
    async with group.unchanged():
        await withdraws(group, "ada")

    group.clock.on(minutes=1)
    await consents(group, "ada", notice)

    assert [row.withdrawn_at is None for row in first] == [False]
    assert [row.withdrawn_at is None for row in await standing(group)] == [False, True]


async def test_topics_are_consented_to_apart(group):
    notice = await told(group, "ada")
    for topic in ConsentTopic:
        await consents(group, "ada", notice, topic)

    await withdraws(group, "ada", ConsentTopic.PUBLICATION)

    over = [row.topic for row in await standing(group) if row.withdrawn_at]
    assert over == ["PUBLICATION"]


async def test_what_was_never_given_cannot_be_withdrawn(group):
    async with group.unchanged():
        with refused(NeverConsented, at=("topic",)):
            await withdraws(group, "ada")


async def test_who_acts_for_nobody_consents_to_nothing(group):
    notice = await told(group)

    async with group.unchanged():
        for who in ("axel", "vera", group.founder):
            with refused(NotAPerson):
                await group.do(
                    who, give_consent, GiveConsent(topic=THIRD_PARTY, notice_id=notice.id)
                )


@pytest.mark.parametrize("who", ["rita", "olga"])
async def test_without_the_role_of_a_learner_it_is_forbidden(group, who):
    notice = await told(group)

    async with group.unchanged():
        with refused(Forbidden):
            await consents(group, who, notice)
        with refused(Forbidden):
            await withdraws(group, who)


@pytest.mark.parametrize(
    ("who", "shown"),
    [("ada", 1), ("cora", 1), ("anna", 1), ("grace", 0), ("bea", 0), ("hugo", 0)],
)
async def test_consents_are_shown_to_oneself_to_compliance_and_to_auditors(group, who, shown):
    await consents(group, "ada", await told(group, "ada"))

    found = await group.read(who, OF, id=group.psn("ada"))

    assert len(found["person"]["consents"]["nodes"]) == shown


async def test_a_stranger_sees_nothing_of_it(group):
    await consents(group, "ada", await told(group, "ada"))

    assert (await group.read("eve", OF, id=group.psn("ada")))["person"] is None


SHOWN = "{ people(first: 50) { nodes { id } } }"


async def test_what_rests_on_consent_opens_and_closes_with_the_very_next_read(group):
    """The reader's actor was made before: nothing of theirs is made anew."""
    await add_lines(group, "supervisor", ("Person", "read", "consented", "allow"))
    notice = await told(group, "walt")

    async def grace_sees_walt():
        found = (await group.read("grace", SHOWN))["people"]["nodes"]
        return group.psn("walt") in {one["id"] for one in found}

    assert not await grace_sees_walt()
    await consents(group, "walt", notice, ConsentTopic.PUBLICATION)  # another topic opens nothing
    assert not await grace_sees_walt()
    await consents(group, "walt", notice)
    assert await grace_sees_walt()
    await withdraws(group, "walt")
    assert not await grace_sees_walt()
