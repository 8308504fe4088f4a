"""The lint names what is wrong with a policy and says what to do."""

from __future__ import annotations

import pytest

from authz.catalogue import JUDGED
from authz.faults import Code
from authz.lines import Line
from authz.lint import ADMINISTRATORS, lint, together
from authz.roles import built_in


def found(catalogue, *lines, inherits=()):
    return [
        finding.code
        for finding in lint([Line(*line.split()) for line in lines], inherits, catalogue)
    ]


GOOD = "learner / Person read self allow"


def test_the_built_in_roles_are_clean(catalogue):
    roles = built_in()

    assert lint(roles.lines, roles.inherits, catalogue) == ()


def test_the_built_in_roles_name_every_type_that_is_judged():
    named = {line.object for line in built_in().lines}

    assert set(JUDGED) <= named


def test_every_finding_says_where_and_what_to_do(catalogue):
    (finding,) = lint([Line("learner", "/", "Person.pho*", "read", "-", "allow")], (), catalogue)

    assert finding.code is Code.FREE_PREFIX
    assert str(finding) == (
        "FREE_PREFIX: p, learner, /, Person.pho*, read, -, allow: "
        "name the field, or Type.*, or a class such as @pi.contact"
    )


@pytest.mark.parametrize(
    "action", ["write", "create", "delete", "grant", "execute", "decrypt", "export", "*"]
)
@pytest.mark.parametrize("role", ["auditor", "audit_admin"])
def test_a_readonly_role_that_does_more_is_found(catalogue, role, action):
    assert Code.READONLY_DOES_MORE in found(catalogue, f"{role} / Course {action} - allow")
    assert found(catalogue, f"{role} / Course {action} - deny") == []
    assert found(catalogue, f"{role} / Course aggregate - allow") == []


def test_a_readonly_role_is_charged_with_what_it_inherits(catalogue):
    codes = found(
        catalogue, GOOD, "clerk / Course write - allow", inherits=[("auditor", "clerk", "/")]
    )

    assert codes == [Code.READONLY_DOES_MORE]


@pytest.mark.parametrize("name", ["*", "@P4", "@pi.financial", "Person.*", "Person.bankAccount"])
def test_an_auditor_who_reads_p4_is_found(catalogue, name):
    line = f"auditor / {name} read subtree allow"

    assert found(catalogue, line) == [Code.AUDITOR_READS_P4]
    assert found(catalogue, line, "auditor / @P4 read - deny") == []


def test_a_deny_of_p4_on_some_rows_or_at_some_tenants_does_not_count(catalogue):
    line = "auditor / Person.* read - allow"

    assert found(catalogue, line, "auditor / @P4 read self deny") == [Code.AUDITOR_READS_P4]
    assert found(catalogue, line, "auditor /cn/ @P4 read - deny") == [Code.AUDITOR_READS_P4]


@pytest.mark.parametrize("one", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("other", sorted(ADMINISTRATORS))
def test_administrators_may_not_meet_in_one_role(catalogue, one, other):
    lines = [f"{role} / Tenant read - allow" for role in ADMINISTRATORS]
    expected = [] if one == other else [Code.ADMINISTRATORS_TOGETHER]

    assert found(catalogue, *lines, inherits=[("root", one, "/"), ("root", other, "/")]) == expected
    if one != other:
        assert found(catalogue, *lines, inherits=[(one, other, "/cn/")]) == expected
    assert [finding.code for finding in together({one, other, "learner"})] == expected


def test_an_inherited_role_without_lines_is_taken_for_a_slip(catalogue):
    assert found(catalogue, GOOD, inherits=[("mentor", "lerner", "/")]) == [Code.UNKNOWN_ROLE]
    assert found(catalogue, GOOD, inherits=[("mentor", "learner", "/")]) == []
