"""What was wrong about an input is told without the input: it may be about somebody."""

import pytest

NUMBER = "15400000004"
BY_VARIABLE = (
    "mutation($i: RegisterCandidateInput!) { registerCandidate(input: $i) { person { id } } }"
)
RIGHT = {"tenantId": "tnt_1", "staffNumber": "C1", "displayName": "司马候选", "phone": NUMBER}
WRONG = {
    "a number": {**RIGHT, "phone": int(NUMBER)},
    "a list": {**RIGHT, "phone": [NUMBER]},
    "an object": {**RIGHT, "phone": {"number": NUMBER}},
    "something more": {**RIGHT, "telephone": NUMBER},
    "something less": {"phone": NUMBER},
    "no object": NUMBER,
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_variable_is_named_and_its_value_is_not(group, wrong):
    async with group.unchanged():
        told = await group.ask("rita", BY_VARIABLE, i=WRONG[wrong])

    (first, *_) = told["errors"]
    assert first["extensions"]["code"] == "BAD_USER_INPUT"
    assert first["message"].startswith("Variable '$i' has invalid value")
    assert NUMBER not in str(told)


@pytest.mark.parametrize("given", [NUMBER, f'["{NUMBER}"]', f'{{number: "{NUMBER}"}}'])
async def test_neither_is_the_value_of_a_wrong_literal(group, given):
    sent = f"{{tenantId: 1, staffNumber: 2, displayName: 3, phone: {given}}}"

    told = await group.ask(
        "rita", f"mutation {{ registerCandidate(input: {sent}) {{ __typename }} }}"
    )

    assert told["errors"]
    assert NUMBER not in str(told)
