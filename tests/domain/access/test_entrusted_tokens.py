"""Tokens of vendors: what roles, scopes and contract have in common, while all of them last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.access.bind_to_contract import ContractOver
from domain.access.end_processing_contract import (
    EndProcessingContract,
    end_processing_contract,
)
from domain.access.identify import Found
from domain.access.models import Token
from domain.access.rotate_token import RotateToken, rotate_token
from domain.access.tokens import TokenKind
from domain.kernel.errors import NotFound
from domain.privacy.purposes import Purpose
from runtime.identify import identified
from tests.domain.access.entrusting import add_lines, admit, cohort_of, day, entrust, give_token
from tests.domain.access.tokens import ISSUE, pepper, prc
from tests.people import refused

NAMES = "{ people { nodes { id displayName } } }"
PHONES = "{ people { nodes { id phone { masked } } } }"
PHONE = "query($p: Purpose!) { people { nodes { phone { value(purpose: $p) } } } }"
TRAINING, PAYROLL, AUDIT = Purpose.TRAINING_SUPPORT, Purpose.PAYROLL, Purpose.AUDIT


@pytest.fixture
async def trainer(group):
    """Vera may open everything of everybody, were it for her roles alone."""
    await add_lines(
        group,
        "trainer",
        ("Person", "read", "-", "allow"),
        ("Person.*", "read decrypt", "-", "allow"),
    )
    group.principals["vera"] = await admit(group, "vera", "trainer")
    return group


async def shown(group, query):
    """What she is shown of whom; nothing where she is not to know that there is such a field."""
    answer = await group.ask("vera", query)
    if "errors" in answer:
        return [one["extensions"]["code"] for one in answer["errors"]]
    return answer["data"]["people"]["nodes"]


async def rotated(group, who, name, *, hours=24):
    """Have somebody rotate the token under a name: the successor."""
    command = RotateToken(token_id=group.tokens[name].token_id, overlap_hours=hours)
    given = await group.do(who, rotate_token, command, pepper=await pepper(group))
    return given.entity


async def test_a_token_is_for_the_purposes_that_it_shares_with_its_contract(trainer):
    await entrust(
        trainer,
        limits={"purposes": (TRAINING, PAYROLL)},
        purposes=(TRAINING, AUDIT),
        fields=("Person.phone",),
        cohort_id=await cohort_of(trainer, "ada"),
    )

    assert (await trainer.actor("vera")).purposes == {TRAINING.value}
    opened = await trainer.read("vera", PHONE, p=TRAINING.value)
    assert [one["phone"]["value"] for one in opened["people"]["nodes"]] == ["15400000004"]
    for refused_purpose in (PAYROLL, AUDIT):
        async with trainer.unchanged():
            answer = await trainer.ask("vera", PHONE, p=refused_purpose.value)
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["PURPOSE_NOT_ALLOWED"]
        assert "15400000004" not in str(answer)


async def test_a_token_that_names_no_purpose_has_none_of_those_of_its_contract(trainer):
    await entrust(trainer, fields=("Person.phone",), cohort_id=await cohort_of(trainer, "ada"))

    answer = await trainer.ask("vera", PHONE, p=TRAINING.value)

    assert [one["extensions"]["code"] for one in answer["errors"]] == ["PURPOSE_NOT_ALLOWED"]


async def test_a_token_may_what_its_scopes_and_its_contract_both_name(trainer):
    """The contract closes the phone and whoever it does not cover, the scopes all but names."""
    await entrust(
        trainer,
        limits={"scopes": ("read:Person", "read:Person.displayName", "read:Person.phone")},
        fields=("Person.displayName", "Person.hiredOn"),
        cohort_id=await cohort_of(trainer, "ada"),
    )

    assert await shown(trainer, NAMES) == [{"id": trainer.psn("ada"), "displayName": "欧阳艾达"}]
    for beyond in (PHONES, "{ people { nodes { hiredOn } } }"):
        assert await shown(trainer, beyond) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_scopes_alone_show_a_vendor_nothing_about_people(trainer):
    await give_token(trainer, "vera", scopes=("read:Person", "read:Person.displayName"))

    assert await shown(trainer, NAMES) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_rotated_token_keeps_its_contract_and_its_limits(trainer):
    opened = await entrust(
        trainer,
        limits={"scopes": ("read:Person", "read:Person.displayName"), "purposes": (TRAINING,)},
        cohort_id=await cohort_of(trainer, "ada"),
    )
    before = await trainer.actor("vera")

    successor = await rotated(trainer, "olga", "vera")

    assert successor.contract_id == opened.id
    actor = await identified(trainer.installation, Found(trainer.id, successor.id))
    assert (actor.entrusted, actor.purposes) == (before.entrusted, before.purposes)
    assert actor.mask.fingerprint == before.mask.fingerprint


async def test_a_rotated_token_ends_with_its_contract_at_the_latest(trainer):
    await entrust(trainer, ends_on=day(39))
    trainer.clock.on(days=20)
    await give_token(trainer, "olga", kind=TokenKind.PERSON)

    successor = await rotated(trainer, "olga", "vera")

    midnight = trainer.clock.now.replace(hour=16) + timedelta(days=19)  # in Shanghai
    assert successor.expires_at == midnight
    assert successor.expires_at < trainer.clock.now + timedelta(days=30)


async def test_with_a_contract_a_successor_ends_too_and_what_is_over_is_not_rotated(trainer):
    opened = await entrust(trainer)
    successor = await rotated(trainer, "olga", "vera")

    ending = EndProcessingContract(contract_id=opened.id)
    await trainer.do(trainer.founder, end_processing_contract, ending)

    assert await identified(trainer.installation, Found(trainer.id, successor.id)) is None
    async with trainer.work_as(trainer.founder) as work:
        (token,) = await work.rows(Token, Token.id == successor.id)
        token.revoked_at = None  # as if it had been forgotten
    trainer.tokens["vera"] = Found(trainer.id, successor.id)
    async with trainer.unchanged():
        with refused(ContractOver, at=("contractId",)):
            await rotated(trainer, "olga", "vera")
    assert await identified(trainer.installation, Found(trainer.id, successor.id)) is None


async def test_an_administrator_issues_under_a_contract_over_graphql(trainer):
    opened = await entrust(trainer, ends_on=day(20), limits={"days": 20})
    given = {
        "principalId": prc(trainer, "vera"),
        "kind": "VENDOR",
        "name": "feed",
        "days": 20,
        "contractId": f"con_{opened.id.hex}",
    }
    told = (await trainer.read("olga", ISSUE, input=given))["issueToken"]
    assert told["userErrors"] == []

    async with trainer.unchanged():
        told = (await trainer.read("olga", ISSUE, input=given | {"days": 22}))["issueToken"]
        assert [(one["code"], one["path"]) for one in told["userErrors"]] == [
            ("TOKEN_OUTLIVES_CONTRACT", ["days"])
        ]
        with refused(NotFound):
            await rotated(trainer, "ada", "vera")
