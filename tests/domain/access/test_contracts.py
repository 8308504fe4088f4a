"""Processing contracts: what they bound, how they end, and that nothing outlives them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.graphql.request import Request
from authz.actor import Entrusted
from domain.access.bind_to_contract import ContractOfAnother, ContractOver
from domain.access.confirm_return import (
    ConfirmReturn,
    ContractInForce,
    ReturnConfirmed,
    confirm_return,
)
from domain.access.contracts import purposes_left
from domain.access.end_processing_contract import (
    EndProcessingContract,
    end_processing_contract,
)
from domain.access.issue_token import TokenOutlivesContract
from domain.access.open_processing_contract import (
    ContractCodeTaken,
    ContractDaysReversed,
    ContractIncomplete,
    NotAVendor,
    UnknownContractField,
    open_processing_contract,
)
from domain.access.tokens import TokenKind
from domain.kernel.errors import Forbidden, NotFound
from domain.kernel.ids import external_id
from domain.learning.open_cohort import OpenCohort, open_cohort
from runtime.identify import identified
from runtime.unit import StaleActor
from tests.domain.access import editing
from tests.domain.access.entrusting import (
    add_lines,
    admit,
    cohort_of,
    contract,
    day,
    entrust,
    give_token,
)
from tests.people import NOW, TODAY, refused

PEOPLE = "{ people { nodes { id } } }"
NAMES = "{ people { nodes { id displayName } } }"
PHONES = "{ people { nodes { phone { masked } } } }"
OPEN_TO_ALL = (("Person", "read", "-", "allow"), ("Person.*", "read", "-", "allow"))


@pytest.fixture
async def trainer(group):
    """Vera as whoever is given far too much by her roles: everybody, with everything."""
    await add_lines(group, "trainer", *OPEN_TO_ALL, ("Course", "read", "-", "allow"))
    group.principals["vera"] = await admit(group, "vera", "trainer")
    await give_token(group, "vera")
    return group


async def shown(group, query=PEOPLE):
    return {one["id"] for one in (await group.read("vera", query))["people"]["nodes"]}


async def unknown(group, query):
    answer = await group.ask("vera", query)
    return [one["extensions"]["code"] for one in answer.get("errors", ())]


async def test_without_a_contract_a_vendor_sees_nothing_about_people_whatever_its_roles(trainer):
    assert await unknown(trainer, PEOPLE) == ["GRAPHQL_VALIDATION_FAILED"]
    assert (await trainer.read("vera", "{ courses { totalCount } }"))["courses"]["totalCount"] == 0


async def test_a_contract_shows_its_fields_of_the_people_of_its_cohort(trainer):
    await entrust(trainer, cohort_id=await cohort_of(trainer, "ada", "walt"))

    assert await shown(trainer, NAMES) == {trainer.psn("ada"), trainer.psn("walt")}
    assert await unknown(trainer, PHONES) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_contract_without_a_cohort_covers_nobody(trainer):
    await entrust(trainer)

    assert await shown(trainer) == set()


async def test_a_contract_opens_nothing_that_the_roles_do_not(group):
    """The built-in vendor sees no people, and a contract that names all of them is no way in."""
    await entrust(group, fields=("Person.*", "@P3"), cohort_id=await cohort_of(group, "ada"))

    assert await unknown(group, PEOPLE) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_line_may_ask_for_the_contract_by_itself(group):
    covered = (("Person", "read", "contract_covers", "allow"),)
    await add_lines(group, "vendor", *covered)
    await entrust(group, cohort_id=await cohort_of(group, "walt"))

    assert await shown(group) == {group.psn("walt")}


async def test_a_contract_is_in_force_from_its_first_day_to_the_end_of_its_last(trainer):
    """By the calendar in Shanghai: midnight there is four in the afternoon before, in UTC."""
    cohort = await cohort_of(trainer, "ada")
    await entrust(trainer, starts_on=day(1), ends_on=day(40), cohort_id=cohort)
    found = trainer.tokens["vera"]

    trainer.clock.now = datetime(2026, 5, 4, 15, 59, 59, tzinfo=UTC)
    assert await identified(trainer.installation, found) is None
    trainer.clock.now = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)
    assert await identified(trainer.installation, found) is not None


async def test_a_token_cannot_outlive_its_contract(trainer):
    opened = await entrust(trainer, ends_on=day(45))

    await give_token(trainer, "vera", contract_id=opened.id, days=45)
    async with trainer.unchanged():
        with refused(TokenOutlivesContract, at=("days",)):
            await give_token(trainer, "vera", contract_id=opened.id, days=46)


async def test_a_token_is_bound_to_a_contract_of_its_own_vendor(trainer):
    opened = await entrust(trainer)
    await admit(trainer, "vito", "trainer")

    async with trainer.unchanged():
        with refused(ContractOfAnother, at=("contractId",)):
            await give_token(trainer, "vito", contract_id=opened.id)
        with refused(NotFound, at=("contractId",)):
            await give_token(trainer, "vera", contract_id=uuid4())


async def test_with_a_contract_all_its_tokens_end_before_the_next_request(trainer):
    opened = await entrust(trainer, cohort_id=await cohort_of(trainer, "ada"))
    first, before = trainer.tokens["vera"], await trainer.actor("vera")
    await give_token(trainer, "vera", contract_id=opened.id)
    second = trainer.tokens["vera"]
    assert await shown(trainer) == {trainer.psn("ada")}

    await trainer.do(
        trainer.founder, end_processing_contract, EndProcessingContract(contract_id=opened.id)
    )

    for found in (first, second):
        assert await identified(trainer.installation, found) is None
    with pytest.raises(StaleActor):
        async with trainer.work_as(before):
            pytest.fail("whoever was remembered writes no more")
    request = Request(query=PEOPLE, variables={}, request_id="test")
    with pytest.raises(StaleActor):
        await trainer.gateway.answer(before, request)
    rows = await trainer.rows("SELECT ended_at FROM processing_contract WHERE group_id = :g")
    assert [row.ended_at for row in rows] == [NOW]


async def test_what_is_over_is_neither_ended_again_nor_used_again(trainer):
    opened = await entrust(trainer)
    ending = EndProcessingContract(contract_id=opened.id)
    await trainer.do(trainer.founder, end_processing_contract, ending)

    async with trainer.unchanged():
        with refused(ContractOver, at=("contractId",)):
            await trainer.do(trainer.founder, end_processing_contract, ending)
        with refused(ContractOver, at=("contractId",)):
            await give_token(trainer, "vera", contract_id=opened.id)


async def test_a_return_is_confirmed_once_and_after_the_end(trainer):
    opened = await entrust(trainer)
    confirming = ConfirmReturn(contract_id=opened.id)
    async with trainer.unchanged():
        with refused(ContractInForce, at=("contractId",)):
            await trainer.do("cora", confirm_return, confirming)

    trainer.clock.on(days=46)
    await give_token(trainer, "cora", days=30, kind=TokenKind.PERSON)
    confirmed = await trainer.do("cora", confirm_return, confirming)

    assert confirmed.return_confirmed_at == NOW + timedelta(days=46)
    async with trainer.unchanged():
        with refused(ReturnConfirmed, at=("contractId",)):
            await trainer.do("cora", confirm_return, confirming)


@pytest.mark.parametrize(
    ("changes", "kind", "at"),
    [
        ({"code": " "}, ContractIncomplete, ("code",)),
        ({"counterparty": ""}, ContractIncomplete, ("counterparty",)),
        ({"purposes": ()}, ContractIncomplete, ("purposes",)),
        ({"fields": ()}, ContractIncomplete, ("fields",)),
        ({"fields": ("Person.phone", "*")}, UnknownContractField, ("fields", "1")),
        ({"fields": ("Person.pho*",)}, UnknownContractField, ("fields", "0")),
        ({"starts_on": day(2), "ends_on": day(1)}, ContractDaysReversed, ("endsOn",)),
        ({"starts_on": day(-9), "ends_on": day(-1)}, ContractDaysReversed, ("endsOn",)),
        ({"cohort_id": uuid4()}, NotFound, ("cohortId",)),
        ({"principal_id": uuid4()}, NotFound, ("principalId",)),
    ],
)
async def test_a_contract_that_cannot_be_meant_is_refused(group, changes, kind, at):
    async with group.unchanged():
        with refused(kind, at=at):
            await group.do(group.founder, open_processing_contract, contract(group, **changes))


async def test_a_vendor_or_cohort_of_elsewhere_is_told_like_one_that_is_not_there(group):
    """Whoever governs one branch learns nothing about what the head office and others have."""
    await editing.admitted(group, "sven", "security_admin", at="east")
    vito = await admit(group, "vito", "vendor", at="east")
    foreign = OpenCohort(
        tenant_id=group.tenants["west"], code="W1", name="W1", started_on=TODAY, person_ids=()
    )
    west = (await group.do(group.founder, open_cohort, foreign)).id

    async with group.unchanged():
        for principal_id in (group.principals["vera"], uuid4()):
            with refused(NotFound, at=("principalId",)):
                command = contract(group, principal_id=principal_id)
                await group.do("sven", open_processing_contract, command)
        for cohort_id in (west, uuid4()):
            with refused(NotFound, at=("cohortId",)):
                command = contract(group, principal_id=vito, cohort_id=cohort_id)
                await group.do("sven", open_processing_contract, command)
    assert await group.do("sven", open_processing_contract, contract(group, principal_id=vito))


async def test_a_contract_is_with_a_vendor_and_has_a_code_of_its_own(group):
    await entrust(group)

    async with group.unchanged():
        with refused(ContractCodeTaken, at=("code",)):
            await group.do(group.founder, open_processing_contract, contract(group))
        with refused(NotAVendor, at=("principalId",)):
            other = contract(group, code="C2", principal_id=group.principals["axel"])
            await group.do(group.founder, open_processing_contract, other)


async def test_who_opens_and_ends_contracts_does_not_confirm_their_return(group):
    opened = await group.do("sage", open_processing_contract, contract(group))
    ending, confirming = (
        EndProcessingContract(contract_id=opened.id),
        ConfirmReturn(contract_id=opened.id),
    )

    async with group.unchanged():
        with refused(Forbidden):
            await group.do("sage", confirm_return, confirming)
        with refused(Forbidden):
            await group.do("cora", end_processing_contract, ending)
        with refused(Forbidden):
            await group.do("hugo", end_processing_contract, ending)
        with refused(NotFound):
            await group.do("bea", end_processing_contract, ending)
        with refused(Forbidden):
            await group.do("cora", open_processing_contract, contract(group, code="C2"))
    assert (await group.do("sage", end_processing_contract, ending)).ended_at == NOW


OPEN = """
mutation($i: OpenProcessingContractInput!) {
  openProcessingContract(input: $i) {
    processingContract { id code counterparty purposes fields startsOn endsOn endedAt }
    userErrors { code path }
  }
}
"""


async def test_a_contract_is_opened_and_read_over_graphql(group):
    given = {
        "principalId": external_id("prc", group.principals["vera"]),
        "code": "C1",
        "counterparty": "远山培训",
        "purposes": ["TRAINING_SUPPORT", "EMERGENCY_CONTACT"],
        "fields": ["Person.phone"],
        "cohortId": external_id("coh", await cohort_of(group, "ada")),
        "startsOn": "2026-05-04",
        "endsOn": "2026-12-31",
    }
    told = (await group.read("sage", OPEN, i=given))["openProcessingContract"]

    assert told["userErrors"] == []
    assert told["processingContract"] | {"id": ""} == {
        "id": "", "code": "C1", "counterparty": "远山培训",
        "purposes": ["EMERGENCY_CONTACT", "TRAINING_SUPPORT"], "fields": ["Person.phone"],
        "startsOn": "2026-05-04", "endsOn": "2026-12-31", "endedAt": None,
    }  # fmt: skip
    count = "{ processingContracts { totalCount nodes { cohort { code } } } }"
    assert (await group.read("hugo", count))["processingContracts"] == {
        "totalCount": 1, "nodes": [{"cohort": {"code": "B1"}}],
    }  # fmt: skip
    assert (await group.read("ada", count))["processingContracts"]["totalCount"] == 0


def test_purposes_of_a_token_meet_those_of_its_contract():
    bound = Entrusted(
        contract_id=uuid4(), cohort_id=None, purposes=frozenset({"AUDIT", "PAYROLL"}), until=NOW
    )

    assert purposes_left(None, bound) == {"AUDIT", "PAYROLL"}
    assert purposes_left(frozenset({"AUDIT", "EMERGENCY_CONTACT"}), bound) == {"AUDIT"}
    assert purposes_left(frozenset({"AUDIT"}), None) == {"AUDIT"}
    assert purposes_left(None, None) is None
