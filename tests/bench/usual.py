"""The same questions in strawberry as its users write it: typed resolvers, SQLAlchemy, DataLoaders.

It is written with care: one DataLoader for each relation, statements that batch, the view's own
ASGI class, caches of parsing and validation on. The engine and the garbage collector are as they
come. It knows of no masks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import AdaptedConnection, event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from domain.content import models as content
from domain.kernel.ids import external_id
from domain.learning import models as learning
from domain.organisation import models as organisation
from domain.people import models as people
from domain.privacy.container import Key, Place, unpack, unseal
from domain.privacy.keyring import subject_place
from domain.privacy.models import KeyUse, WindowKey
from runtime.engine import make_engine
from runtime.settings import Pooler

from .sessions import Session, Sessions, environment


class Loaders:
    """The DataLoaders of one request."""

    def __init__(self, engine: AsyncEngine, session: Session, sessions: Sessions) -> None:
        self.engine, self.session, self.sessions = engine, session, sessions
        self.tenant = self._by_id(organisation.Tenant)
        self.job_role = self._by_id(organisation.JobRole)
        self.person = self._by_id(people.Person)
        self.course = self._by_id(content.Course)
        self.course_version = self._by_id(content.CourseVersion)
        self.enrolments: DataLoader[tuple[UUID, int], list[Any]] = DataLoader(self._enrolments)
        self.enrolment_count: DataLoader[UUID, int] = DataLoader(self._counted)
        self.key: DataLoader[UUID, Key] = DataLoader(self._keys)

    def _by_id(self, entity: Any) -> DataLoader[UUID, Any]:
        async def load(ids: list[UUID]) -> list[Any]:
            rows = await self.all(
                select(entity).where(entity.group_id == self.session.group, entity.id.in_(set(ids)))
            )
            found = {row.id: row for row in rows}
            return [found.get(one) for one in ids]

        return DataLoader(load)

    async def all(self, statement: Any) -> Sequence[Any]:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            return (await session.scalars(statement)).all()

    async def _enrolments(self, keys: list[tuple[UUID, int]]) -> list[list[Any]]:
        entity = learning.Enrolment
        rows = await self.all(
            select(entity)
            .where(
                entity.group_id == self.session.group,
                entity.person_id.in_({person for person, _ in keys}),
            )
            .order_by(entity.id)
        )
        held = defaultdict(list)
        for row in rows:
            held[row.person_id].append(row)
        return [held[person][:first] for person, first in keys]

    async def _counted(self, ids: list[UUID]) -> list[int]:
        entity = learning.Enrolment
        async with AsyncSession(self.engine) as session:
            rows = await session.execute(
                select(entity.person_id, func.count())
                .where(entity.group_id == self.session.group, entity.person_id.in_(ids))
                .group_by(entity.person_id)
            )
            found = dict(rows.tuples().all())
        return [found.get(one, 0) for one in ids]

    async def _keys(self, ids: list[UUID]) -> list[Key]:
        group = self.session.group
        rows = await self.all(
            select(WindowKey).where(WindowKey.group_id == group, WindowKey.subject_id.in_(ids))
        )
        found = {
            row.subject_id: Key(
                row.kid,
                unseal(
                    self.sessions.key,
                    row.wrapped,
                    place=subject_place(group, row.subject_id),
                    label=KeyUse.WINDOW.value,
                ),
            )
            for row in rows
        }
        return [found[one] for one in ids]


Info = strawberry.Info[Loaders, None]


@strawberry.type
class Course:
    code: str
    title: str
    family: str


@strawberry.type
class CourseVersion:
    number: int
    row: strawberry.Private[Any]

    @strawberry.field
    async def course(self, info: Info) -> Course:
        row = await info.context.course.load(self.row.course_id)
        return Course(code=row.code, title=row.title, family=row.family.value)


@strawberry.type
class Progress:
    percent: str
    best_score: str | None
    passed: bool | None


@strawberry.type
class Enrolment:
    id: strawberry.ID
    state: str
    row: strawberry.Private[Any]

    @strawberry.field
    def progress(self) -> Progress:
        best = self.row.best_score
        return Progress(
            percent=str(self.row.percent),
            best_score=None if best is None else str(best),
            passed=self.row.passed,
        )

    @strawberry.field
    async def course_version(self, info: Info) -> CourseVersion:
        row = await info.context.course_version.load(self.row.course_version_id)
        return CourseVersion(number=row.number, row=row)


@strawberry.type
class EnrolmentConnection:
    person: strawberry.Private[UUID]
    first: strawberry.Private[int]

    @strawberry.field
    async def nodes(self, info: Info) -> list[Enrolment]:
        rows = await info.context.enrolments.load((self.person, self.first))
        return [
            Enrolment(id=external_id("enr", row.id), state=row.state.value, row=row) for row in rows
        ]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        return await info.context.enrolment_count.load(self.person)


@strawberry.type
class JobRole:
    code: str
    title: str


@strawberry.type
class SensitiveText:
    row: strawberry.Private[Any]

    @strawberry.field
    async def masked(self, info: Info) -> str:
        subject, group = self.row.id, info.context.session.group
        key = await info.context.key.load(subject)
        window, _ = unpack(self.row.phone.container)
        place = Place(group=group, table="person", column="phone", row=subject, subject=subject)
        return unseal(key, window, place=place, label=KeyUse.WINDOW.value).decode()


@strawberry.type
class Person:
    id: strawberry.ID
    staff_number: str
    display_name: str
    stage: str
    hired_on: str | None
    row: strawberry.Private[Any]

    @classmethod
    def of(cls, row: Any) -> Person:
        return cls(
            id=external_id("psn", row.id),
            staff_number=row.staff_number,
            display_name=row.display_name,
            stage=row.stage.value,
            hired_on=row.hired_on and row.hired_on.isoformat(),
            row=row,
        )

    @strawberry.field
    async def tenant(self, info: Info) -> Tenant:
        return Tenant.of(await info.context.tenant.load(self.row.tenant_id))

    @strawberry.field
    async def job_role(self, info: Info) -> JobRole | None:
        if self.row.job_role_id is None:
            return None
        row = await info.context.job_role.load(self.row.job_role_id)
        return JobRole(code=row.code, title=row.title)

    @strawberry.field
    async def supervisor(self, info: Info) -> Person | None:
        if self.row.supervisor_id is None:
            return None
        return Person.of(await info.context.person.load(self.row.supervisor_id))

    @strawberry.field
    def phone(self) -> SensitiveText | None:
        return None if self.row.phone is None else SensitiveText(row=self.row)

    @strawberry.field
    def enrolments(self, first: int = 20) -> EnrolmentConnection:
        return EnrolmentConnection(person=self.row.id, first=first)


@strawberry.type
class PersonConnection:
    tenant: strawberry.Private[UUID]
    first: strawberry.Private[int]

    @strawberry.field
    async def nodes(self, info: Info) -> list[Person]:
        entity = people.Person
        rows = await info.context.all(
            select(entity)
            .where(entity.group_id == info.context.session.group, entity.tenant_id == self.tenant)
            .order_by(entity.sort_key, entity.id)
            .limit(self.first)
        )
        return [Person.of(row) for row in rows]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        entity = people.Person
        counted = await info.context.all(
            select(func.count())
            .select_from(entity)
            .where(entity.group_id == info.context.session.group, entity.tenant_id == self.tenant)
        )
        return int(counted[0])


@strawberry.type
class Tenant:
    code: str
    name: str
    row: strawberry.Private[Any]

    @classmethod
    def of(cls, row: Any) -> Tenant:
        return cls(code=row.code, name=row.name, row=row)

    @strawberry.field
    async def parent(self, info: Info) -> Tenant | None:
        if self.row.parent_id is None:
            return None
        return Tenant.of(await info.context.tenant.load(self.row.parent_id))

    @strawberry.field
    def people(self, first: int = 20) -> PersonConnection:
        return PersonConnection(tenant=self.row.id, first=first)


@strawberry.type
class Viewer:
    @strawberry.field
    async def tenant(self, info: Info) -> Tenant:
        return Tenant.of(await info.context.tenant.load(info.context.session.tenant))

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        if info.context.session.person is None:
            return None
        return Person.of(await info.context.person.load(info.context.session.person))


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self) -> Viewer:
        return Viewer()

    @strawberry.field
    async def person(self, info: Info, id: strawberry.ID) -> Person | None:
        row = await info.context.person.load(UUID(hex=id[4:]))
        return None if row is None else Person.of(row)

    @strawberry.field
    async def tenant(self, info: Info, id: strawberry.ID) -> Tenant | None:
        row = await info.context.tenant.load(UUID(hex=id[4:]))
        return None if row is None else Tenant.of(row)


class View(GraphQL):
    """Strawberry's own view, with who asks in the context."""

    engine: AsyncEngine
    sessions: Sessions

    async def get_context(self, request: Any, response: Any) -> Loaders:
        session = self.sessions.of(request.scope["headers"])
        return Loaders(self.engine, session, self.sessions)


async def usual() -> View:
    """Strawberry behind uvicorn, as its documentation shows it."""
    schema = strawberry.Schema(query=Query, extensions=[ParserCache(), ValidationCache()])
    view = View(schema, graphql_ide=None)
    group = environment("GROUP")
    view.sessions = await Sessions.read(environment("APP"), UUID(group))
    view.engine = make_engine(
        environment("READER"),
        pooler=Pooler.NONE,
        pool_size=6,
        max_overflow=0,
    )
    event.listen(view.engine.sync_engine, "connect", _bind)
    return view


def _bind(driver: AdaptedConnection, _record: object) -> None:
    driver.run_async(lambda raw: raw.execute(f"SET app.group_id = '{environment('GROUP')}'"))
