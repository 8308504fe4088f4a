"""API2: an operation hands out one secret, however many aliases it writes."""

from __future__ import annotations

import pytest

from tests.domain.access.tokens import prc, tok

ISSUE = 'issueToken(input: {{ principalId: "{}", kind: PERSON, name: "x", days: 1 }}) {{ secret }}'
ROTATE = 'rotateToken(input: {{ tokenId: "{}" }}) {{ secret }}'


def asked(group, issued: int, rotated: int) -> str:
    """So many of both, under aliases, half of them in a fragment."""
    parts = [f"i{n}: {ISSUE.format(prc(group, 'ada'))}" for n in range(issued)]
    parts += [f"r{n}: {ROTATE.format(tok(group, 'ada'))}" for n in range(rotated)]
    half = len(parts) // 2
    if not half:
        return "mutation { " + " ".join(parts) + " }"
    spread = " fragment more on Mutation { " + " ".join(parts[:half]) + " }"
    return "mutation { ...more " + " ".join(parts[half:]) + " }" + spread


@pytest.mark.parametrize(("issued", "rotated"), [(2, 0), (0, 2), (1, 1), (30, 0)])
async def test_more_than_one_secret_in_an_operation_is_refused_and_none_is_made(
    group, issued, rotated
):
    async with group.unchanged():
        answer = await group.ask("ada", asked(group, issued, rotated))

    assert [one["extensions"]["code"] for one in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert "data" not in answer
    assert "pei" not in str(answer)


@pytest.mark.parametrize(("issued", "rotated"), [(1, 0), (0, 1)])
async def test_one_is_handed_out(group, issued, rotated):
    [given] = (await group.read("ada", asked(group, issued, rotated))).values()

    assert given["secret"].startswith("peipat_")
