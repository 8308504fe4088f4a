"""A group as large as fifty: what plans, indexes and benchmarks are held against.

Rows are made in Python, sealed like any other, and come in by COPY. Row-level security takes no
COPY, so they are copied into a table of the transaction and put behind the wall from there; that
needs the owner's right to make temporary tables, and the wall binds the owner too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from sqlalchemy import Table

from domain.content.models import CourseVersion
from domain.kernel.editions import VersionStatus
from domain.kernel.models import NameGram
from domain.kernel.naming import grams, sort_key
from domain.kernel.traits import traits_of
from domain.learning.models import (
    Enrolment,
    EnrolmentOrigin,
    EnrolmentState,
    ProgressEntry,
    ProgressSource,
)
from domain.organisation.models import JobRole, Tenant, TenantKind
from domain.people.models import Employment, Person, Placement, Stage
from domain.privacy.container import Key, Place, new_key
from domain.privacy.keyring import wrap_subject_key
from domain.privacy.models import KeyUse, WindowKey
from domain.privacy.sealed import Sealed
from domain.privacy.sealing import seal_cell
from domain.privacy.vault import keep_boxes
from runtime.unit import perform

from .identities import Identity, identity
from .peopling import SHANGHAI, lay

if TYPE_CHECKING:
    from asyncpg import Connection

    from authz.actor import Actor
    from domain.kernel.entity import GroupEntity
    from domain.kernel.work import Work
    from runtime.installation import Installation
    from runtime.progress import Tell

GROUPS: Final = 50
REGIONS, BRANCHES = 2, 4
PEOPLE: Final = 100  # in each branch
COURSES: Final = 5  # for each person
FIRST_NUMBER: Final = 10_000
SEALED: Final = ("phone", "national_id", "email", "address", "bank_account", "born_on")
PASS_MARK: Final = Decimal(80)
UNDER_WAY: Final = 0.1  # of all enrolments


@dataclass(slots=True)
class Batch:
    """Rows on their way, by entity; and keys on their way into the vault."""

    rows: defaultdict[type[GroupEntity], list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    boxes: list[tuple[UUID, bytes, bytes]] = field(default_factory=list)

    def add(self, work: Work, entity: type[GroupEntity], **values: Any) -> UUID:
        """Add a row as of now; what is not told is as the column has it."""
        row_id: UUID = values.pop("id", None) or work.new_id()
        whole = {"group_id": work.actor.group_id, "id": row_id, "row_version": 1}
        self.rows[entity].append({"created_at": work.now, **whole, **values})
        return row_id

    async def write(self, connection: Connection) -> None:
        """Copy all rows in, table by table, those first that others refer to."""
        for entity, rows in self.rows.items():
            await _copy(connection, cast("Table", entity.__table__), rows)
        subjects, kids, wrapped = zip(*self.boxes, strict=True)
        await keep_boxes(connection, subjects, kids, wrapped)
        self.rows.clear()
        self.boxes.clear()


async def load_large(installation: Installation, actor: Actor, *, tell: Tell) -> None:
    """Load twenty thousand people with their learning, unless they are there."""
    chance = Random(GROUPS)
    async with perform(installation, actor) as work:
        if await work.row(Tenant, Tenant.code == "wide-1"):
            tell("the large group is there")
            return
        branches = _tenants(work)
        await work.flush()
        work.policy_changed()
        connection = work.store.driver
        group_key = await installation.keyring.of_group(work.session, actor.group_id)
        role = (await work.rows(JobRole, JobRole.code == "phone-collector"))[0]
        versions = await work.rows(CourseVersion, CourseVersion.status == VersionStatus.PUBLISHED)
        batch = Batch()
        for number, branch in enumerate(branches):
            _people(work, batch, branch, role.id, versions, group_key, chance, number * PEOPLE)
            if number % 10 == 9:  # noqa: PLR2004 - a thousand people at a time
                await batch.write(connection)
                tell(f"demo: {(number + 1) * PEOPLE} of {len(branches) * PEOPLE} people")


def _tenants(work: Work) -> list[UUID]:
    """Make the regions and branches of fifty groups below the one."""
    root, branches = work.actor.group_id, []
    for number in range(1, GROUPS * REGIONS + 1):
        region = _tenant(work, root, TenantKind.REGION, f"wide-{number}", "/hq/", f"大区{number}")
        for at in range(1, BRANCHES // REGIONS + 1):
            code = f"branch-{number}-{at}"
            path = f"/hq/wide-{number}/"
            name = f"分公司{number}-{at}"
            branches.append(_tenant(work, region, TenantKind.BRANCH, code, path, name))
    return branches


def _tenant(work: Work, parent: UUID, kind: TenantKind, code: str, above: str, name: str) -> UUID:
    tenant = Tenant(
        tenant_id=parent,
        parent_id=parent,
        kind=kind,
        code=code,
        name=name,
        path=f"{above}{code}/",
        data_region="CN",
    )
    lay(work, tenant)
    return tenant.id


def _people(
    work: Work,
    batch: Batch,
    branch: UUID,
    role: UUID,
    versions: list[CourseVersion],
    group_key: Key,
    chance: Random,
    first: int,
) -> None:
    for number in range(FIRST_NUMBER + first, FIRST_NUMBER + first + PEOPLE):
        person = work.new_id()
        who = identity(chance, number)
        _person(work, batch, branch, role, person, who, number, group_key)
        for version in chance.sample(versions, COURSES):
            _learning(work, batch, branch, person, version, chance)


def _person(
    work: Work,
    batch: Batch,
    branch: UUID,
    role: UUID,
    person: UUID,
    who: Identity,
    number: int,
    group_key: Key,
) -> None:
    hired = (work.now - timedelta(days=200)).astimezone(SHANGHAI).date()
    batch.add(
        work,
        Person,
        id=person,
        tenant_id=branch,
        staff_number=f"W{number:06}",
        stage=Stage.INDEPENDENT.value,
        display_name=who.name,
        sort_key=sort_key(who.name),
        job_role_id=role,
        hired_on=hired,
        **dict(_sealed(work, batch, branch, person, who, group_key)),
    )
    employment = batch.add(work, Employment, tenant_id=branch, person_id=person, hired_on=hired)
    batch.add(
        work,
        Placement,
        tenant_id=branch,
        person_id=person,
        employment_id=employment,
        at_tenant_id=branch,
        job_role_id=role,
        starts_on=hired,
    )
    for gram in sorted(grams(who.name)):
        batch.add(work, NameGram, tenant_id=branch, kind="person", row_id=person, gram=gram)


def _sealed(
    work: Work, batch: Batch, branch: UUID, person: UUID, who: Identity, group_key: Key
) -> Iterator[tuple[str, bytes]]:
    """Seal the cells of a person under keys of their own, which come in with them."""
    group_id = work.actor.group_id
    keys = {use: new_key(group_key.algorithm) for use in KeyUse}
    wrapped = {
        use: wrap_subject_key(group_key, key, group_id=group_id, subject=person, use=use)
        for use, key in keys.items()
    }
    batch.boxes.append((person, keys[KeyUse.BOX].kid, wrapped[KeyUse.BOX]))
    batch.add(
        work,
        WindowKey,
        tenant_id=branch,
        subject_id=person,
        kid=keys[KeyUse.WINDOW].kid,
        wrapped=wrapped[KeyUse.WINDOW],
    )
    for name in SEALED:
        cell = Sealed.of(getattr(who, name))
        place = Place(
            group=work.actor.group_id, table="person", column=name, row=person, subject=person
        )
        traits = traits_of(Person, cast("Table", Person.__table__).columns[name])
        seal_cell(cell, traits, place, window=keys[KeyUse.WINDOW], box=keys[KeyUse.BOX])
        assert cell.container is not None
        yield name, cell.container


def _learning(
    work: Work,
    batch: Batch,
    branch: UUID,
    person: UUID,
    version: CourseVersion,
    chance: Random,
) -> None:
    """Put a person on a course, with the lines of the log and their fold."""
    began = work.now - timedelta(days=chance.randint(20, 180), minutes=chance.randint(0, 600))
    enrolment = work.new_id()
    begun = {
        "recorded_at": began,
        "percent": Decimal(50),
        "seconds": 1800,
        "source": ProgressSource.LEARNER.value,
        "state": EnrolmentState.IN_PROGRESS.value,
    }
    ended = None if chance.random() < UNDER_WAY else _end(began, chance)
    about = {"tenant_id": branch, "person_id": person}
    batch.add(
        work,
        Enrolment,
        id=enrolment,
        **about,
        course_version_id=version.id,
        origin=EnrolmentOrigin.PUSH.value,
        due_on=(began + timedelta(days=14)).date(),
        pass_mark=PASS_MARK,
        created_at=began,
        **_folded(begun, ended),
    )
    line = {**about, "enrolment_id": enrolment, "recorded_by": work.actor.principal_id}
    for said in (begun, ended):
        if said is not None:
            batch.add(work, ProgressEntry, **line, **said)


def _end(began: datetime, chance: Random) -> dict[str, Any]:
    """Make the last line of a log: graded, and passed or not."""
    score = Decimal(chance.randint(100, 200)) / 2
    state = EnrolmentState.COMPLETED if score >= PASS_MARK else EnrolmentState.FAILED
    return {
        "recorded_at": began + timedelta(days=chance.randint(1, 15)),
        "percent": Decimal(100),
        "seconds": 1200,
        "score": score,
        "source": ProgressSource.AUTOMATION.value,
        "source_name": "在线考试系统",
        "state": state.value,
    }


def _folded(begun: dict[str, Any], ended: dict[str, Any] | None) -> dict[str, Any]:
    """Say how far an enrolment is by its lines."""
    last = ended or begun
    passed = None if ended is None else ended["score"] >= PASS_MARK
    return {
        "state": last["state"],
        "completed_at": last["recorded_at"] if passed else None,
        "percent": last["percent"],
        "passed": passed,
        "best_score": last.get("score"),
        "progress_source": last["source"],
        "seconds_spent": sum(one["seconds"] for one in (begun, ended) if one is not None),
        "last_activity_at": last["recorded_at"],
    }


async def _copy(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    staged = f"staged_{table.name}"
    await connection.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {staged} (LIKE {table.name}) ON COMMIT DROP"
    )
    records = [tuple(row.get(name) for name in names) for row in rows]
    await connection.copy_records_to_table(staged, records=records, columns=names)
    listed = ", ".join(names)
    await connection.execute(
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {staged}"  # noqa: S608
    )
    await connection.execute(f"TRUNCATE {staged}")
