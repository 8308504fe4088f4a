"""Plans, enrolments and their logs: every figure shown is folded from lines, as in real life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.content.models import CourseFamily, CourseVersion
from domain.learning.fold import EVERYTHING, fold, state_after
from domain.learning.follow import share_done, take_over
from domain.learning.log import show
from domain.learning.make_learning_plan import REASONS
from domain.learning.models import (
    Cohort,
    CohortMember,
    Enrolment,
    EnrolmentOrigin,
    EnrolmentState,
    ItemState,
    LearningPlan,
    PathItem,
    PathStage,
    PlanItem,
    PlanState,
    ProgressEntry,
    ProgressSource,
    Requirement,
)
from domain.learning.states import ITEM_OF

from .founding import Founded, acting
from .history import EXAMS, STAYED, Pace, Programme, Told, lines, pace, single
from .peopling import SHANGHAI, Settled, lay
from .world import Course

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.people.models import Person

PASS_MARK: Final = Decimal(80)
DUE_AFTER: Final = 14  # days, for what is learned apart from a plan


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a path with its stage."""

    stage: PathStage
    item: PathItem


@dataclass(slots=True)
class Library:
    """What paths ask for, read once: their items, and what is taught by course."""

    asked: dict[str, list[Asked]]
    taught: dict[UUID, CourseVersion]
    families: dict[UUID, CourseFamily]

    @classmethod
    async def of(cls, work: Work, group: Founded) -> Library:
        """Read the paths of the group."""
        asked = {code: await _asked(work, version.id) for code, version in group.paths.items()}
        latest = dict(sorted(group.versions))
        taught = {
            group.courses[code].id: group.versions[code, number] for code, number in latest.items()
        }
        families = {course.id: course.family for course in group.courses.values()}
        return cls(asked, taught, families)


async def _asked(work: Work, version_id: UUID) -> list[Asked]:
    stages = await work.rows(
        PathStage, PathStage.version_id == version_id, order_by=(PathStage.position,)
    )
    return [
        Asked(stage, item)
        for stage in stages
        for item in await work.rows(
            PathItem, PathItem.stage_id == stage.id, order_by=(PathItem.position,)
        )
    ]


async def tell_learning(
    work: Work, group: Founded, settled: Sequence[Settled], chance: Random
) -> None:
    """Tell how everybody's learning went."""
    library = await Library.of(work, group)
    for one in settled:
        if one.plan is not None:
            _plan(work, group, library, one, one.plan, chance)
        _apart(work, group, one, chance)
    await work.flush()


def _plan(
    work: Work,
    group: Founded,
    library: Library,
    one: Settled,
    followed: Programme,
    chance: Random,
) -> None:
    asked, person = library.asked[followed.path], one.person
    start = _day(group, followed.began)
    with acting(work, at=group.ago(followed.began)):
        plan = LearningPlan(
            tenant_id=person.tenant_id,
            person_id=person.id,
            path_version_id=group.paths[followed.path].id,
            starts_on=start,
            due_on=_due(start, asked[-1].stage),
        )
        lay(work, plan)
        items = _items(work, group, library, one, followed, plan, chance)
        _close(group, one, followed, plan, items, asked)


def _items(
    work: Work,
    group: Founded,
    library: Library,
    one: Settled,
    followed: Programme,
    plan: LearningPlan,
    chance: Random,
) -> list[PlanItem]:
    items: list[PlanItem] = []
    first_compliance = True
    chosen = _chosen(library.asked[followed.path], chance)
    for position, asked in enumerate(library.asked[followed.path], start=1):
        item = _item(plan, asked, position, library)
        lay(work, item)
        items.append(item)
        mandatory = item.requirement is Requirement.MANDATORY
        if asked.item.course_id is not None and (mandatory or asked.item.id in chosen):
            compliance = library.families[asked.item.course_id] is CourseFamily.COMPLIANCE
            going = pace(
                chance,
                one.somebody.course,
                followed,
                compliance=compliance,
                first=first_compliance and compliance,
            )
            first_compliance = first_compliance and not compliance
            _enrol_item(work, group, one, item, going, chance)
        elif followed.ended is not None and mandatory:
            item.state, item.passed, item.percent = ItemState.PASSED, True, EVERYTHING
    return items


def _chosen(asked: Iterable[Asked], chance: Random) -> set[UUID]:
    """Choose as many electives of each stage as its quota asks for."""
    offered: dict[UUID, list[UUID]] = {}
    quotas: dict[UUID, int] = {}
    for one in asked:
        quotas[one.stage.id] = one.stage.elective_quota
        if one.item.requirement is Requirement.ELECTIVE and one.item.course_id:
            offered.setdefault(one.stage.id, []).append(one.item.id)
    return {
        item for stage, items in offered.items() for item in chance.sample(items, quotas[stage])
    }


def _item(plan: LearningPlan, asked: Asked, position: int, library: Library) -> PlanItem:
    course = asked.item.course_id
    mandatory = asked.item.requirement is Requirement.MANDATORY
    return PlanItem(
        tenant_id=plan.tenant_id,
        person_id=plan.person_id,
        plan_id=plan.id,
        stage_id=asked.stage.id,
        position=position,
        requirement=asked.item.requirement,
        course_version_id=library.taught[course].id if course else None,
        activity_id=asked.item.activity_id,
        due_on=_due(plan.starts_on, asked.stage),
        pass_mark=asked.item.pass_mark or (PASS_MARK if mandatory and course else None),
        reason_code=REASONS[asked.item.requirement],
    )


def _enrol_item(
    work: Work, group: Founded, one: Settled, item: PlanItem, going: Pace, chance: Random
) -> None:
    enrolment = Enrolment(
        tenant_id=item.tenant_id,
        person_id=item.person_id,
        course_version_id=item.course_version_id,  # type: ignore[arg-type]
        origin=EnrolmentOrigin.PLAN,
        due_on=item.due_on,
        pass_mark=item.pass_mark,
    )
    lay(work, enrolment)
    told = list(lines(chance, going, marked=enrolment.pass_mark is not None))
    _log(work, group, one.person, enrolment, told)
    if one.somebody.course is Course.GONE:
        _withdraw(work, group, enrolment, going.began - STAYED)
    item.enrolment_id = enrolment.id
    item.state = ITEM_OF[enrolment.state]
    take_over(item, enrolment)


def _log(
    work: Work, group: Founded, person: Person, enrolment: Enrolment, told: Iterable[Told]
) -> None:
    """Add the lines one by one, each with the state that the rules give it."""
    entries: list[ProgressEntry] = []
    for line in told:
        with acting(work, at=group.ago(line.ago)):
            entry = _entry(work, person, enrolment, line)
            entries.append(entry)
            folded = fold(entries, pass_mark=enrolment.pass_mark)
            if not line.reopens:
                entry.state = state_after(enrolment.state, folded, pass_mark=enrolment.pass_mark)
            enrolment.state = entry.state
            if entry.state is EnrolmentState.COMPLETED:
                enrolment.completed_at = work.now
    show(enrolment, fold(entries, pass_mark=enrolment.pass_mark))


def _entry(work: Work, person: Person, enrolment: Enrolment, line: Told) -> ProgressEntry:
    entry = ProgressEntry(
        tenant_id=person.tenant_id,
        person_id=person.id,
        enrolment_id=enrolment.id,
        recorded_at=work.now,
        recorded_by=work.actor.principal_id,
        percent=line.percent,
        seconds=line.seconds,
        score=line.score,
        source=line.source,
        source_name=EXAMS if line.source is ProgressSource.AUTOMATION else None,
        state=EnrolmentState.REOPENED if line.reopens else EnrolmentState.IN_PROGRESS,
    )
    lay(work, entry)
    return entry


def _withdraw(work: Work, group: Founded, enrolment: Enrolment, ago: int) -> None:
    with acting(work, at=group.ago(ago)):
        lay(
            work,
            ProgressEntry(
                tenant_id=enrolment.tenant_id,
                person_id=enrolment.person_id,
                enrolment_id=enrolment.id,
                recorded_at=work.now,
                recorded_by=work.actor.principal_id,
                percent=enrolment.percent,
                source=ProgressSource.STAFF,
                state=EnrolmentState.WITHDRAWN,
            ),
        )
    enrolment.state = EnrolmentState.WITHDRAWN


def _close(
    group: Founded,
    one: Settled,
    followed: Programme,
    plan: LearningPlan,
    items: Sequence[PlanItem],
    asked: Sequence[Asked],
) -> None:
    quotas = {each.stage.id: each.stage.elective_quota for each in asked}
    plan.percent = share_done(items, quotas)
    plan.seconds_spent = sum(item.seconds_spent for item in items)
    plan.last_activity_at = max(
        (item.last_activity_at for item in items if item.last_activity_at), default=None
    )
    if followed.ended is not None:
        assert plan.percent == EVERYTHING, "a programme that has ended lacks nothing"
        plan.state, plan.passed = PlanState.COMPLETED, True
        plan.completed_at = group.ago(followed.ended)
    if one.somebody.course is Course.GONE:
        plan.state = PlanState.CANCELLED
        plan.closed_at = group.ago(followed.began - STAYED)


def _apart(work: Work, group: Founded, one: Settled, chance: Random) -> None:
    """Tell what somebody learned apart from a plan: the two editions of C33."""
    told = single(chance, one.somebody.course)
    if told is None:
        return
    number, origin, going = told
    with acting(work, at=group.ago(going.began)):
        enrolment = Enrolment(
            tenant_id=one.person.tenant_id,
            person_id=one.person.id,
            course_version_id=group.versions["flow-simulation", number].id,
            origin=origin,
            due_on=_day(group, going.began - DUE_AFTER),
            pass_mark=PASS_MARK,
        )
        lay(work, enrolment)
    _log(work, group, one.person, enrolment, list(lines(chance, going, marked=True)))


async def open_cohorts(work: Work, group: Founded, settled: Sequence[Settled]) -> None:
    """Put those who began together into cohorts."""
    batches = {
        ("haihe", "spring"): ("春季班", {Course.MASTERED, Course.CAUGHT_UP}, 178),
        ("haihe", "now"): ("本期新人", {Course.BEGINNER}, 2),
        ("yanshan", "spring"): (
            "春季班",
            {Course.PROGRAMME_EARLY, Course.PROGRAMME_LATE, Course.PROGRAMME_OPEN},
            178,
        ),
        ("yanshan", "now"): ("本期新人", {Course.BEGINNER}, 2),
    }
    for (branch, season), (name, courses, ago) in batches.items():
        with acting(work, at=group.ago(ago)):
            cohort = Cohort(
                tenant_id=group.tenants[branch],
                code=f"{branch}-{season}",
                name=name,
                started_on=_day(group, ago),
            )
            lay(work, cohort)
            for one in settled:
                if one.somebody.at == branch and one.somebody.course in courses:
                    lay(
                        work,
                        CohortMember(
                            tenant_id=one.person.tenant_id,
                            cohort_id=cohort.id,
                            person_id=one.person.id,
                        ),
                    )
    await work.flush()


def _due(start: date, stage: PathStage) -> date:
    return start + timedelta(days=stage.to_day - 1)


def _day(group: Founded, ago: int) -> date:
    return group.ago(ago).astimezone(SHANGHAI).date()
