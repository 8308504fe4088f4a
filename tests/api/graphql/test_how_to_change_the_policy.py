"""`docs/how-to/change-the-policy.md`, tried as it is written."""

import re
from pathlib import Path

from domain.kernel.ids import external_id
from tests.domain.access.editing import admitted

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "change-the-policy.md"


def blocks():
    """The documents of the page by the names of their operations."""
    found = re.findall(r"```graphql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return {re.match(r"\w+ (\w+)", one).group(1): one for one in found}


async def test_the_page_does_what_it_says(group):
    await admitted(group, "sven", "security_admin")
    page = blocks()

    lines = await group.read("sage", page["Lines"])
    assert {one["role"] for one in lines["policyLines"]["nodes"]} == {"onboarding"}

    preview = (await group.read("sage", page["Preview"]))["previewPolicy"]
    assert preview["needsApproval"] is True
    assert [(one["object"], one["change"]) for one in preview["cells"]] == [
        ("Person.nationalId", "WIDENS")
    ]

    edit = (await group.read("sage", page["Edit"], version=preview["version"]))["editPolicy"]
    assert (edit["policyChange"]["state"], edit["userErrors"]) == ("PROPOSED", [])

    change = edit["policyChange"]["id"]
    proposed = (await group.read("sven", page["Proposed"], change=change))["previewPolicyChange"]
    approved = await group.read("sven", page["Approve"], change=change, version=proposed["version"])
    assert approved["approvePolicyChange"]["policyChange"]["state"] == "APPLIED"

    principal = external_id("prc", group.principals["walt"])
    assigned = await group.read(
        "sage", page["Assign"], principal=principal, tenant=group.tnt("west")
    )
    assert assigned["assignRole"]["policyChange"]["state"] == "APPLIED"
    [held] = assigned["assignRole"]["policyChange"]["assignments"]["nodes"]
    revoked = await group.read("sage", page["Revoke"], assignment=held["id"])
    assert revoked["revokeRole"]["policyChange"] == {"kind": "REVOCATION", "state": "APPLIED"}
    assert set(page) == {"Lines", "Preview", "Edit", "Proposed", "Approve", "Assign", "Revoke"}
