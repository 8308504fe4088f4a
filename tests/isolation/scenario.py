"""Every mutation once, in an order in which each is possible: what a group does with itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from api.graphql.binding import SHAPES
from api.graphql.schema import schema
from api.graphql.verbs import Verb
from domain.kernel.ids import external_id
from tests.api.graphql.documents import selection
from tests.isolation.corpus import Question, answered
from tests.isolation.inputs import FITTING, GRANT, VERBS
from tests.people import Group

TEXT = FITTING["DraftCourseVersion", "blocks"]
INDICATOR = {
    "code": "i1", "statement": "可观察", "weight": "1", "source": "规程",
    "measure": {
        "evidence": "TEST_SCORE", "comparator": "AT_LEAST", "threshold": "80", "unit": "分",
    },
}  # fmt: skip
COMPETENCY = {
    "code": "c1", "name": "合规", "definition": "守法", "indicators": [INDICATOR],
    "levels": FITTING["CompetencyDraft", "levels"],
}  # fmt: skip
STAGE = {
    "title": "第一周", "fromDay": 1, "toDay": 7,
    "items": [{"requirement": "MANDATORY", "activityId": "@course"}],
}  # fmt: skip

THE_CLOCK = "the clock"
OPENING = {
    "role": "learner", "object": "Person.phone", "action": "decrypt", "condition": "own_tenant",
}  # fmt: skip
"""A line that a second person has to approve."""

STEPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("hq_manager", "openTenant", "branch",
     {"parentId": "@north", "kind": "BRANCH", "code": "b9", "name": "九号"}),
    ("hq_manager", "moveTenant", "branch", {"tenantId": "@branch", "parentId": "@south"}),
    ("hq_manager", "setThreshold", "limit",
     {"tenantId": "@branch", "metric": "PASS_MARK", "value": "100"}),
    ("founder", "defineJobRole", "job",
     {"tenantId": "@head", "code": "j9", "title": "外访"}),
    ("recruiter", "registerCandidate", "person",
     {"tenantId": "@east", "staffNumber": "N0001", "displayName": "葛蕾丝",
      "phone": "15400008888"}),
    ("branch_hr", "correctPerson", "person", {"personId": "@person", "displayName": "葛雷丝"}),
    ("branch_hr", "hire", "person",
     {"personId": "@person", "hiredOn": "2026-05-05", "jobRoleId": "@job"}),
    (THE_CLOCK, "", "", {"days": 1}),
    ("branch_hr", "startTraining", "person", {"personId": "@person"}),
    *(
        ("hq_manager", "setThreshold", "limit",
         {"tenantId": f"@{at}", "metric": "MENTOR_LOAD", "value": "20"})
        for at in ("head", "north", "east")
    ),
    ("supervisor", "assignMentor", "person", {"personId": "@person", "mentorId": "@mentor"}),
    ("branch_hr", "assignSupervisor", "person",
     {"personId": "@person", "supervisorId": "@supervisor"}),
    ("branch_hr", "move", "person", {"personId": "@person", "tenantId": "@team"}),
    ("hq_manager", "createCompetencyModel", "model",
     {"tenantId": "@head", "code": "m9", "name": "模型"}),
    ("hq_manager", "draftCompetencyModel", "modelVersion",
     {"competencyModelId": "@model", "competencies": [COMPETENCY],
      "roleTargets": [{"jobRoleId": "@job", "competency": "c1", "level": 1}]}),
    ("hq_manager", "publishCompetencyModel", "modelVersion",
     {"competencyModelVersionId": "@modelVersion"}),
    ("hq_manager", "createCourse", "course",
     {"tenantId": "@head", "code": "k9", "title": "合规", "family": "CORE_ABILITY"}),
    ("hq_manager", "draftCourseVersion", "courseVersion",
     {"courseId": "@course", "hours": "1", "blocks": TEXT}),
    ("hq_manager", "reviseCourseDraft", "courseVersion",
     {"courseVersionId": "@courseVersion", "blocks": [*TEXT, *TEXT]}),
    ("hq_manager", "submitCourseVersion", "courseVersion", {"courseVersionId": "@courseVersion"}),
    ("compliance", "returnCourseVersion", "courseVersion",
     {"courseVersionId": "@courseVersion", "reason": "补充"}),
    ("hq_manager", "submitCourseVersion", "courseVersion", {"courseVersionId": "@courseVersion"}),
    ("compliance", "publishCourseVersion", "courseVersion",
     {"courseVersionId": "@courseVersion"}),
    ("hq_manager", "createLearningPath", "path",
     {"tenantId": "@head", "code": "p9", "title": "第一周"}),
    ("hq_manager", "draftLearningPath", "pathVersion",
     {"learningPathId": "@path", "stages": [STAGE]}),
    ("hq_manager", "publishLearningPath", "pathVersion", {"learningPathVersionId": "@pathVersion"}),
    ("supervisor", "openCohort", "cohort",
     {"tenantId": "@east", "code": "o9", "name": "九批", "startedOn": "2026-05-04",
      "personIds": ["@person"]}),
    ("supervisor", "makeLearningPlan", "plan",
     {"personId": "@person", "learningPathId": "@path", "startsOn": "2026-05-04"}),
    ("supervisor", "enrol", "own", {"personId": "@learner", "courseId": "@course"}),
    ("learner", "recordProgress", "own", {"enrolmentId": "@own", "percent": "40"}),
    ("supervisor", "withdrawEnrolment", "own", {"enrolmentId": "@own", "reason": "病假"}),
    ("founder", "reopenEnrolment", "failed", {"enrolmentId": "@failed", "reason": "返岗"}),
    ("founder", "exemptEnrolment", "failed", {"enrolmentId": "@failed", "reason": "免修"}),
    ("hq_manager", "draftCourseVersion", "next",
     {"courseId": "@course", "hours": "1", "blocks": TEXT, "changeNote": "更新"}),
    ("hq_manager", "submitCourseVersion", "next", {"courseVersionId": "@next"}),
    ("compliance", "publishCourseVersion", "next", {"courseVersionId": "@next"}),
    ("hq_manager", "retireCourseVersion", "courseVersion", {"courseVersionId": "@courseVersion"}),
    ("branch_hr", "leave", "person",
     {"personId": "@person", "leftOn": "2026-05-05", "leaveCode": "PAY", "reason": "薪酬"}),
    ("founder", "assignRole", "second",
     {"principalId": "@account of hq_manager", "role": "security_admin", "tenantId": "@head"}),
    ("security_admin", "editPolicy", "narrower",
     {"reason": "少看", "add": [
         {"role": "mentor", "object": "Person.email", "action": "read", "effect": "deny"},
     ]}),
    ("security_admin", "editPolicy", "wider", {"reason": "要用", "add": [OPENING]}),
    ("hq_manager", "rejectPolicyChange", "wider", {"policyChangeId": "@wider", "reason": "不必"}),
    ("security_admin", "editPolicy", "wider", {"reason": "再议", "add": [OPENING]}),
    ("security_admin", "withdrawPolicyChange", "wider", {"policyChangeId": "@wider"}),
    ("security_admin", "assignRole", "third",
     {"principalId": "@account of learner", "role": "branch_hr", "tenantId": "@east"}),
    ("hq_manager", "approvePolicyChange", "third", {"policyChangeId": "@third"}),
    ("security_admin", "revokeRole", "revoked", {"roleAssignmentId": "@role of onboarding"}),
    ("security_admin", "registerPrincipal", "service",
     {"tenantId": "@head", "kind": "SERVICE", "name": "报表",
      "ownerId": "@account of hq_manager"}),
    ("security_admin", "reownPrincipal", "service",
     {"principalId": "@service", "ownerId": "@account of security_admin"}),
    ("founder", "issueToken", "token",
     {"principalId": "@service", "kind": "SERVICE", "name": "夜间", "days": 30}),
    ("founder", "rotateToken", "newer", {"tokenId": "@token"}),
    ("founder", "revokeToken", "newer", {"tokenId": "@newer"}),
    ("founder", "openProcessingContract", "contract",
     {"principalId": "@account of vendor", "code": "C9", "counterparty": "远山",
      "purposes": ["TRAINING_SUPPORT"], "fields": ["Person.displayName"],
      "startsOn": "2026-05-05", "endsOn": "2026-06-05"}),
    ("founder", "endProcessingContract", "contract", {"contractId": "@contract"}),
    ("founder", "confirmReturn", "contract", {"contractId": "@contract"}),
    ("compliance", "publishPrivacyNotice", "notice",
     {"title": "告知", "body": "我们处理", "changeNote": "更新"}),
    ("mentor", "acknowledgePrivacyNotice", "receipt", {"noticeId": "@notice"}),
    ("mentor", "giveConsent", "consent", {"topic": "PUBLICATION", "noticeId": "@notice"}),
    ("mentor", "withdrawConsent", "consent", {"topic": "PUBLICATION"}),
    *(
        ("mentor", name, name, {"wish": "请处理", **more})
        for name, more in (
            ("requestAccess", {}), ("requestCopy", {}), ("requestErasure", {}),
            ("requestExplanation", {}), ("restrictProcessing", {}), ("objectToProcessing", {}),
            ("requestCorrection", {"field": "EMAIL"}),
        )
    ),
    ("mentor", "withdrawSubjectRequest", "requestErasure",
     {"subjectRequestId": "@requestErasure"}),
    *(
        (who, name, f"of {asked}", {"subjectRequestId": f"@{asked}", **more})
        for asked in ("requestAccess", "restrictProcessing")
        for who, name, more in (
            ("compliance", "reviewSubjectRequest", {}),
            ("compliance", "decideSubjectRequest", {"granted": True}),
        )
    ),
    ("compliance", "completeSubjectRequest", "done", {"subjectRequestId": "@requestAccess"}),
    ("founder", "liftRestriction", "restriction", {"restrictionId": "@restriction of mentor"}),
    ("compliance", "delayDisclosure", "delay",
     {"personId": "@learner", "principalId": "@account of branch_hr", "ground": "AUTHORITY",
      "until": "2026-06-05T00:00:00+00:00"}),
    ("compliance", "placeLegalHold", "hold", {"personId": "@learner", "ground": "AUTHORITY"}),
    ("compliance", "releaseLegalHold", "hold", {"legalHoldId": "@hold"}),
    ("recruiter", "registerCandidate", "unhired",
     {"tenantId": "@team", "staffNumber": "U1", "displayName": "未录用", "phone": "15400000099"}),
    ("compliance", "erasePerson", "erased", {"personId": "@unhired", "ground": "RETENTION_OVER"}),
)  # fmt: skip
"""Who does what, what it gives, and with what; `@` is an id of the group or of an earlier step."""
VERSIONED = "SELECT row_version AS version FROM {table} WHERE group_id = :g AND id = :id"
HEAD = "SELECT version FROM policy_head WHERE group_id = :g"
FAILED = """
SELECT id FROM enrolment WHERE group_id = :g AND state = 'FAILED'
ORDER BY tenant_id = :west, id
"""
RESTRICTED = "SELECT id FROM restriction WHERE group_id = :g AND person_id = :id ORDER BY id"
AGED = (
    "UPDATE person SET created_at = created_at - interval '1 year' WHERE group_id = :g AND id = :id"
)
ASSIGNED = "SELECT id FROM role_assignment WHERE group_id = :g AND principal_id = :id"


@dataclass
class Scenario:
    """The steps as they are done in one group, and what was answered."""

    group: Group
    known: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[Question, bytes]] = field(default_factory=list)

    async def play(self) -> None:
        """Do everything, and read how the group stands after each step."""
        self.known |= {name: self.group.tnt(name) for name in self.group.tenants}
        self.known |= {name: self.group.psn(name) for name in self.group.people}
        self.known["failed"] = external_id("enr", (await self._failed())[0].id)
        for name, account in self.group.principals.items():
            assigned = (await self.group.rows(ASSIGNED, id=account))[-1]
            self.known[f"account of {name}"] = external_id("prc", account)
            self.known[f"role of {name}"] = external_id(
                SHAPES["RoleAssignment"].prefix, assigned.id
            )
        for who, name, gives, given in STEPS:
            if who == THE_CLOCK:
                self.group.clock.on(**given)
            else:
                await self._step(who, name, gives, given)
            if (name, gives) == ("decideSubjectRequest", "of restrictProcessing"):
                self.known["restriction of mentor"] = await self._restriction("mentor")
            if gives == "unhired":
                await self._age(self.known[gives])
            if gives == "wider":
                await self._preview(who, self.known[gives])

    async def _step(self, who: str, name: str, gives: str, given: dict[str, Any]) -> None:
        verb = VERBS[name]
        whole = self._put(given)
        field_of = schema().graphql.get_type(f"{verb.title}Payload").fields[verb.noun]
        chosen = selection(schema().graphql, field_of, 2)
        document = (
            f"mutation($input: {verb.title}Input!) {{ {name}(input: $input) {{ {verb.noun} "
            f"{chosen} userErrors {{ code message path }} }} }}"
        )
        if "expectedVersion" in schema().graphql.get_type(f"{verb.title}Input").fields:
            whole["expectedVersion"] = await self._version(verb, next(iter(whole.values())))
        asked = Question(f"{name} by {who}", who, document, {"input": whole})
        answer = await answered(self.group, asked)
        self.answers.append((asked, answer))
        self.known[gives] = self._made(name, verb.noun, answer)

    async def _failed(self) -> list[Any]:
        """Enrolments that have failed; those in the branch next door come last."""
        return await self.group.rows(FAILED, west=self.group.tenants["west"])

    async def _restriction(self, who: str) -> str:
        """The restriction that somebody has been granted."""
        found = await self.group.rows(RESTRICTED, id=self.group.people[who])
        return external_id("rst", found[-1].id)

    async def _age(self, person: str) -> None:
        """Have somebody be known for longer than a candidate is kept."""
        async with self.group.installation.writer.transaction(self.group.id, None) as session:
            given = {"g": self.group.id, "id": UUID(person.partition("_")[2])}
            await session.execute(text(AGED), given)

    async def _preview(self, who: str, change: str) -> None:
        """Look at what a change would do, or why it can do nothing any more."""
        root = schema().graphql.query_type.fields["previewPolicyChange"]
        document = (
            "query($id: ID!) { previewPolicyChange(policyChangeId: $id) "
            f"{selection(schema().graphql, root, 2)} }}"
        )
        asked = Question(f"previewPolicyChange by {who}", who, document, {"id": change})
        self.answers.append((asked, await answered(self.group, asked)))

    def _made(self, name: str, noun: str, answer: bytes) -> str:
        payload = orjson.loads(answer)["data"][name]
        assert payload["userErrors"] == [], (name, payload)
        made: str = payload[noun]["id"]
        return made

    def _put(self, given: Any) -> Any:
        match given:
            case dict():
                return {name: self._put(value) for name, value in given.items()}
            case list():
                return [self._put(value) for value in given]
            case str() if given.startswith("@"):
                return self.known[given[1:]]
            case _:
                return given

    async def _version(self, verb: Verb, external: str) -> int:
        if verb.right == GRANT:
            [head] = await self.group.rows(HEAD)
            return int(head.version)
        prefix, _, digits = external.partition("_")
        [shape] = [one for one in SHAPES.values() if one.prefix == prefix]
        assert shape.entity is not None
        statement = VERSIONED.format(table=shape.entity.__tablename__)
        [row] = await self.group.rows(statement, id=UUID(digits))
        return int(row.version)
