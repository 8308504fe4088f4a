"""What people ask about their own information: who may, by when, and how it goes on."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.access.assign_role import AssignRole, assign_role
from domain.kernel.errors import Forbidden, NotFound, StaleVersion
from domain.people.correct_person import CorrectPerson, correct_person
from domain.people.follow_corrections import called
from domain.people.move import Move, move
from domain.people.personal import FORMS
from domain.privacy.complete_subject_request import DoneByCorrecting
from domain.privacy.decide_subject_request import (
    DecideSubjectRequest,
    GrantedOnAGround,
    RefusalUnfounded,
    decide_subject_request,
)
from domain.privacy.lift_restriction import (
    LiftRestriction,
    OwnRestriction,
    RestrictionLifted,
    lift_restriction,
)
from domain.privacy.oneself import NotAPerson
from domain.privacy.request_models import (
    CorrectableField,
    RefusalGround,
    RequestKind,
    RequestState,
)
from domain.privacy.request_states import RequestClosed
from domain.privacy.requesting import RequestPending, WishBlank
from domain.privacy.sealed import Sealed
from domain.privacy.seeing_to import OwnRequest
from tests.domain.privacy.asking import (
    REASON,
    WISH,
    asks,
    completes,
    grants,
    refuses,
    reviews,
    srq,
    takes_back,
)
from tests.people import refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
READ = """query($id: ID!) { subjectRequest(id: $id) {
  state kind dueOn warnOn provisional warned overdue ground
  wish { masked accessible } reason { masked } person { id } } }"""
OPEN = """query($id: ID!) { subjectRequest(id: $id) {
  wish { value(purpose: SUBJECT_REQUEST) } reason { value(purpose: SUBJECT_REQUEST) } } }"""
LIST = "{ subjectRequests { nodes { id } } }"
S = RequestState


async def read(group, who, request):
    return (await group.read(who, READ, id=srq(request)))["subjectRequest"]


def at(group, day, hour=12):
    group.clock.now = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize("kind", RequestKind)
async def test_each_kind_is_received_and_due_in_working_days(group, kind):
    request = await asks(group, "ada", kind)

    assert (request.kind, request.state) == (kind, S.OPEN)
    assert request.field == (CorrectableField.PHONE if kind is RequestKind.CORRECTION else None)
    shown = await read(group, "ada", request)
    assert (shown["warnOn"], shown["dueOn"], shown["provisional"]) == (
        "2026-05-18", "2026-05-25", False,
    )  # fmt: skip


async def test_a_day_in_a_year_without_holidays_yet_is_provisional(group):
    ada = replace(await group.actor("ada"), token_id=None)  # a token of May has ended by then
    at(group, date(2026, 12, 22))

    request = await asks(group, ada)

    assert request.provisional
    assert request.due_on > date(2027, 1, 1)


async def test_it_is_warned_of_and_overdue_by_the_calendar_of_its_tenant(group):
    request = await asks(group, "ada")

    async def clock(day, hour):
        at(group, day, hour)
        shown = await read(group, "cora", request)
        return shown["warned"], shown["overdue"]

    assert await clock(date(2026, 5, 17), 23) == (False, False)
    assert await clock(date(2026, 5, 18), 0) == (True, False)
    assert await clock(date(2026, 5, 25), 23) == (True, False)
    assert await clock(date(2026, 5, 26), 0) == (True, True)

    await reviews(group, "cora", request)
    assert await clock(date(2026, 5, 26), 1) == (True, True)
    await refuses(group, "cora", request)
    assert await clock(date(2026, 5, 26), 2) == (False, False)


async def test_what_is_said_is_sealed_masked_and_opened_for_a_purpose(group):
    request = await asks(group, "ada")

    for row in await group.rows("SELECT x::text AS row FROM subject_request x WHERE group_id = :g"):
        assert WISH not in row.row
        assert WISH.encode().hex() not in row.row
    shown = await read(group, "cora", request)
    assert shown["wish"] == {"masked": "***", "accessible": True}
    opened = await group.read("cora", OPEN, id=srq(request))
    assert opened["subjectRequest"]["wish"]["value"] == WISH
    [entry] = await group.rows(
        "SELECT purpose, details::text FROM audit_entry WHERE group_id = :g AND verb = 'decrypt'"
    )
    assert entry.purpose == "SUBJECT_REQUEST"
    assert WISH not in entry.details


async def test_an_auditor_reads_that_it_was_asked_and_not_what(group):
    request = await asks(group, "ada")

    shown = await read(group, "anna", request)
    answer = await group.ask("anna", OPEN, id=srq(request))

    assert (shown["kind"], shown["wish"]) == ("ERASURE", {"masked": "***", "accessible": False})
    assert WISH not in str(answer)
    assert await group.rows("SELECT 1 FROM audit_entry WHERE verb = 'decrypt'") == []


@pytest.mark.parametrize("who", ["eve", "walt", "grace", "mary", "rita", "hugo", "olga", "axel"])
async def test_nobody_else_sees_that_something_was_asked(group, who):
    request = await asks(group, "ada")

    answer = await group.ask(who, READ, id=srq(request))
    listed = await group.ask(who, LIST)

    assert not (answer.get("data") or {}).get("subjectRequest")
    assert srq(request) not in str((answer, listed))


async def test_hr_sees_what_it_is_to_correct(group):
    request = await asks(group, "ada", RequestKind.CORRECTION)

    opened = await group.read("bea", OPEN, id=srq(request))

    assert opened["subjectRequest"]["wish"]["value"] == WISH


async def test_requests_are_made_for_oneself_only(group):
    async with group.unchanged():
        for who in ("axel", "vera", group.founder):
            with refused(NotAPerson):
                await asks(group, who)
        for who in ("rita", "olga", "sage"):
            with refused(Forbidden):
                await asks(group, who)


async def test_a_request_says_something(group):
    async with group.unchanged():
        with refused(WishBlank, at=("wish",)):
            await asks(group, "ada", wish="  ")


async def test_the_same_is_not_asked_twice_at_a_time(group):
    both = await asyncio.gather(*(asks(group, "ada") for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(one, RequestPending) for one in both) == 2

    await asks(group, "ada", RequestKind.CORRECTION)
    await asks(group, "ada", RequestKind.CORRECTION, field=CorrectableField.EMAIL)
    async with group.unchanged():
        with refused(RequestPending):
            await asks(group, "ada", RequestKind.CORRECTION)


async def test_what_has_been_answered_may_be_asked_again(group):
    request = await asks(group, "ada")
    await reviews(group, "cora", request)
    await refuses(group, "cora", request)

    assert (await asks(group, "ada")).id != request.id


async def test_a_refusal_has_a_ground_and_a_reason_that_the_person_reads(group):
    request = await asks(group, "ada")
    await reviews(group, "cora", request)

    async with group.unchanged():
        with refused(RefusalUnfounded, at=("ground",)):
            await refuses(group, "cora", request, ground=None)
        for reason in (None, " "):
            with refused(RefusalUnfounded, at=("reason",)):
                await refuses(group, "cora", request, reason=reason)
    await refuses(group, "cora", request)

    shown = await read(group, "ada", request)
    assert (shown["state"], shown["ground"]) == ("REFUSED", "RETENTION_PERIOD")
    opened = await group.read("ada", OPEN, id=srq(request))
    assert opened["subjectRequest"]["reason"]["value"] == REASON


async def test_what_is_granted_has_neither(group):
    request = await asks(group, "ada")
    await reviews(group, "cora", request)

    async with group.unchanged():
        with refused(GrantedOnAGround, at=("ground",)):
            await grants(group, "cora", request, ground=RefusalGround.NOT_HELD)
        with refused(GrantedOnAGround, at=("reason",)):
            await grants(group, "cora", request, reason=Sealed.of(REASON))


async def test_nobody_decides_what_they_have_asked_themself(group):
    await group.do(
        group.founder,
        assign_role,
        AssignRole(
            principal_id=group.principals["cora"], role="learner", tenant_id=group.tenants["head"]
        ),
    )
    own = await asks(group, "cora")

    async with group.unchanged():
        for step in (reviews, grants, refuses, completes):
            with refused(OwnRequest):
                await step(group, "cora", own)


@pytest.mark.parametrize(
    ("who", "kind"),
    [("ada", Forbidden), ("bea", Forbidden), ("grace", NotFound), ("eve", NotFound)],
)
async def test_nobody_but_compliance_sees_to_a_request(group, who, kind):
    request = await asks(group, "ada")

    async with group.unchanged():
        for step in (reviews, grants, refuses, completes):
            with refused(kind):
                await step(group, who, request)


async def test_somebody_elses_request_is_not_taken_back(group):
    request = await asks(group, "ada")

    async with group.unchanged():
        for who, kind in (("walt", NotFound), ("eve", NotFound), ("cora", Forbidden)):
            with refused(kind):
                await takes_back(group, who, request)


async def test_a_decision_on_what_has_changed_meanwhile_is_refused(group):
    request = await asks(group, "ada")
    await reviews(group, "cora", request)

    async with group.unchanged():
        with refused(StaleVersion):
            await group.do(
                "cora",
                decide_subject_request,
                DecideSubjectRequest(
                    subject_request_id=request.id, granted=True, expected_version=1
                ),
            )


async def test_of_a_decision_and_a_withdrawal_at_a_time_one_is_refused(group):
    request = await asks(group, "ada")
    await reviews(group, "cora", request)

    both = await asyncio.gather(
        grants(group, "cora", request), takes_back(group, "ada", request), return_exceptions=True
    )

    assert sum(isinstance(one, RequestClosed | StaleVersion) for one in both) == 1


async def corrects(group, **fields):
    ada = await group.person("ada")
    command = CorrectPerson(person_id=ada.id, expected_version=ada.row_version, **fields)
    await group.do("bea", correct_person, command)


async def state_of(group, request):
    return S((await read(group, "ada", request))["state"])


async def test_a_granted_correction_is_done_once_the_field_is_corrected(group):
    phone = await asks(group, "ada", RequestKind.CORRECTION)
    email = await asks(group, "ada", RequestKind.CORRECTION, field=CorrectableField.EMAIL)
    await corrects(group, phone=Sealed.of("15400007777"))
    assert await state_of(group, phone) is S.OPEN  # nobody has decided yet

    for request in (phone, email):
        await reviews(group, "cora", request)
        await grants(group, "cora", request)
    async with group.unchanged():
        with refused(DoneByCorrecting):
            await completes(group, "cora", phone)
    await corrects(group, phone=Sealed.of("15400008888"))

    assert await state_of(group, phone) is S.DONE
    assert await state_of(group, email) is S.GRANTED


def test_every_field_that_can_be_corrected_can_be_asked_for():
    asked = {called(field) for field in CorrectableField}

    assert asked == {form.field for form in FORMS.values()} | {"displayName"}


RESTRICTED = "query($id: ID!) { person(id: $id) { restrictions { nodes { id since until } } } }"


async def test_a_granted_restriction_stands_until_it_is_lifted(group):
    request = await asks(group, "ada", RequestKind.RESTRICTION)
    await reviews(group, "cora", request)
    done = await grants(group, "cora", request)
    assert done.state is S.DONE

    (standing,) = (await group.read("ada", RESTRICTED, id=group.psn("ada")))["person"][
        "restrictions"
    ]["nodes"]
    assert standing["until"] is None
    [row] = await group.rows("SELECT id FROM restriction WHERE group_id = :g")
    lift = LiftRestriction(restriction_id=row.id)
    async with group.unchanged():
        with refused(Forbidden):
            await group.do("ada", lift_restriction, lift)
        with refused(NotFound):
            await group.do("eve", lift_restriction, lift)
    await group.do("cora", lift_restriction, lift)
    async with group.unchanged():
        with refused(RestrictionLifted):
            await group.do("cora", lift_restriction, lift)


async def test_nobody_lifts_their_own_restriction(group):
    request = await asks(group, "ada", RequestKind.RESTRICTION)
    await reviews(group, "cora", request)
    await grants(group, "cora", request)
    [row] = await group.rows("SELECT id FROM restriction WHERE group_id = :g")
    head = group.tenants["head"]
    given = AssignRole(principal_id=group.principals["ada"], role="compliance", tenant_id=head)
    await group.do(group.founder, assign_role, given)

    async with group.unchanged():
        with refused(OwnRestriction):
            await group.do("ada", lift_restriction, LiftRestriction(restriction_id=row.id))


async def test_requests_follow_a_person_who_moves(group):
    request = await asks(group, "ada")
    async with group.work_as(group.founder) as work:
        ada = await group.person("ada")
        await move(
            work,
            Move(
                person_id=ada.id,
                expected_version=ada.row_version,
                tenant_id=group.tenants["west"],
            ),
        )
    [row] = await group.rows(
        "SELECT tenant_id FROM subject_request WHERE group_id = :g AND id = :i", i=request.id
    )
    assert row.tenant_id == group.tenants["west"]
