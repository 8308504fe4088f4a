"""Privacy notices have editions that never change, and each person's receipts."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.kernel.errors import Forbidden
from domain.privacy.notices import NoticeNotCurrent
from domain.privacy.oneself import NotAPerson
from domain.privacy.publish_privacy_notice import (
    NoticeBlank,
    NoticeChangeUntold,
    NoticePublishedMeanwhile,
)
from tests.domain.privacy.telling import acknowledges, publishes, pvn, told
from tests.people import refused

LIST = """{ privacyNotices(orderBy: [{number: DESC}]) {
  nodes { number title body changeNote receipts { nodes { person { id } } } } } }"""
UNTOLD = """query($notice: ID!) { people(filter: {
  noticeReceipts: {none: {notice: {id: {eq: $notice}}}}}) { nodes { id } } }"""
WAITING = """query($me: ID!) { privacyNotices(first: 1, orderBy: [{number: DESC}],
  filter: {receipts: {none: {person: {id: {eq: $me}}}}}) { nodes { number } } }"""


async def receipts(group):
    return await group.rows("SELECT person_id FROM notice_receipt WHERE group_id = :g")


async def untold(group, who, notice):
    found = await group.read(who, UNTOLD, notice=pvn(notice))
    return {one["id"] for one in found["people"]["nodes"]}


async def waiting(group, who):
    found = await group.read(who, WAITING, me=group.psn(who))
    return [one["number"] for one in found["privacyNotices"]["nodes"]]


async def test_editions_are_numbered_and_everybody_reads_all_of_them(group):
    await publishes(group)
    await publishes(group, change_note="新增委托处理", body="我们还委托……")

    for who in ("ada", "eve", "hugo", "anna"):
        nodes = (await group.read(who, LIST))["privacyNotices"]["nodes"]
        assert [(one["number"], one["changeNote"]) for one in nodes] == [
            (2, "新增委托处理"), (1, None),
        ], who  # fmt: skip


async def test_an_edition_never_changes(group):
    await publishes(group)

    for statement in ("UPDATE privacy_notice SET body = ''", "DELETE FROM privacy_notice"):
        async with group.unchanged():
            with pytest.raises(DBAPIError, match="permission denied"):
                async with group.installation.writer.transaction(group.id, None) as session:
                    await session.execute(text(statement))


async def test_a_notice_needs_words_and_a_later_one_says_what_is_new(group):
    await publishes(group)

    async with group.unchanged():
        with refused(NoticeBlank, at=("title",)):
            await publishes(group, title=" ", change_note="新")
        with refused(NoticeBlank, at=("body",)):
            await publishes(group, body="", change_note="新")
        with refused(NoticeChangeUntold, at=("changeNote",)):
            await publishes(group, change_note=" ")


@pytest.mark.parametrize("who", ["ada", "grace", "bea", "hugo", "olga", "sage", "axel", "vera"])
async def test_nobody_else_publishes(group, who):
    async with group.unchanged():
        with refused(Forbidden):
            await publishes(group, who)


async def test_two_at_a_time_are_one_edition_and_a_refusal(group):
    both = await asyncio.gather(publishes(group), publishes(group), return_exceptions=True)

    numbers = await group.rows("SELECT number FROM privacy_notice WHERE group_id = :g")
    refusals = [one for one in both if isinstance(one, Exception)]
    assert all(isinstance(one, NoticePublishedMeanwhile | NoticeChangeUntold) for one in refusals)
    assert [row.number for row in numbers] == [1]
    assert len(refusals) == 1


async def test_a_receipt_is_given_once_however_often_and_by_how_many_at_a_time(group):
    notice = await publishes(group)

    await asyncio.gather(*(acknowledges(group, "ada", notice) for _ in range(3)))
    first, again = [await acknowledges(group, "ada", notice) for _ in range(2)]

    assert first.id == again.id
    assert [row.person_id for row in await receipts(group)] == [group.people["ada"]]


async def test_an_edition_that_no_longer_holds_is_not_acknowledged(group):
    old = await publishes(group)
    await publishes(group, change_note="更新")

    async with group.unchanged():
        with refused(NoticeNotCurrent, at=("noticeId",)) as caught:
            await acknowledges(group, "ada", old)
    assert "2" in caught.value.message("en")


@pytest.mark.parametrize(("who", "kind"), [("axel", NotAPerson), ("vera", NotAPerson)])
async def test_accounts_acknowledge_nothing(group, who, kind):
    notice = await publishes(group)

    async with group.unchanged():
        with refused(kind):
            await acknowledges(group, who, notice)


async def test_compliance_finds_whoever_has_not_received_the_notice(group):
    notice = await told(group, "ada")
    everybody = {group.psn(name) for name in group.people}

    assert await untold(group, "cora", notice) == everybody - {group.psn("ada")}

    later = await publishes(group, change_note="更新")
    assert await untold(group, "cora", later) == everybody


async def test_one_knows_which_notice_is_waiting(group):
    notice = await publishes(group)
    assert await waiting(group, "ada") == [1]

    await acknowledges(group, "ada", notice)
    assert await waiting(group, "ada") == []
    assert await waiting(group, "walt") == [1]

    await publishes(group, change_note="更新")
    assert await waiting(group, "ada") == [2]


async def test_receipts_are_shown_to_oneself_to_compliance_and_to_auditors(group):
    await told(group, "ada", "walt")

    seen = {}
    for who in ("ada", "walt", "cora", "anna", "eve", "bea", "sage"):
        (notice,) = (await group.read(who, LIST))["privacyNotices"]["nodes"]
        seen[who] = {one["person"]["id"] for one in notice["receipts"]["nodes"]}

    ada, walt = group.psn("ada"), group.psn("walt")
    assert seen == {
        "ada": {ada}, "walt": {walt}, "cora": {ada, walt}, "anna": {ada, walt},
        "eve": set(), "bea": set(), "sage": set(),
    }  # fmt: skip
