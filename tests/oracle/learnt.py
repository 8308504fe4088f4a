"""How the people of the small group fared: plans, enrolments with their log, and cohorts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.demo.peopling import lay
from domain.kernel.work import Work
from domain.learning.models import (
    Cohort,
    CohortMember,
    Enrolment,
    EnrolmentOrigin,
    EnrolmentState,
    ItemState,
    LearningPlan,
    PlanItem,
    PlanState,
    ProgressEntry,
    ProgressSource,
    ReasonCode,
    Requirement,
)
from domain.people.models import Person
from tests.oracle.chance import Chance
from tests.oracle.taught import Taught

CLOSED = {PlanState.CANCELLED, PlanState.REJECTED}


async def furnish_learning(
    work: Work, chance: Chance, tenants: dict[str, UUID], people: list[Person], taught: Taught
) -> None:
    """Send people to what is taught, and have some of them come far."""
    for person in people:
        for version in chance.sample(taught.versions, chance.randint(0, 4)):
            _enrol(work, chance, person, version.id)
        for version in chance.sample(taught.path_versions, chance.randint(0, 2)):
            _plan(work, chance, person, version.id, taught)
    for number, at in enumerate(("head", "east", "west")):
        cohort = Cohort(
            tenant_id=tenants[at],
            code=f"batch-{number}",
            name=chance.words(),
            started_on=chance.day(),
        )
        lay(work, cohort)
        for person in chance.sample(people, (7, 4, 0)[number]):
            member = CohortMember(
                tenant_id=person.tenant_id, cohort_id=cohort.id, person_id=person.id
            )
            lay(work, member)
    await work.flush()


def _enrol(work: Work, chance: Chance, person: Person, version_id: UUID) -> None:
    enrolment = Enrolment(
        tenant_id=person.tenant_id,
        person_id=person.id,
        course_version_id=version_id,
        state=chance.choice(list(EnrolmentState)),
        origin=chance.choice(list(EnrolmentOrigin)),
        due_on=chance.day(none=0.2),
        completed_at=chance.instant(none=0.5),
        **_progress(chance),
    )
    _fold(chance, enrolment)
    lay(work, enrolment)
    enrolment.created_at = chance.instant()
    for _ in range(chance.randint(0, 3)):
        entry = ProgressEntry(
            tenant_id=person.tenant_id,
            person_id=person.id,
            enrolment_id=enrolment.id,
            recorded_at=chance.instant(),
            recorded_by=work.actor.principal_id,
            percent=chance.amount(),
            source=chance.choice(list(ProgressSource)),
            state=chance.choice(list(EnrolmentState)),
        )
        lay(work, entry)


def _plan(work: Work, chance: Chance, person: Person, version_id: UUID, taught: Taught) -> None:
    state = chance.choice(list(PlanState))
    plan = LearningPlan(
        tenant_id=person.tenant_id,
        person_id=person.id,
        path_version_id=version_id,
        state=state,
        revision=chance.randint(1, 2),
        starts_on=chance.day(),
        due_on=chance.day(),
        completed_at=chance.instant(none=0.4),
        closed_at=chance.instant() if state in CLOSED else None,
        **_progress(chance),
    )
    _fold(chance, plan)
    lay(work, plan)
    plan.created_at = chance.instant()
    for revision in range(1, plan.revision + 1):
        for position in range(chance.randint(0, 3)):
            lay(work, _item(chance, plan, revision, position, taught))


def _item(
    chance: Chance, plan: LearningPlan, revision: int, position: int, taught: Taught
) -> PlanItem:
    course = chance.choice(taught.versions).id if chance.likely(0.5) else None
    item = PlanItem(
        tenant_id=plan.tenant_id,
        person_id=plan.person_id,
        plan_id=plan.id,
        revision=revision,
        position=position,
        requirement=chance.choice(list(Requirement)),
        course_version_id=course,
        activity_id=None if course else chance.choice(taught.activities).id,
        state=chance.choice(list(ItemState)),
        due_on=chance.day(none=0.3),
        reason_code=chance.choice(list(ReasonCode)),
        reason_note=chance.words(none=0.4),
        **_progress(chance),
    )
    _fold(chance, item)
    return item


def _progress(chance: Chance) -> dict[str, Any]:
    return {"percent": chance.amount(), "pass_mark": chance.amount(none=0.3)}


def _fold(chance: Chance, row: Enrolment | LearningPlan | PlanItem) -> None:
    row.passed = chance.some(True, False, none=0.3)
    row.best_score = chance.amount(none=0.3)
    row.progress_source = chance.some(*ProgressSource, none=0.3)
    row.seconds_spent = chance.randint(0, 3)
    row.last_activity_at = chance.instant(none=0.3)
