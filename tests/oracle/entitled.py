"""What the small group tells its people, and what they ask of it about their own information."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from api.demo.peopling import lay
from domain.kernel.work import Work
from domain.people.models import Person, Stage
from domain.privacy.consent import Consent
from domain.privacy.delays import DelayGround, DisclosureDelay
from domain.privacy.holds import HoldGround, LegalHold
from domain.privacy.notices import NoticeReceipt, PrivacyNotice
from domain.privacy.request_models import (
    CorrectableField,
    RefusalGround,
    RequestKind,
    RequestState,
    Restriction,
    SubjectRequest,
)
from domain.privacy.request_states import PENDING
from domain.privacy.sealed import Sealed
from tests.oracle.chance import Chance


async def furnish_rights(
    work: Work, chance: Chance, people: list[Person], principals: list[UUID]
) -> None:
    """Have editions of the notice, receipts of some, and requests in every state.

    What is pending is only asked by candidates: a scenario has the others ask for the same.
    """
    notices = [_notice(work, chance, number) for number in (1, 2, 3)]
    await work.flush()
    for person in people:
        for notice in notices:
            if chance.likely(0.4):
                lay(work, _receipt(chance, person, notice))
        kinds = set(chance.sample(list(RequestKind), chance.randint(0, 3)))
        restricted = {RequestKind.RESTRICTION} if chance.likely(0.4) else set()
        for kind in sorted(kinds | restricted, key=lambda one: one.value):
            await _request(work, chance, person, kind, principals)
        if chance.likely(0.5):
            lay(work, _delay(work, chance, person, principals))
    for consent in await work.rows(Consent):
        consent.notice_id = chance.some(*(one.id for one in notices), none=0.3)
    await work.flush()


def _notice(work: Work, chance: Chance, number: int) -> PrivacyNotice:
    notice = PrivacyNotice(
        tenant_id=work.actor.group_id,
        number=number,
        title=chance.words() or "",
        body=chance.words() or "",
        change_note=chance.words(none=0.4),
        published_at=work.now - timedelta(days=9 - number),
    )
    lay(work, notice)
    return notice


def _receipt(chance: Chance, person: Person, notice: PrivacyNotice) -> NoticeReceipt:
    return NoticeReceipt(
        tenant_id=person.tenant_id,
        person_id=person.id,
        notice_id=notice.id,
        received_at=chance.instant(),
    )


def _delay(work: Work, chance: Chance, person: Person, principals: list[UUID]) -> DisclosureDelay:
    return DisclosureDelay(
        tenant_id=person.tenant_id,
        person_id=person.id,
        reader_id=chance.choice(principals),
        ground=chance.choice(list(DelayGround)),
        since=chance.instant(),
        until=work.now + timedelta(hours=chance.randint(-3, 3)),
        ordered_by=chance.choice(principals),
    )


async def _request(
    work: Work, chance: Chance, person: Person, kind: RequestKind, principals: list[UUID]
) -> None:
    waiting = person.stage is Stage.CANDIDATE
    states = [one for one in RequestState if waiting or one not in PENDING]
    state = RequestState.DONE if kind is RequestKind.RESTRICTION else chance.choice(states)
    decided = state in {RequestState.GRANTED, RequestState.REFUSED, RequestState.DONE}
    refused = state is RequestState.REFUSED
    due = chance.day()
    assert due is not None
    request = SubjectRequest(
        tenant_id=person.tenant_id,
        person_id=person.id,
        kind=kind,
        state=state,
        field=chance.some(*CorrectableField) if kind is RequestKind.CORRECTION else None,
        wish=Sealed.of(chance.words() or "") if chance.likely(0.8) else None,
        received_on=due - timedelta(days=21),
        warn_on=due - timedelta(days=chance.randint(0, 2)),
        due_on=due,
        provisional=chance.likely(0.3),
        reviewed_at=chance.instant(none=0.3),
        decided_at=chance.instant() if decided else None,
        decided_by=chance.some(*principals) if decided else None,
        ground=chance.some(*RefusalGround) if refused else None,
        reason=Sealed.of(chance.words() or "") if refused else None,
        closed_at=None if state in PENDING else chance.instant(),
    )
    lay(work, request)
    await work.flush()
    if kind is RequestKind.RESTRICTION:
        about = {"tenant_id": person.tenant_id, "person_id": person.id, "request_id": request.id}
        lay(work, Restriction(**about, since=chance.instant(), until=chance.instant(none=0.5)))
    if chance.likely(0.3):
        held = {"tenant_id": person.tenant_id, "person_id": person.id}
        until = chance.instant()
        lay(work, LegalHold(**held, ground=chance.some(*HoldGround), since=until, until=until))
