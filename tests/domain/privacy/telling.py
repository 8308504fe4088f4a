"""A group that has told its people how it processes their information, as several tests want it."""

from __future__ import annotations

from domain.kernel.ids import external_id
from domain.privacy.acknowledge_privacy_notice import (
    AcknowledgePrivacyNotice,
    acknowledge_privacy_notice,
)
from domain.privacy.consent import ConsentTopic
from domain.privacy.give_consent import GiveConsent, give_consent
from domain.privacy.publish_privacy_notice import PublishPrivacyNotice, publish_privacy_notice

THIRD_PARTY = ConsentTopic.THIRD_PARTY


async def publishes(group, who="cora", *, change_note=None, **more):
    command = PublishPrivacyNotice(
        **{"title": "员工个人信息处理告知", "body": "我们处理……", **more}, change_note=change_note
    )
    return await group.do(who, publish_privacy_notice, command)


async def acknowledges(group, who, notice):
    command = AcknowledgePrivacyNotice(notice_id=notice.id)
    return await group.do(who, acknowledge_privacy_notice, command)


async def consents(group, who, notice, topic=THIRD_PARTY):
    return await group.do(who, give_consent, GiveConsent(topic=topic, notice_id=notice.id))


async def told(group, *names):
    """Publish a notice, and have some receive it."""
    notice = await publishes(group)
    for name in names:
        await acknowledges(group, name, notice)
    return notice


def pvn(notice):
    return external_id("pvn", notice.id)
