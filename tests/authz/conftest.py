"""A small catalogue, the policy of the built-in roles, and the group in which they act."""

from __future__ import annotations

from uuid import UUID

import pytest

from authz.actor import Actor, DenialMode, PrincipalKind, Scope
from authz.catalogue import Catalogue, DataClass, FieldEntry
from authz.conditions import Facts
from authz.judge import Judge
from authz.roles import built_in

P0, P1, P2, P3, P4 = DataClass

ENTRIES = """
Tenant           name completion=biz.rate:P1
JobRole          title
Person           displayName=pi.identity:P2 tenant jobRole supervisor mentor
Person           hiredOn=pi.employment:P2 leftOn=pi.employment:P2 leaveReason=pi.employment:P3
Person           phone=pi.contact:P3 email=pi.contact:P3 address=pi.contact:P3
Person           nationalId=pi.identity:P3 bornOn=pi.identity:P3 bankAccount=pi.financial:P4
Person           employments=pi.employment:P2 enrolments=pi.learning:P2 learningPlans=pi.learning:P2
Employment       leftOn=pi.employment:P2
Placement        tenant jobRole supervisor
CompetencyModel  name=public:P0
Competency       name=public:P0 definition=public:P0
Course           title=public:P0 current=public:P0
CourseVersion    changeNote=public:P0 hours=public:P0
Block            title=public:P0
LearningPath     title=public:P0
PathStage        title=public:P0
LearningPlan     person=pi.learning:P2 pathVersion=pi.learning:P2
PlanItem         dueOn=pi.learning:P2
Enrolment        person=pi.learning:P2 courseVersion=pi.learning:P2 dueOn=pi.learning:P2
Progress         percent=pi.learning:P2 bestScore=pi.learning:P2
Cohort           name completion=biz.rate:P1
PrivacyNotice    title=public:P0 body=public:P0
NoticeReceipt    person=system:P1 notice=system:P1
Consent          person=system:P1 notice=system:P1
SubjectRequest   person=system:P1 decider=system:P1 wish=pi.request:P3 reason=pi.request:P3
Restriction      person=system:P1 request=system:P1
LegalHold        person=system:P1
DisclosureDelay  person=system:P1 reader=system:P1 orderedBy=system:P1
"""

GROUP, NORTH, TEAM, SOUTH = (UUID(int=number) for number in range(1, 5))
PATHS = {GROUP: "/cn/", NORTH: "/cn/north/", TEAM: "/cn/north/team/", SOUTH: "/cn/south/"}
GRACE, ADA, MARIE, EVE = (UUID(int=number) for number in range(11, 15))


def entry(type_name: str, word: str) -> FieldEntry:
    """Read `field=label:class`; what says nothing is of the organisation."""
    field, _, traits = word.partition("=")
    label, _, data_class = (traits or "org:P1").partition(":")
    return FieldEntry(type_name, field, label, DataClass(data_class))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    rows = [line.split() for line in ENTRIES.strip().splitlines()]
    return Catalogue(
        (entry(type_name, word) for type_name, *words in rows for word in words),
        types=("Query",),
        mutations=("enrol", "hire"),
    )


@pytest.fixture(scope="session")
def policy(catalogue):
    return built_in().policy(catalogue)


@pytest.fixture(scope="session")
def judge(policy, catalogue):
    return Judge(policy, catalogue)


@pytest.fixture(scope="session")
def acting(policy):
    """Make Grace, who acts for the branch in the north, hold some roles."""

    def make(*roles: str, tenant=NORTH, person=GRACE, token=None, scopes=None, of=policy) -> Actor:
        path = PATHS[tenant]
        mask = of.mask(roles, path)
        whole = tenant == GROUP
        below = tuple(other for other, where in PATHS.items() if where.startswith(path))
        above = tuple(other for other, where in PATHS.items() if path.startswith(where))
        return Actor(
            principal_id=UUID(int=99),
            kind=PrincipalKind.PERSON,
            name="Grace",
            person_id=person,
            group_id=GROUP,
            tenant_id=tenant,
            tenant_path=path,
            roles=of.closure(roles, path),
            scope=Scope.WHOLE if whole else Scope.SUBTREE,
            tenants=() if whole else below,
            reach=() if whole else tuple({*below, *above}),
            mask=mask if scopes is None else mask & scopes,
            denials=DenialMode.PARTIAL,
            token_id=token,
            policy_version=of.version,
        )

    return make


@pytest.fixture(scope="session")
def rows():
    """Name the rows that tests ask about: people as Grace stands to them, and tenants."""
    return {
        "herself": Facts(subject=GRACE, tenant=NORTH),
        "her mentee": Facts(subject=ADA, tenant=SOUTH, supervisor=MARIE, mentor=GRACE),
        "her report": Facts(subject=ADA, tenant=SOUTH, supervisor=GRACE, mentor=MARIE),
        "someone below": Facts(subject=MARIE, tenant=TEAM, supervisor=EVE),
        "a stranger": Facts(subject=EVE, tenant=SOUTH, supervisor=MARIE),
        "the head office": Facts(tenant=GROUP),
        "her branch": Facts(tenant=NORTH),
        "the team below": Facts(tenant=TEAM),
        "another branch": Facts(tenant=SOUTH),
        "nothing known": Facts(),
    }
