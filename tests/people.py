"""The same few people in every test: grace manages ada, mary mentors her, and eve is a stranger."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from api.graphql.gateway import Gateway
from api.graphql.request import Request
from authz.actor import Actor, PrincipalKind
from domain.access.assign_role import AssignRole, assign_role
from domain.access.founder import founder
from domain.access.identify import Found
from domain.access.issue_token import IssueToken, issue_token
from domain.access.open_group import OpenGroup, open_group
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.tokens import PEPPER, TokenKind
from domain.kernel.entity import metadata
from domain.kernel.errors import Refusal
from domain.kernel.ids import external_id
from domain.organisation.define_job_role import DefineJobRole, define_job_role
from domain.organisation.models import TenantKind
from domain.organisation.open_tenant import OpenTenant, open_tenant
from domain.people.assign_mentor import AssignMentor, assign_mentor
from domain.people.hire import Hire, hire
from domain.people.identity import check_character
from domain.people.models import Person
from domain.people.register_candidate import RegisterCandidate, register_candidate
from domain.privacy.ciphers import Algorithm
from domain.privacy.sealed import Sealed
from runtime.identify import identified
from runtime.installation import Installation
from runtime.unit import perform

NOW = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai
TODAY = date(2026, 5, 4)

PEOPLE = {
    "grace": ("east", "葛蕾丝", "supervisor"),
    "mary": ("east", "马玛丽", "mentor"),
    "bea": ("east", "白贝", "branch_hr"),
    "rita": ("east", "任瑞塔", "recruiter"),
    "ada": ("east", "欧阳艾达", "learner"),
    "eve": ("west", "夏娃", "supervisor"),
    "walt": ("west", "韦沃特", "learner"),
    "hugo": ("head", "胡雨果", "hq_manager"),
    "cora": ("head", "柯科拉", "compliance"),
    "olga": ("head", "欧尔佳", "system_admin"),
    "sage": ("head", "赛思齐", "security_admin"),
}
ACCOUNTS = {
    "axel": (PrincipalKind.SERVICE, TokenKind.SERVICE, "automation"),
    "vera": (PrincipalKind.VENDOR, TokenKind.VENDOR, "vendor"),
    "anna": (PrincipalKind.AUDITOR, TokenKind.PERSON, "auditor"),
}


@dataclass
class Clock:
    """An instant that tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, **more: int) -> datetime:
        self.now += timedelta(**more)
        return self.now


@dataclass
class Group:
    """A group of its own for a test, with its tenants and people."""

    installation: Installation
    clock: Clock
    id: UUID = field(default_factory=uuid4)
    tenants: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    principals: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, Found] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    collector: UUID = field(default_factory=uuid4)
    gateway: Gateway = field(init=False)

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.installation)

    @property
    def founder(self) -> Actor:
        return founder(self.id, "/head/", self.installation.founding.policy)

    async def actor(self, name: str) -> Actor:
        actor = await identified(self.installation, self.tokens[name])
        assert actor is not None, f"{name} has a token that lives"
        return actor

    @asynccontextmanager
    async def work_as(self, who: str | Actor, **options: Any):
        actor = await self.actor(who) if isinstance(who, str) else who
        async with perform(self.installation, actor, **options) as work:
            yield work

    async def do(self, who: str | Actor, verb, command: Any, **options: Any):
        """Run one use case as its own unit of work, and give back what it gave."""
        async with self.work_as(who) as work:
            return await verb(work, command, **options)

    async def ask(self, who: str | None, query: str, *, strict=False, locale="en", **variables):
        """Ask as somebody, over GraphQL; the whole answer."""
        actor = await self.actor(who) if who else None
        request = Request(
            query=query, variables=variables, request_id="test", strict=strict, locale=locale
        )
        answer = await self.gateway.answer(actor, request)
        return orjson.loads(answer.body)

    async def read(self, who: str | None, query: str, **variables):
        """Ask for what must be answered without an error; the data."""
        answer = await self.ask(who, query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def person(self, name: str) -> Person:
        async with self.installation.writer.transaction(self.id, (), read_only=True) as session:
            return await session.get_one(Person, (self.id, self.people[name]))

    def psn(self, name: str) -> str:
        return external_id("psn", self.people[name])

    def tnt(self, name: str) -> str:
        return external_id("tnt", self.tenants[name])

    async def rows(self, statement: str, **parameters) -> list[Any]:
        """What a statement finds among the rows of the group."""
        async with self.installation.writer.transaction(self.id, (), read_only=True) as session:
            return list(
                (await session.execute(text(statement), {"g": self.id, **parameters})).all()
            )

    async def everything(
        self, *, but: tuple[str, ...] = ("audit_entry", "token_use")
    ) -> dict[str, list]:
        """Every row of the group by table, as id and version: equal means that nothing changed."""
        tables = [
            name
            for name, table in metadata.tables.items()
            if table.info["kind"] == "group" and name not in but
        ]
        return {
            name: await self.rows(
                f"SELECT id, row_version, tenant_id FROM {name} WHERE group_id = :g ORDER BY id"
            )
            for name in tables
        }

    @asynccontextmanager
    async def unchanged(self):
        """Assert that a block changes nothing in the group."""
        before = await self.everything()
        yield
        assert await self.everything() == before


@contextmanager
def refused(kind: type[Refusal], *, at: tuple[str, ...] | None = None):
    """Expect a refusal, at an input field if one is given; it says what to do in two languages."""
    with pytest.raises(kind) as caught:
        yield caught
    refusal = caught.value
    if at is not None:
        assert refusal.at == at
    assert refusal.message("en")
    assert refusal.message("zh-CN")


def national_id(number: int) -> str:
    """A citizen identification number of a region that does not exist."""
    body = f"99010119900101{number:03}"
    return body + check_character(body)


async def found_group(
    installation: Installation, clock: Clock, *, algorithm: Algorithm = Algorithm.AES_256_GCM
) -> Group:
    """Found a group with everybody in it, by the use cases themselves."""
    group = Group(installation, clock)
    async with perform(installation, group.founder) as work:
        root = await open_group(
            work,
            OpenGroup(code="head", name="总部", algorithm=algorithm),
            keyring=installation.keyring,
        )
        group.tenants["head"] = root.id
        for code, parent, kind in (
            ("north", "head", TenantKind.REGION),
            ("east", "north", TenantKind.BRANCH),
            ("west", "north", TenantKind.BRANCH),
        ):
            command = OpenTenant(
                parent_id=group.tenants[parent], kind=kind, code=code, name=f"{code}机构"
            )
            group.tenants[code] = (await open_tenant(work, command)).id
        role = await define_job_role(
            work, DefineJobRole(tenant_id=root.id, code="collector", title="电话催收员")
        )
        group.collector = role.id
        await _register(group, work)
    async with perform(installation, group.founder) as work:
        await _admit(group, work)
    return group


async def _register(group: Group, work) -> None:
    for number, (name, (tenant, shown, _)) in enumerate(PEOPLE.items()):
        command = RegisterCandidate(
            tenant_id=group.tenants[tenant],
            staff_number=f"S{number:04}",
            display_name=shown,
            phone=Sealed.of(f"1540000{number:04}"),
            national_id=Sealed.of(national_id(number)),
            email=Sealed.of(f"{name}@staff.example"),
            bank_account=Sealed.of("9999000011112228"),
        )
        person = await register_candidate(work, command)
        group.people[name] = person.id
    await work.flush()
    for name in PEOPLE:
        person = await work.get(Person, group.people[name])
        guided = name == "ada"
        command = Hire(
            person_id=person.id,
            expected_version=person.row_version,
            hired_on=TODAY - timedelta(days=30),
            job_role_id=group.collector,
            supervisor_id=group.people["grace"] if guided else None,
        )
        await hire(work, command)
        await work.flush()
    ada = await work.get(Person, group.people["ada"])
    command = AssignMentor(
        person_id=ada.id, mentor_id=group.people["mary"], expected_version=ada.row_version
    )
    await assign_mentor(work, command)


async def _admit(group: Group, work) -> None:
    keyring = group.installation.keyring
    pepper = await keyring.of_system(work.session, PEPPER)
    for name, (tenant, _, role) in PEOPLE.items():
        registered = RegisterPrincipal(
            kind=PrincipalKind.PERSON,
            tenant_id=group.tenants[tenant],
            person_id=group.people[name],
        )
        await _admit_one(group, work, name, registered, role, TokenKind.PERSON, pepper)
    for name, (kind, token, role) in ACCOUNTS.items():
        registered = RegisterPrincipal(
            kind=kind,
            name=name,
            tenant_id=group.tenants["head"],
            owner_id=group.principals["olga"] if kind is PrincipalKind.SERVICE else None,
        )
        await _admit_one(group, work, name, registered, role, token, pepper)


async def _admit_one(group, work, name, registered, role, kind, pepper) -> None:
    principal = await register_principal(work, registered)
    await assign_role(
        work,
        AssignRole(principal_id=principal.id, role=role, tenant_id=registered.tenant_id),
    )
    token, secret = await issue_token(
        work,
        IssueToken(principal_id=principal.id, kind=kind, name="test", days=30),
        pepper=pepper,
    )
    group.principals[name] = principal.id
    group.tokens[name] = Found(group.id, token.id)
    group.secrets[name] = secret
