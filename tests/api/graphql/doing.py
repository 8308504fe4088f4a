"""Every verb with an input that somebody could send: what it takes is there beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from domain.access.end_processing_contract import (
    EndProcessingContract,
    end_processing_contract,
)
from domain.access.open_processing_contract import open_processing_contract
from domain.content.draft_course_version import DraftCourseVersion, draft_course_version
from domain.content.publish_course_version import PublishCourseVersion, publish_course_version
from domain.content.submit_course_version import SubmitCourseVersion, submit_course_version
from domain.kernel.ids import external_id
from domain.learning.draft_learning_path import DraftLearningPath, draft_learning_path
from domain.learning.enrol import Enrol, enrol
from domain.learning.record_progress import RecordProgress, record_progress
from domain.people.hire import Hire, hire
from domain.people.register_candidate import RegisterCandidate, register_candidate
from domain.privacy.consent import ConsentTopic
from domain.privacy.holds import HoldGround
from domain.privacy.place_legal_hold import PlaceLegalHold, place_legal_hold
from domain.privacy.request_models import RequestKind
from tests.domain.access import editing, entrusting
from tests.domain.catalogue import BLOCKS, drafted, mandatory, path_of, stage, taught
from tests.domain.competencies.test_models import COMPLIANCE, draft, model
from tests.domain.privacy.asking import asks, grants, reviews
from tests.domain.privacy.telling import consents, told
from tests.people import TODAY

INDICATOR = {
    "code": "i1", "statement": "守得住规矩", "weight": "1", "source": "访谈:某主管",
    "measure": {
        "evidence": "TEST_SCORE", "comparator": "AT_LEAST", "threshold": "80", "unit": "分",
    },
}  # fmt: skip
COMPETENCY = {
    "code": "compliance", "name": "合规意识", "definition": "知道可以做什么",
    "levels": [{"name": "不合格", "cutPoint": "0"}, {"name": "合格", "cutPoint": "80"}],
    "indicators": [INDICATOR],
}  # fmt: skip
BY = {
    "approvePolicyChange": "sven", "rejectPolicyChange": "sven", "withdrawPolicyChange": "sage",
    "acknowledgePrivacyNotice": "ada", "giveConsent": "ada", "withdrawConsent": "ada",
    "requestAccess": "ada", "requestCopy": "ada", "requestCorrection": "ada",
    "requestErasure": "ada", "requestExplanation": "ada", "restrictProcessing": "ada",
    "objectToProcessing": "ada",
}  # fmt: skip
"""Who does what takes somebody in particular; the founder does all else."""
SEALED = "onboarding @pi.identity read subtree"
BLOCK = {"kind": "CASE", "title": "想", "minutes": 10, "body": "案例", "task": "分析"}


@dataclass(frozen=True)
class Stage:
    """Rows of a group that verbs are done to, by what they are, as (prefix, table, id)."""

    group: Any
    rows: dict[str, tuple[str, str, Any]]

    def id(self, name: str) -> str:
        prefix, _, row_id = self.rows[name]
        return external_id(prefix, row_id)

    async def lock(self, name: str) -> int:
        """The version that a row is of now."""
        _, table, row_id = self.rows[name]
        [(version,)] = await self.group.rows(
            f"SELECT row_version FROM {table} WHERE group_id = :g AND id = :i", i=row_id
        )
        return version


async def set_stage(group) -> Stage:
    """Have one row of each kind in the state from which a verb goes on."""
    law, failed = await taught(group, "law"), await taught(group, "failed")
    submitted = await drafted(group, "submitted")
    await group.do(
        "hugo",
        submit_course_version,
        SubmitCourseVersion(course_version_id=submitted.id, expected_version=submitted.row_version),
    )
    new = await drafted(group, "new")
    series = await model(group)
    model_draft = await draft(group, series, COMPLIANCE)
    week = stage(mandatory(law.course_id))
    path = await path_of(group, week)
    path_draft = await group.do(
        "hugo", draft_learning_path, DraftLearningPath(learning_path_id=path.id, stages=(week,))
    )
    enrolments = [await _enrolled(group, one) for one in (law, failed)]
    await _failed(group, enrolments[1])
    free = await taught(group, "free")
    await _replaced(group, free)
    await editing.admitted(group, "sven", "security_admin")
    change = await editing.edited(
        group, "sage", editing.draft(SEALED)
    )  # a second person has to approve it
    [held] = await group.rows(
        "SELECT id FROM role_assignment WHERE group_id = :g AND principal_id = :p",
        p=group.principals["ada"],
    )
    return Stage(
        group,
        {
            "head": ("tnt", "tenant", group.tenants["head"]),
            "north": ("tnt", "tenant", group.tenants["north"]),
            "east": ("tnt", "tenant", group.tenants["east"]),
            "west": ("tnt", "tenant", group.tenants["west"]),
            "ada": ("psn", "person", group.people["ada"]),
            "walt": ("psn", "person", group.people["walt"]),
            "mary": ("psn", "person", group.people["mary"]),
            "eve": ("psn", "person", group.people["eve"]),
            "candidate": ("psn", "person", await _candidate(group, "X1")),
            "awaited": ("psn", "person", await _awaited(group)),
            "job": ("jrl", "job_role", group.collector),
            "model": ("cmp", "competency_model", series.id),
            "model draft": ("cmv", "competency_model_version", model_draft.id),
            "course": ("crs", "course", law.course_id),
            "free course": ("crs", "course", free.course_id),
            "replaced": ("crv", "course_version", free.id),
            "draft": ("crv", "course_version", new.id),
            "submitted": ("crv", "course_version", submitted.id),
            "path": ("lpt", "learning_path", path.id),
            "path draft": ("lpv", "learning_path_version", path_draft.id),
            "enrolment": ("enr", "enrolment", enrolments[0].id),
            "failed": ("enr", "enrolment", enrolments[1].id),
            "change": ("pch", "policy_change", change.id),
            "role": ("ras", "role_assignment", held.id),
            "walt's account": ("prc", "principal", group.principals["walt"]),
            "hugo's account": ("prc", "principal", group.principals["hugo"]),
            "service": ("prc", "principal", group.principals["axel"]),
            "vendor": ("prc", "principal", group.principals["vera"]),
            "token": ("tok", "token", group.tokens["axel"].token_id),
            "contract": ("con", "processing_contract", await _contract(group, "C1")),
            "ended": ("con", "processing_contract", await _ended(group, "C2")),
            "notice": ("pvn", "privacy_notice", await _notice(group)),
            "unhired": ("psn", "person", await unhired(group, "X3")),
            "hold": ("lgh", "legal_hold", await _hold(group)),
            **await _requests(group),
        },
    )


async def inputs(stage: Stage) -> dict[str, dict[str, Any]]:
    """An input for each verb, by the name of its mutation."""
    row = stage.id
    locked = {name: {"expectedVersion": await stage.lock(name)} for name in stage.rows}
    person = {name: {"personId": row(name), **locked[name]} for name in ("ada", "walt")}
    version = {
        name: {"courseVersionId": row(name), **locked[name]}
        for name in ("draft", "submitted", "replaced")
    }
    policy = {"expectedVersion": await editing.version(stage.group)}
    reason = {"reason": "有缘由"}
    wish = {"wish": "请处理"}
    request = {name: {"subjectRequestId": row(name)} for name in ("asked", "reviewed", "granted")}
    day = TODAY.isoformat()
    return {
        "openTenant": {"parentId": row("east"), "kind": "TEAM", "code": "t1", "name": "一队"},
        "moveTenant": {"tenantId": row("east"), "parentId": row("head"), **locked["east"]},
        "setThreshold": {"tenantId": row("east"), "metric": "PASS_MARK", "value": "90"},
        "defineJobRole": {"tenantId": row("head"), "code": "j2", "title": "质检员"},
        "registerCandidate": {"tenantId": row("east"), "staffNumber": "N1", "displayName": "甲"},
        "correctPerson": {**person["ada"], "displayName": "欧阳艾达二"},
        "hire": {"personId": row("candidate"), **locked["candidate"], "hiredOn": day},
        "startTraining": {"personId": row("awaited"), **locked["awaited"]},
        "move": {**person["walt"], "tenantId": row("east")},
        "leave": {**person["walt"], "leaveCode": "PAY", "leftOn": day},
        "assignMentor": {**person["walt"], "mentorId": row("eve")},
        "assignSupervisor": {**person["walt"], "supervisorId": row("eve")},
        "createCompetencyModel": {"tenantId": row("head"), "code": "m2", "name": "模型二"},
        "draftCompetencyModel": {"competencyModelId": row("model"), "competencies": [COMPETENCY]},
        "publishCompetencyModel": {
            "competencyModelVersionId": row("model draft"), **locked["model draft"],
        },
        "createCourse": {
            "tenantId": row("head"), "code": "c2", "title": "课程二", "family": "CULTURE",
        },
        "draftCourseVersion": {"courseId": row("free course"), "hours": "1", "blocks": [BLOCK],
            "changeNote": "更新案例",
        },
        "reviseCourseDraft": {**version["draft"], "blocks": [BLOCK]},
        "submitCourseVersion": version["draft"],
        "returnCourseVersion": {**version["submitted"], **reason},
        "publishCourseVersion": version["submitted"],
        "retireCourseVersion": version["replaced"],
        "createLearningPath": {"tenantId": row("head"), "code": "p2", "title": "路径二"},
        "draftLearningPath": {
            "learningPathId": row("path"),
            "stages": [{"title": "第一周", "fromDay": 1, "toDay": 7, "items": [
                {"activityId": row("course"), "requirement": "MANDATORY"},
            ]}],
        },
        "publishLearningPath": {
            "learningPathVersionId": row("path draft"), **locked["path draft"],
        },
        "openCohort": {"tenantId": row("east"), "code": "k1", "name": "一期", "startedOn": day},
        "makeLearningPlan": {
            "personId": row("ada"), "learningPathId": row("path"), "startsOn": day,
        },
        "enrol": {"personId": row("ada"), "courseId": row("free course")},
        "recordProgress": {
            "enrolmentId": row("enrolment"), "percent": "50", "sourceName": "考试系统",
        },
        "reopenEnrolment": {"enrolmentId": row("failed"), **locked["failed"], **reason},
        "withdrawEnrolment": {"enrolmentId": row("enrolment"), **locked["enrolment"], **reason},
        "exemptEnrolment": {"enrolmentId": row("enrolment"), **locked["enrolment"], **reason},
        "editPolicy": {
            "add": [{"role": "learner", "object": "Cohort", "action": "read"}], **policy, **reason,
        },
        "approvePolicyChange": {"policyChangeId": row("change"), **policy},
        "rejectPolicyChange": {"policyChangeId": row("change"), **reason},
        "withdrawPolicyChange": {"policyChangeId": row("change")},
        "assignRole": {
            "principalId": row("walt's account"), "role": "overseer", "tenantId": row("west"),
        },
        "revokeRole": {"roleAssignmentId": row("role")},
        "registerPrincipal": {
            "tenantId": row("head"), "kind": "SERVICE", "name": "报表",
            "ownerId": row("hugo's account"),
        },
        "reownPrincipal": {"principalId": row("service"), "ownerId": row("hugo's account")},
        "issueToken": {
            "principalId": row("service"), "kind": "SERVICE", "name": "夜间报表", "days": 30,
        },
        "rotateToken": {"tokenId": row("token")},
        "revokeToken": {"tokenId": row("token")},
        "openProcessingContract": {
            "principalId": row("vendor"), "code": "C3", "counterparty": "远山培训",
            "purposes": ["TRAINING_SUPPORT"], "fields": ["Person.displayName"],
            "startsOn": day, "endsOn": (TODAY + timedelta(days=45)).isoformat(),
        },
        "endProcessingContract": {"contractId": row("contract"), **locked["contract"]},
        "confirmReturn": {"contractId": row("ended"), **locked["ended"]},
        "publishPrivacyNotice": {"title": "告知", "body": "我们处理", "changeNote": "更新"},
        "acknowledgePrivacyNotice": {"noticeId": row("notice")},
        "giveConsent": {"topic": "THIRD_PARTY", "noticeId": row("notice")},
        "withdrawConsent": {"topic": "PUBLICATION"},
        "requestAccess": wish,
        "requestCopy": wish,
        "requestCorrection": {"field": "PHONE", **wish},
        "requestErasure": wish,
        "requestExplanation": wish,
        "restrictProcessing": wish,
        "objectToProcessing": wish,
        "withdrawSubjectRequest": request["asked"],
        "reviewSubjectRequest": request["asked"],
        "decideSubjectRequest": {**request["reviewed"], "granted": True, **locked["reviewed"]},
        "completeSubjectRequest": request["granted"],
        "liftRestriction": {"restrictionId": row("restriction")},
        "placeLegalHold": {"personId": row("ada"), "ground": "AUTHORITY"},
        "releaseLegalHold": {"legalHoldId": row("hold")},
        "erasePerson": {
            "personId": row("unhired"), "ground": "RETENTION_OVER", **locked["unhired"],
        },
        "delayDisclosure": {
            "personId": row("ada"), "principalId": row("hugo's account"), "ground": "AUTHORITY",
            "until": (stage.group.clock.now + timedelta(days=30)).isoformat(),
        },
    }  # fmt: skip


async def _contract(group, code):
    opened = entrusting.contract(group, code=code)
    return (await group.do(group.founder, open_processing_contract, opened)).id


async def _ended(group, code):
    contract_id = await _contract(group, code)
    ended = EndProcessingContract(contract_id=contract_id)
    await group.do(group.founder, end_processing_contract, ended)
    return contract_id


async def _notice(group):
    """A notice that ada has received, and under which she has consented to something."""
    notice = await told(group, "ada")
    await consents(group, "ada", notice, ConsentTopic.PUBLICATION)
    return notice.id


async def _requests(group):
    """What walt has asked for: one request in each state from which it goes on."""
    kinds = {
        "asked": RequestKind.ERASURE, "reviewed": RequestKind.OBJECTION,
        "granted": RequestKind.ACCESS, "restricted": RequestKind.RESTRICTION,
    }  # fmt: skip
    made = {name: await asks(group, "walt", kind) for name, kind in kinds.items()}
    for name in ("reviewed", "granted", "restricted"):
        await reviews(group, "cora", made[name])
    for name in ("granted", "restricted"):
        await grants(group, "cora", made[name])
    [row] = await group.rows("SELECT id FROM restriction WHERE group_id = :g")
    return {
        **{name: ("srq", "subject_request", one.id) for name, one in made.items()},
        "restriction": ("rst", "restriction", row.id),
    }


async def _enrolled(group, version):
    command = Enrol(person_id=group.people["ada"], course_id=version.course_id)
    return await group.do("grace", enrol, command)


async def _failed(group, enrolment) -> None:
    command = RecordProgress(
        enrolment_id=enrolment.id, percent=Decimal(100), score=Decimal(1), source_name="考试系统"
    )
    await group.do("axel", record_progress, command)


async def _replaced(group, version) -> None:
    """Publish another edition of a course."""
    command = DraftCourseVersion(
        course_id=version.course_id, hours=Decimal(1), blocks=BLOCKS, change_note="更新案例"
    )
    await _published(group, await group.do("hugo", draft_course_version, command))


async def _published(group, version) -> None:
    lock = {"course_version_id": version.id}
    command = SubmitCourseVersion(**lock, expected_version=version.row_version)
    version = await group.do("hugo", submit_course_version, command)
    command = PublishCourseVersion(**lock, expected_version=version.row_version)
    await group.do("cora", publish_course_version, command)


async def _candidate(group, number):
    command = RegisterCandidate(
        tenant_id=group.tenants["east"], staff_number=number, display_name="候选人"
    )
    return (await group.do("bea", register_candidate, command)).id


async def unhired(group, number):
    """A candidate of long ago, whom nobody has hired."""
    person_id = await _candidate(group, number)
    async with group.installation.writer.transaction(group.id, None) as session:
        await session.execute(
            text(
                "UPDATE person SET created_at = created_at - interval '1 year'"
                " WHERE group_id = :g AND id = :i"
            ),
            {"g": group.id, "i": person_id},
        )
    return person_id


async def _hold(group):
    command = PlaceLegalHold(person_id=group.people["eve"], ground=HoldGround.AUTHORITY)
    return (await group.do("cora", place_legal_hold, command)).id


async def _awaited(group):
    """Somebody who was hired ahead, and whose first day has come."""
    person_id = await _candidate(group, "X2")
    hired = Hire(person_id=person_id, expected_version=1, hired_on=TODAY + timedelta(days=1))
    await group.do("bea", hire, hired)
    group.clock.on(days=1)
    return person_id
