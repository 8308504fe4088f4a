"""Roots that no statement answers: under the same mask, shown as far as they were asked for."""

ROLES = "{ roles { name inherits readOnly apartFrom } viewer { denials } }"


def code(answer):
    return answer["errors"][0]["extensions"]["code"]


async def test_a_security_administrator_reads_the_roles_beside_what_is_planned(group):
    answer = await group.ask("sage", "{ all: roles { __typename n: name } viewer { denials } }")

    assert list(answer["data"]) == ["all", "viewer"]
    assert {"__typename": "Role", "n": "learner"} in answer["data"]["all"]
    assert answer["data"]["viewer"] == {"denials": "PARTIAL"}
    assert "extensions" not in answer


async def test_a_role_says_what_it_contains_and_what_it_is_kept_apart_from(group):
    roles = (await group.ask("sage", ROLES))["data"]["roles"]
    by_name = {one.pop("name"): one for one in roles}

    assert by_name["supervisor"]["inherits"] == ["mentor", "overseer"]
    assert by_name["auditor"]["readOnly"] is True
    assert by_name["system_admin"]["apartFrom"] == ["audit_admin", "security_admin"]


async def test_a_learner_is_told_that_roles_are_withheld_and_the_rest_stays(group):
    answer = await group.ask("ada", ROLES)

    assert answer["data"] == {"roles": None, "viewer": {"denials": "PARTIAL"}}
    (denied,) = answer["extensions"]["denied"]
    assert (denied["path"], denied["field"]) == ("roles", "Query.roles")
    assert "security_admin" in denied["grantedBy"]


async def test_automation_is_refused_with_planned_and_computed_fields_named_together(group):
    answer = await group.ask("axel", "{ roles { name } people { nodes { supervisor { id } } } }")

    assert "data" not in answer
    assert code(answer) == "FORBIDDEN"
    named = {one["path"] for one in answer["errors"][0]["extensions"]["denied"]}
    assert {"roles", "people.nodes.supervisor"} <= named


async def test_to_a_vendor_there_are_no_roles(group):
    answer = await group.ask("vera", "{ roles { name } }")

    assert answer["errors"][0]["message"] == "Cannot query field 'roles' on type 'Query'."


async def test_a_computed_root_is_not_read_beside_a_mutation(group):
    document = """
    mutation($tenant: ID!) {
      defineJobRole(input: {tenantId: $tenant, code: "x", title: "X"}) { query { roles { name } } }
    }
    """
    async with group.unchanged():
        answer = await group.ask("hugo", document, tenant=group.tnt("head"))

    assert code(answer) == "BAD_USER_INPUT"
    assert "roles" in answer["errors"][0]["message"]
