"""From candidate to leaver: what is recorded, who may, and what follows a person."""

import asyncio
from datetime import timedelta

import pytest

from domain.kernel.errors import Forbidden, NotFound, StaleVersion
from domain.kernel.naming import sort_key
from domain.people.assign_mentor import (
    AssignMentor,
    MentorElsewhere,
    OwnMentor,
    assign_mentor,
)
from domain.people.correct_person import CorrectPerson, correct_person
from domain.people.hire import AlreadyHired, Hire, HiredBeforeLeaving, hire
from domain.people.leave import Leave, LeavesAhead, leave
from domain.people.models import LeaveCode, Stage
from domain.people.move import Move, SamePlace, move
from domain.people.personal import (
    BankAccountUnfit,
    BirthDateDiffers,
    EmailUnfit,
    NationalIdUnfit,
    PhoneUnfit,
    TooYoung,
)
from domain.people.register_candidate import (
    PersonUnnamed,
    RegisterCandidate,
    StaffNumberTaken,
    register_candidate,
)
from domain.people.start_training import FirstDayAhead, StartTraining, start_training
from domain.privacy.sealed import Sealed
from tests.people import TODAY, national_id, refused


def candidate(group, **more):
    given = {
        "tenant_id": group.tenants["east"],
        "staff_number": "N1",
        "display_name": "诸葛新人",
        **more,
    }
    return RegisterCandidate(**given)


async def version_of(group, name):
    return (await group.person(name)).row_version


async def test_a_candidate_is_registered_found_and_sealed(group):
    made = await group.do(
        "rita", register_candidate, candidate(group, phone=Sealed.of("+86 154 0000 7777"))
    )

    assert (made.stage, made.sort_key) == (Stage.CANDIDATE, sort_key("诸葛新人"))
    told = await group.read(
        "rita", '{ people(search: "诸葛") { nodes { displayName phone { masked } } } }'
    )
    assert told["people"]["nodes"] == [
        {"displayName": "诸葛新人", "phone": {"masked": "154****7777"}}
    ]
    [row] = await group.rows("SELECT phone FROM person WHERE group_id = :g AND id = :i", i=made.id)
    assert b"7777" not in bytes(row.phone)


async def test_a_staff_number_is_given_once_also_by_two_at_once(group):
    done = await asyncio.gather(
        *(group.do("bea", register_candidate, candidate(group)) for _ in range(3)),
        return_exceptions=True,
    )

    assert sum(not isinstance(one, Exception) for one in done) == 1
    assert all(isinstance(one, StaffNumberTaken) for one in done if isinstance(one, Exception))


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"display_name": " "}, PersonUnnamed),
        ({"phone": Sealed.of("12345")}, PhoneUnfit),
        ({"national_id": Sealed.of("990101199001010010")}, NationalIdUnfit),
        ({"email": Sealed.of("nobody")}, EmailUnfit),
        ({"bank_account": Sealed.of("9999000011112222")}, BankAccountUnfit),
        ({"born_on": Sealed.of("2020-01-01")}, TooYoung),
        (
            {"national_id": Sealed.of(national_id(1)), "born_on": Sealed.of("1991-01-01")},
            BirthDateDiffers,
        ),
    ],
    ids=["no name", "phone", "check digit", "email", "Luhn", "a child", "another birthday"],
)
async def test_what_cannot_be_true_is_refused_and_never_repeated(group, more, refusal):
    async with group.unchanged():
        with refused(refusal) as caught:
            await group.do("bea", register_candidate, candidate(group, **more))

    for value in more.values():
        if isinstance(value, Sealed):
            assert str(value.fresh) not in str(caught.value)


async def test_who_may_not_register_registers_nobody(group):
    async with group.unchanged():
        for who in ("grace", "ada", "hugo", "anna"):
            with refused(Forbidden):
                await group.do(who, register_candidate, candidate(group))
        with refused(NotFound, at=("tenantId",)):
            await group.do("eve", register_candidate, candidate(group))


async def test_the_hired_are_in_training_from_their_first_day_on(group):
    made = await group.do("bea", register_candidate, candidate(group))
    command = Hire(
        person_id=made.id,
        expected_version=made.row_version,
        hired_on=TODAY + timedelta(days=3),
        job_role_id=group.collector,
        supervisor_id=group.people["grace"],
    )
    hired = await group.do("bea", hire, command)
    assert hired.stage is Stage.PRE_ONBOARD

    begin = StartTraining(person_id=made.id, expected_version=hired.row_version)
    async with group.unchanged():
        with refused(FirstDayAhead):
            await group.do("bea", start_training, begin)
        with refused(AlreadyHired):
            again = Hire(person_id=made.id, expected_version=hired.row_version, hired_on=TODAY)
            await group.do("bea", hire, again)
    group.clock.on(days=3)
    assert (await group.do("bea", start_training, begin)).stage is Stage.IN_TRAINING


async def test_a_correction_changes_name_and_search_and_seals_anew(group):
    ada = await group.person("ada")
    await group.do(
        "bea",
        correct_person,
        CorrectPerson(
            person_id=ada.id,
            expected_version=ada.row_version,
            display_name="司马艾达",
            phone=Sealed.of("15400001111"),
        ),
    )

    told = await group.read(
        "grace",
        '{ old: people(search: "欧阳") { totalCount } new: people(search: "司马") '
        "{ nodes { displayName phone { masked } } } }",
    )
    assert told == {
        "old": {"totalCount": 0},
        "new": {"nodes": [{"displayName": "司马艾达", "phone": {"masked": "154****1111"}}]},
    }


async def test_a_stale_correction_and_a_strangers_are_refused(group):
    ada = await group.person("ada")

    def command(version):
        return CorrectPerson(person_id=ada.id, expected_version=version, display_name="别名")

    async with group.unchanged():
        with refused(StaleVersion):
            await group.do("bea", correct_person, command(ada.row_version - 1))
        with refused(Forbidden):
            await group.do("grace", correct_person, command(ada.row_version))
        with refused(NotFound):
            await group.do("eve", correct_person, command(ada.row_version))


async def test_all_that_is_about_a_person_follows_a_move(group):
    from domain.people.belongings import tables_about_people  # noqa: PLC0415
    from tests.domain.catalogue import mandatory, path_of, stage, taught  # noqa: PLC0415
    from tests.domain.learning.test_plans import plan_for_ada  # noqa: PLC0415

    law = await taught(group)
    await plan_for_ada(group, await path_of(group, stage(mandatory(law.course_id))))
    ada = group.people["ada"]

    moved = await group.do(
        group.founder,
        move,
        Move(
            person_id=ada,
            expected_version=await version_of(group, "ada"),
            tenant_id=group.tenants["west"],
        ),
    )

    assert (moved.tenant_id, moved.supervisor_id, moved.mentor_id) == (
        group.tenants["west"],
        None,
        None,
    )
    for table in tables_about_people():
        about = table.info["about"]
        rows = await group.rows(
            f"SELECT tenant_id FROM {table.name} WHERE group_id = :g AND {about} = :p", p=ada
        )
        assert {row.tenant_id for row in rows} <= {group.tenants["west"]}, table.name
    seen = "query($id: ID!) { person(id: $id) { displayName } enrolments { totalCount } }"
    assert await group.read("eve", seen, id=group.psn("ada")) == {
        "person": {"displayName": "欧阳艾达"},
        "enrolments": {"totalCount": 1},
    }
    assert await group.read("grace", seen, id=group.psn("ada")) == {
        "person": None,
        "enrolments": {"totalCount": 0},
    }


async def test_nobody_moves_to_where_they_are_or_out_of_the_movers_reach(group):
    version = await version_of(group, "ada")

    def command(tenant):
        return Move(
            person_id=group.people["ada"],
            expected_version=version,
            tenant_id=group.tenants[tenant],
        )

    async with group.unchanged():
        with refused(SamePlace):
            await group.do("bea", move, command("east"))
        with refused(NotFound):
            await group.do("bea", move, command("west"))


async def test_whoever_leaves_loses_ties_tokens_and_roles(group):
    mary = await group.person("mary")
    command = Leave(
        person_id=mary.id,
        expected_version=mary.row_version,
        left_on=TODAY,
        leave_code=LeaveCode.PAY,
        reason=Sealed.of("另谋高就"),
    )
    actor = await group.actor("mary")

    left = await group.do("bea", leave, command)

    assert (left.stage, left.left_on) == (Stage.LEFT, TODAY)
    assert (await group.person("ada")).mentor_id is None
    from runtime.identify import identified  # noqa: PLC0415
    from runtime.unit import StaleActor  # noqa: PLC0415

    assert await identified(group.installation, group.tokens["mary"]) is None
    with pytest.raises(StaleActor):
        await group.gateway.answer(actor, _request("{ people { totalCount } }"))
    [row] = await group.rows(
        "SELECT leave_reason FROM person WHERE group_id = :g AND id = :i", i=mary.id
    )
    assert "另谋高就".encode() not in bytes(row.leave_reason)


def _request(query):
    from api.graphql.request import Request  # noqa: PLC0415

    return Request(query=query)


async def test_leaving_is_recorded_when_it_has_happened_and_hiring_again_comes_later(group):
    ada = await group.person("ada")

    def gone(day):
        return Leave(
            person_id=ada.id,
            expected_version=ada.row_version,
            left_on=day,
            leave_code=LeaveCode.CANNOT_ADAPT,
        )

    async with group.unchanged():
        with refused(LeavesAhead):
            await group.do("bea", leave, gone(TODAY + timedelta(days=1)))
    left = await group.do("bea", leave, gone(TODAY))
    again = Hire(person_id=ada.id, expected_version=left.row_version, hired_on=TODAY)
    async with group.unchanged():
        with refused(HiredBeforeLeaving):
            await group.do("bea", hire, again)


async def test_a_mentor_is_somebody_else_of_the_same_place(group):
    version = await version_of(group, "ada")

    def command(mentor, who="ada"):
        return AssignMentor(
            person_id=group.people[who],
            mentor_id=group.people[mentor],
            expected_version=version,
        )

    async with group.unchanged():
        with refused(OwnMentor):
            await group.do("grace", assign_mentor, command("ada"))
        with refused(MentorElsewhere):
            await group.do(group.founder, assign_mentor, command("walt"))
    given = await group.do("grace", assign_mentor, command("bea"))
    assert given.mentor_id == group.people["bea"]
