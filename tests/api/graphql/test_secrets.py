"""A sealed value is opened for a purpose, by an act that Casbin allows and the trail keeps."""

from domain.audit.key_acts import shred_keys

OPEN = """
query($id: ID!, $p: Purpose!) {
  person(id: $id) { p: phone { masked value(purpose: $p) } email { v: value(purpose: $p) } }
}
"""


async def decrypts(group):
    return [
        (row.purpose, row.details["subject"], [cell["field"] for cell in row.details["cells"]])
        for row in await group.rows(
            "SELECT purpose, details FROM audit_entry WHERE group_id = :g AND verb = 'decrypt'"
        )
    ]


async def test_ada_opens_her_own_and_that_is_written_down(group):
    told = await group.read("ada", OPEN, id=group.psn("ada"), p="SUBJECT_REQUEST")

    assert told["person"] == {
        "p": {"masked": "154****0004", "value": "15400000004"},
        "email": {"v": "ada@staff.example"},
    }
    assert await decrypts(group) == [
        ("SUBJECT_REQUEST", str(group.people["ada"]), ["Person.email", "Person.phone"])
    ]


async def test_branch_hr_opens_contact_of_the_own_branch_only(group):
    own = await group.read("bea", OPEN, id=group.psn("ada"), p="EMERGENCY_CONTACT")
    foreign = await group.read("bea", OPEN, id=group.psn("walt"), p="EMERGENCY_CONTACT")

    assert own["person"]["p"]["value"] == "15400000004"
    assert foreign["person"] is None
    assert [subject for _, subject, _ in await decrypts(group)] == [str(group.people["ada"])]


async def test_grace_gets_the_mask_and_no_value_and_nothing_is_opened(group):
    answer = await group.ask("grace", OPEN, id=group.psn("ada"), p="TRAINING_SUPPORT")

    assert answer["data"]["person"]["p"] == {"masked": "154****0004", "value": None}
    assert {(one["path"], one["action"]) for one in answer["extensions"]["denied"]} == {
        ("person.p.value", "decrypt"),
        ("person.email.v", "decrypt"),
    }
    assert await decrypts(group) == []


async def test_the_auditor_never_opens_anything(group):
    answer = await group.ask("anna", OPEN, id=group.psn("ada"), p="AUDIT")

    assert answer["data"]["person"]["p"] == {"masked": "154****0004", "value": None}
    assert await decrypts(group) == []


async def test_a_purpose_must_be_said(group):
    answer = await group.ask(
        "ada", "query($id: ID!) { person(id: $id) { phone { value } } }", id=group.psn("ada")
    )

    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_list_of_boxes_is_opened_by_one_act(group):
    query = "{ people { nodes { phone { value(purpose: EMERGENCY_CONTACT) } } } }"

    told = await group.read("bea", query)

    values = [node["phone"]["value"] for node in told["people"]["nodes"]]
    assert sorted(values) == [f"1540000{number:04}" for number in range(5)]
    assert len(await decrypts(group)) == 5


async def test_a_person_whose_keys_are_gone_shows_neither_mask_nor_value(group):
    async with group.work_as(group.founder) as work:
        await shred_keys(work, group.people["ada"], purpose="SUBJECT_REQUEST")

    told = await group.read("ada", OPEN, id=group.psn("ada"), p="SUBJECT_REQUEST")

    assert told["person"] == {"p": {"masked": None, "value": None}, "email": {"v": None}}
