"""What the guide tells to ask is asked, block by block, and answered as it says."""

import re
from pathlib import Path

import pytest

from domain.kernel.ids import external_id

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "who-may-see-this.md"
BLOCKS = {
    re.search(r"query (\w+)", block).group(1): block
    for block in re.findall(r"```graphql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
}
ASKERS = {"Buttons": "bea", "Myself": "ada", "Why": "sage", "WhyThen": "anna", "Who": "sage"}


def test_every_block_of_the_guide_is_asked():
    assert set(BLOCKS) == set(ASKERS)


@pytest.mark.parametrize("name", ASKERS)
async def test_a_block_of_the_guide_is_answered(group, name):
    given = {
        "me": external_id("prc", group.principals["ada"]),
        "principal": external_id("prc", group.principals["grace"]),
        "row": group.psn("ada"),
        "then": group.clock.now.isoformat(),
    }
    wanted = {one: value for one, value in given.items() if f"${one}:" in BLOCKS[name]}

    answer = await group.ask(ASKERS[name], BLOCKS[name], **wanted)

    assert "errors" not in answer
    assert "extensions" not in answer
    (found,) = answer["data"].values()
    match name:
        case "Buttons":
            told = [one for row in found["nodes"] for one in row["viewerCan"]]
            assert {one["action"] for one in told} == {"WRITE", "DECRYPT"}
            assert all(one["allowed"] for one in told)
        case "Who":
            assert len(found["principals"]) == 3
        case _:
            assert found["allowed"] is True
            assert found["decidedBy"]
