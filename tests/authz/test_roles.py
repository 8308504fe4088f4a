"""The built-in roles: who may do what, as one table, and what no role may ever do."""

from __future__ import annotations

import pytest

from authz.conditions import Facts
from authz.faults import Code
from authz.lines import ACTIONS
from authz.roles import built_in, read_roles
from authz.snapshot import MalformedPolicy
from tests.authz.conftest import GROUP

ROLES = (
    "learner", "mentor", "supervisor", "onboarding", "recruiter", "branch_hr", "hq_manager",
    "compliance", "auditor", "vendor", "automation", "system_admin", "security_admin",
    "audit_admin",
)  # fmt: skip
PEOPLE = ("herself", "her mentee", "her report", "someone below", "a stranger", "nothing known")
PLACES = ("the head office", "her branch", "the team below", "another branch", "nothing known")
ABOUT_PEOPLE = (
    "Person", "Enrolment", "LearningPlan", "Progress", "NoticeReceipt", "Consent", "SubjectRequest",
    "Restriction", "DisclosureDelay", "LegalHold",
)  # fmt: skip
OWNED = ("Principal", "Token")  # about whoever acts, where that is a person

# self, mentee and report as Grace stands to them; `below` is her subtree, `reach` adds those above.
ROWS = {
    "self": {"herself"},
    "mentee": {"her mentee"},
    "report": {"her report"},
    "below": {"herself", "someone below", "her branch", "the team below"},
    "reach": {"herself", "someone below", "the head office", "her branch", "the team below"},
}

OVERSEERS = "onboarding branch_hr hq_manager compliance auditor"
STAFF = f"learner mentor supervisor recruiter {OVERSEERS} system_admin security_admin audit_admin"
ISSUERS = [one for one in STAFF.split() if one not in {"auditor", "audit_admin"}]
LED = "learner:self mentor:self,mentee supervisor:self,mentee,report,below"
OWN = "learner:self mentor:self supervisor:self"

TABLE = {
    ("Person", "read"): f"{LED} {OVERSEERS} recruiter automation",
    ("Person.displayName", "read"): f"{LED} {OVERSEERS} recruiter",
    ("Person.displayName", "filter"): f"{LED} {OVERSEERS} recruiter",
    ("Person.displayName", "sort"): f"{LED} {OVERSEERS} recruiter",
    ("Person.displayName", "write"): "branch_hr automation",
    ("Person.hiredOn", "read"): (
        f"learner:self mentor:self supervisor:self,mentee,report,below {OVERSEERS} automation"
    ),
    ("Person.phone", "read"): f"{LED} onboarding recruiter branch_hr hq_manager auditor",
    ("Person.phone", "decrypt"): f"{OWN} recruiter branch_hr",
    ("Person.phone", "write"): "branch_hr automation",
    ("Person.phone", "filter"): "",
    ("Person.phone", "export"): "",
    ("Person.email", "read"): (
        "learner:self mentor:self supervisor:self,mentee,report,below "
        "onboarding recruiter branch_hr hq_manager auditor"
    ),
    ("Person.nationalId", "read"): f"{OWN} branch_hr auditor",
    ("Person.nationalId", "decrypt"): f"{OWN} branch_hr",
    ("Person.nationalId", "sort"): "",
    ("Person.leaveReason", "read"): f"{OWN} branch_hr auditor",
    ("Person.leaveReason", "decrypt"): f"{OWN} branch_hr",
    ("Person.bankAccount", "read"): f"{OWN} branch_hr",
    ("Person.bankAccount", "decrypt"): f"{OWN} branch_hr",
    ("Person.bankAccount", "aggregate"): "",
    ("Person.mentor", "write"): "supervisor branch_hr",
    ("Person.supervisor", "write"): "branch_hr",
    ("Person", "create"): "recruiter branch_hr automation",
    ("Person", "write"): "branch_hr automation",
    ("Person", "export"): "",
    ("Enrolment", "read"): f"{LED} {OVERSEERS} automation",
    ("Enrolment.dueOn", "sort"): f"{LED} {OVERSEERS}",
    ("Enrolment", "create"): "supervisor",
    ("Enrolment", "write"): "supervisor",
    ("LearningPlan", "read"): f"{LED} {OVERSEERS}",
    ("LearningPlan", "create"): "supervisor",
    ("LearningPlan", "write"): "",
    ("Progress.percent", "read"): f"{LED} {OVERSEERS}",
    ("Progress", "create"): f"{OWN} automation",
    ("Progress", "write"): "",
    ("Course", "read"): "*:reach vendor:reach automation:reach",
    ("Course.title", "read"): "*:reach vendor:reach automation:reach",
    ("Block.title", "read"): "*:reach vendor:reach automation:reach",
    ("LearningPath.title", "filter"): "*:reach vendor:reach automation:reach",
    ("CompetencyModel.name", "sort"): "*:reach vendor:reach automation:reach",
    ("Tenant", "read"): "*:reach automation:reach",
    ("Tenant.name", "read"): "*:reach automation:reach",
    ("Tenant.completion", "read"): f"supervisor {OVERSEERS}",
    ("Cohort", "read"): f"supervisor {OVERSEERS}",
    ("Cohort.completion", "aggregate"): f"supervisor {OVERSEERS}",
    ("Threshold", "read"): (
        "supervisor:reach onboarding:reach branch_hr:reach hq_manager:reach "
        "compliance:reach auditor:reach"
    ),
    ("Tenant", "create"): "hq_manager",
    ("Tenant", "write"): "hq_manager system_admin",
    ("Tenant", "delete"): "",
    ("Threshold", "write"): "hq_manager",
    ("CompetencyModel", "create"): "hq_manager",
    ("CompetencyModelVersion", "write"): "hq_manager",
    ("Course", "create"): "hq_manager",
    ("CourseVersion", "create"): "hq_manager",
    ("CourseVersion", "write"): "hq_manager compliance",
    ("LearningPath", "create"): "hq_manager",
    ("LearningPathVersion", "write"): "hq_manager",
    ("Course", "delete"): "",
    ("Principal", "read"): "*:self system_admin security_admin audit_admin auditor",
    ("Principal", "write"): "",
    ("Token", "read"): "*:self system_admin audit_admin auditor",
    ("Token", "create"): f"{' '.join(f'{one}:self' for one in ISSUERS)} system_admin",
    ("Token", "delete"): f"{' '.join(f'{one}:self' for one in ISSUERS)} system_admin",
    ("Token", "write"): "",
    ("Token", "grant"): "system_admin",
    ("Policy", "grant"): "security_admin",
    ("Policy", "read"): "security_admin audit_admin auditor",
    ("PolicyLine", "read"): "security_admin:reach audit_admin:reach auditor:reach",
    ("PolicyChange", "read"): "security_admin:reach audit_admin:reach auditor:reach",
    ("RoleAssignment", "read"): "security_admin audit_admin auditor",
    ("RoleAssignment", "write"): "",
    ("Policy", "write"): "",
    ("AuditEntry", "read"): "compliance auditor security_admin audit_admin",
    ("AuditEntry", "delete"): "",
    ("PrivacyNotice", "read"): "*:reach",
    ("PrivacyNotice", "create"): "compliance",
    ("PrivacyNotice", "write"): "",
    ("NoticeReceipt", "read"): f"{OWN} compliance auditor",
    ("NoticeReceipt", "create"): OWN,
    ("Consent", "read"): f"{OWN} compliance auditor",
    ("Consent", "create"): OWN,
    ("Consent", "write"): OWN,
    ("Consent", "delete"): "",
    ("SubjectRequest", "read"): f"{OWN} branch_hr compliance auditor",
    ("SubjectRequest", "create"): OWN,
    ("SubjectRequest", "delete"): OWN,
    ("SubjectRequest", "write"): "compliance",
    ("SubjectRequest.wish", "read"): f"{OWN} branch_hr compliance auditor",
    ("SubjectRequest.wish", "decrypt"): f"{OWN} branch_hr compliance",
    ("SubjectRequest.reason", "decrypt"): f"{OWN} compliance",
    ("Restriction", "read"): f"{OWN} compliance auditor",
    ("Restriction", "write"): "compliance",
    ("DisclosureDelay", "read"): "compliance auditor",
    ("DisclosureDelay", "create"): "compliance",
    ("DisclosureDelay", "write"): "",
    ("LegalHold", "read"): "compliance auditor",
    ("LegalHold", "create"): "compliance",
    ("LegalHold", "write"): "compliance",
    ("Person", "delete"): "compliance",
}


def expected(cell: str, role: str) -> set[str]:
    """Read `role` (below), `role:self,mentee` and `*:reach` (all staff) for one role."""
    opened = set()
    for word in cell.split():
        names, _, rows = word.partition(":")
        if role in (STAFF.split() if names == "*" else [names]):
            opened |= {row for name in (rows or "below").split(",") for row in ROWS[name]}
    return opened


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("requested", "action"), TABLE)
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    judge, acting, rows, role, requested, action
):
    about = (*ABOUT_PEOPLE, *OWNED)
    named = PEOPLE if requested.partition(".")[0] in about else PLACES

    decisions = {name: judge.decide(acting(role), requested, action, rows[name]) for name in named}

    allowed = {name for name, decision in decisions.items() if decision.allowed}
    assert allowed == expected(TABLE[requested, action], role) & set(named)
    assert not any(decision.disagreement for decision in decisions.values())


def test_head_office_reaches_the_whole_group(judge, acting, rows):
    for role, requested, action in (
        ("hq_manager", "Tenant", "create"),
        ("hq_manager", "Person", "read"),
        ("auditor", "Person.nationalId", "read"),
        ("branch_hr", "Person.phone", "decrypt"),
    ):
        holder = acting(role, tenant=GROUP)
        assert judge.decide(holder, requested, action, rows["another branch"]).allowed


def conditions_of(policy, role, action, pattern):
    """Name the conditions under which a role may do something to any field of a pattern."""
    mask = policy.mask({role}, "/cn/")
    cells = [
        mask.cell(action, type_name, number)
        for type_name, bits in policy.catalogue.expand(pattern).items()
        for number in range(bits.bit_length())
        if bits >> number & 1
    ]
    assert cells
    return {name for cell in cells if not cell.never for name in cell.allow}


@pytest.mark.parametrize("action", ["filter", "sort", "aggregate", "export"])
@pytest.mark.parametrize("role", ROLES)
def test_no_role_searches_sorts_counts_or_exports_what_is_sealed(policy, role, action):
    assert conditions_of(policy, role, action, "@P3") == set()
    assert conditions_of(policy, role, action, "@P4") == set()


@pytest.mark.parametrize("role", ROLES)
def test_of_others_only_hr_sees_p4_and_hr_recruiters_and_compliance_open_something(policy, role):
    payroll, oneself = {"branch_hr"}, {"self"}
    openers = {"branch_hr", "recruiter", "compliance"}

    for action in ("read", "decrypt"):
        opened = conditions_of(policy, role, action, "@P4")
        assert opened - oneself == ({"subtree"} if role in payroll else set())
    opened = conditions_of(policy, role, "decrypt", "@P3")
    assert opened - oneself == ({"subtree"} if role in openers else set())


def test_compliance_opens_what_people_ask_for_and_nothing_else_of_theirs(policy):
    assert conditions_of(policy, "compliance", "decrypt", "@pi.request") == {"subtree"}
    for pattern in ("Person.*", "@pi.contact", "@pi.identity", "@pi.financial", "@pi.employment"):
        assert conditions_of(policy, "compliance", "decrypt", pattern) == set()


@pytest.mark.parametrize("role", ["auditor", "audit_admin"])
@pytest.mark.parametrize("action", sorted({*ACTIONS} - {"read", "filter", "sort", "aggregate"}))
def test_whoever_only_reads_may_do_nothing_else_to_anything(policy, role, action):
    assert conditions_of(policy, role, action, "*") == set()


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin", "vendor"])
def test_administrators_and_vendors_have_no_row_and_no_field_about_people(policy, role):
    mask = policy.mask({role}, "/cn/")

    for type_name in (*ABOUT_PEOPLE, "Employment", "Placement", "PlanItem"):
        assert all(mask.cell(action, type_name).never for action in ACTIONS)
    for pattern in ("@P2", "@P3", "@P4"):
        assert all(conditions_of(policy, role, action, pattern) == set() for action in ACTIONS)


def test_a_vendor_who_is_also_hr_still_learns_nothing_about_people(judge, acting, rows):
    both = acting("vendor", "branch_hr")

    for requested, action in (
        ("Person.displayName", "read"),
        ("Person.phone", "decrypt"),
        ("Enrolment.dueOn", "sort"),
        ("Person.bankAccount", "read"),
    ):
        decision = judge.decide(both, requested, action, rows["someone below"])
        assert not decision.allowed
        assert (decision.line.role, decision.line.effect) == ("vendor", "deny")


def test_an_auditor_who_is_also_hr_opens_and_writes_nothing(judge, acting, rows):
    both = acting("auditor", "branch_hr")

    for requested, action in (
        ("Person.phone", "decrypt"), ("Person", "write"), ("Person.bankAccount", "read"),
    ):  # fmt: skip
        assert not judge.decide(both, requested, action, rows["someone below"]).allowed


@pytest.mark.parametrize("role", ["supervisor", "branch_hr", "hq_manager", "auditor", "onboarding"])
def test_people_can_be_sorted_by_name_whoever_lists_them(policy, role):
    mask = policy.mask({role}, "/cn/")
    row = mask.cell("read", "Person")

    assert mask.cell("read", "Person", "displayName").under(row).always
    assert mask.cell("sort", "Person", "displayName").under(row).always


def test_every_role_is_in_the_table_and_has_lines():
    roles = built_in()
    speaking = {line.role for line in roles.lines} | {role for role, *_ in roles.inherits}

    assert speaking == {*ROLES, "reader", "member", "overseer"}


def test_a_row_of_several_actions_is_a_line_for_each():
    roles = read_roles(["# comment", "", "p, a, /, Person, read  sort, -, deny", "g, b, a, /"])

    assert [line.row for line in roles.lines] == [
        ("a", "/", "Person", "read", "-", "deny"),
        ("a", "/", "Person", "sort", "-", "deny"),
    ]
    assert roles.inherits == (("b", "a", "/"),)


@pytest.mark.parametrize(
    "row",
    [
        "p, a, /, Person, read, -",
        "p, a, /, Person, read, -, deny, extra",
        "p, a, /, Person, , -, allow",
        "g, a, b",
        "q, a, b, /",
        "p",
    ],
)
def test_a_row_of_the_table_that_is_not_whole_is_refused(row):
    with pytest.raises(MalformedPolicy) as refused:
        read_roles([row])

    assert [finding.code for finding in refused.value.findings] == [Code.MISSING_COLUMN]


def test_nothing_is_opened_to_someone_without_a_role(judge, acting):
    nobody = acting()

    assert nobody.mask.rules == {}
    assert not judge.decide(nobody, "Course", "read", Facts(tenant=GROUP)).allowed
