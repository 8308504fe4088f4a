"""What the guide tells to send is sent, block by block in its order, and answered as it says."""

import re
from datetime import timedelta
from pathlib import Path

from domain.kernel.ids import external_id

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "answer-a-persons-request.md"
BLOCKS = {
    re.search(r"(?:query|mutation) (\w+)", block).group(1): block
    for block in re.findall(r"```graphql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
}


async def test_every_block_of_the_guide_is_answered_as_it_says(group):
    asked = []

    async def sent(name, who, **given):
        asked.append(name)
        data = await group.read(who, BLOCKS[name], **given)
        found = next(iter(data.values()))
        if "mutation" not in BLOCKS[name]:
            return data
        assert found["userErrors"] == [], name
        return next(value for key, value in found.items() if key != "userErrors")

    me = group.psn("ada")
    notice = (await sent("Publish", "cora"))["id"]
    (waiting,) = (await sent("Waiting", "ada", me=me))["privacyNotices"]["nodes"]
    assert waiting["id"] == notice
    await sent("Received", "ada", notice=notice)
    again = await group.read("ada", BLOCKS["Waiting"], me=me)
    assert again["privacyNotices"]["nodes"] == []
    consent = await sent("Consent", "ada", notice=notice)
    assert (consent["notice"]["number"], consent["withdrawnAt"]) == (1, None)
    untold = (await sent("Untold", "cora", notice=notice))["people"]
    assert untold["totalCount"] == len(group.people) - 1

    mine = await sent("Mine", "ada")
    assert {one["table"] for one in mine["myData"]} >= {"person", "consent", "notice_receipt"}
    assert mine["whoReadMyData"] == []

    request = await sent("Ask", "ada")
    assert (request["state"], request["warnOn"], request["dueOn"]) == (
        "OPEN", "2026-05-18", "2026-05-25",
    )  # fmt: skip
    (pending,) = (await sent("Pending", "cora"))["subjectRequests"]["nodes"]
    assert pending["id"] == request["id"]
    assert pending["wish"] == {"masked": "***", "value": "新号码是 15400007777"}
    reviewed = await sent("Review", "cora", request=request["id"])
    version = reviewed["rowVersion"]
    decided = await sent("Decide", "cora", request=request["id"], version=version)
    assert decided["state"] == "GRANTED"

    ada = await group.person("ada")
    person = await sent("Correct", "bea", person=me, version=ada.row_version)
    assert person["phone"]["masked"] == "154****7777"
    answered = (await sent("Answered", "ada", request=request["id"]))["subjectRequest"]
    assert (answered["state"], answered["overdue"]) == ("DONE", False)

    [reading] = (await group.read("ada", BLOCKS["Mine"]))["whoReadMyData"]
    assert (reading["roles"], reading["fields"]) == (["compliance"], ["SubjectRequest.wish"])
    reader = external_id("prc", group.principals["bea"])
    until = (group.clock.now + timedelta(days=30)).isoformat()
    delay = await sent("Delay", "cora", person=me, reader=reader, until=until)
    assert delay["ground"] == "INTERNAL_INVESTIGATION"

    assert asked == list(BLOCKS), "every block, in the order in which they stand"
