"""At the large scale: whatever is asked, an index finds it, and gives each list its own order.

Plans are generic ones, as the reader's are, behind row-level security. Nothing is said of seconds.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import asyncpg
import orjson
import pytest

from api.demo.load import GROUP
from api.graphql.binding import SHAPES
from api.graphql.gateway import Gateway
from api.graphql.narrowing import orders
from api.graphql.request import Request
from authz.actor import Actor, Entrusted, Scope
from authz.conditions import CONDITIONS
from runtime.bring_up import connected, embedded_database
from runtime.installation import Installation
from runtime.postgres.locks import alone
from tests.api.planner.asking import LISTED, Question, questions
from tests.api.planner.explained import (
    Noting,
    explained,
    nodes,
    outline,
    page_of,
    read_through,
    touched,
)
from tests.api.planner.golden import CASES, asked, persona
from tests.api.planner.neighbours import DATABASE, load, settings_of
from tests.conftest import standing_on
from tests.people import NOW, Clock
from tests.properties.policies import line, policy

pytestmark = pytest.mark.slow

LONG = [shape for shape in LISTED if shape.entity.few is None]
GROUP_ALONE = re.compile(r"^\(group_id = \$\d+\)$")
SCOPES = [Scope.ONE, Scope.SUBTREE, Scope.WHOLE]


@dataclass
class Large:
    """The large group, whoever asks about it, and a connection that explains what was run."""

    installation: Installation
    noting: Noting
    connection: asyncpg.Connection
    actors: dict[Scope, Actor]

    @property
    def noted(self) -> Installation:
        return replace(self.installation, reader=self.noting)

    async def in_the_branch(self, name: str) -> Actor:
        """A persona as if they worked in the branch that is one tenant."""
        own = self.actors[Scope.ONE]
        tenant = {"id": own.tenant_id, "path": own.tenant_path}
        return placed(await persona(self.installation, name), tenant, above=own.reach[:-1])

    async def ask(self, question: Question, actor: Actor, **paging: str):
        """Ask for a list; the connection that is answered."""
        self.noting.statements.clear()
        self.noting.bound.clear()
        request = Request(query=question.document(**paging), variables={}, request_id="large")
        answer = await Gateway(self.noted).answer(actor, request)
        whole = orjson.loads(answer.body)
        assert "errors" not in whole, (question.name, whole)
        (found,) = whole["data"].values()
        return found

    async def plans(self):
        """How PostgreSQL goes about the statements that were noted."""
        return [await explained(self.connection, sql) for sql in self.noting.statements]

    async def plan(self, question: Question, actor: Actor, **paging: str):
        """How PostgreSQL goes about a list."""
        await self.ask(question, actor, **paging)
        (plan,) = await self.plans()
        return plan


@pytest.fixture(scope="module")
def loaded(cluster, scratch) -> str:
    """The name of the database, loaded once for all workers."""
    with alone(scratch / "large.lock", waiting=lambda: None):
        if not (done := scratch / "large.done").exists():
            asyncio.run(load(cluster, scratch))
            done.touch()
    return DATABASE


@pytest.fixture(scope="module")
async def large(loaded, cluster, scratch) -> AsyncIterator[Large]:
    addresses = await embedded_database(cluster, loaded)
    async with (
        standing_on(addresses, settings_of(scratch), Clock()) as installation,
        connected(addresses.reader) as connection,
    ):
        await connection.execute(f"SET app.group_id = '{GROUP}'")
        actors = await actors_of(installation, connection)
        yield Large(installation, Noting(installation.reader), connection, actors)


async def actors_of(installation, connection) -> dict[Scope, Actor]:
    """A manager of the group, and what they were as that of a region and of one branch in it."""
    whole = await persona(installation, "hq_manager")
    region = await connection.fetchrow("SELECT id, path FROM tenant WHERE code = 'wide-7'")
    branches = await connection.fetch(
        "SELECT id, path FROM tenant WHERE parent_id = $1 ORDER BY path", region["id"]
    )
    below = tuple(branch["id"] for branch in branches)
    return {
        Scope.WHOLE: whole,
        Scope.SUBTREE: placed(whole, region, below=below, above=(GROUP,)),
        Scope.ONE: placed(whole, branches[0], above=(GROUP, region["id"])),
    }


def placed(actor: Actor, tenant, *, above, below=()) -> Actor:
    own = (tenant["id"], *below)
    return replace(
        actor,
        scope=Scope.SUBTREE if below else Scope.ONE,
        tenant_id=tenant["id"],
        tenant_path=tenant["path"],
        tenants=own,
        reach=(*above, *own),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_golden_case_reads_no_table_of_groups_from_end_to_end(large, case):
    large.noting.statements.clear()

    answer = await asked(large.noted, case)

    plans = await large.plans()
    assert plans or b'"errors"' in answer.body
    assert [read_through(plan) for plan in plans] == [[] for _ in plans]


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.name)
@pytest.mark.parametrize("shape", LISTED, ids=lambda shape: shape.name)
async def test_no_order_and_no_filter_reads_a_table_of_groups_from_end_to_end(large, shape, scope):
    found = {
        question.name: read_through(await large.plan(question, large.actors[scope]))
        for question in questions(shape)
    }

    assert {name: tables for name, tables in found.items() if tables} == {}


@pytest.mark.parametrize("scope", [Scope.ONE, Scope.WHOLE], ids=lambda scope: scope.name)
@pytest.mark.parametrize("shape", LONG, ids=lambda shape: shape.name)
@pytest.mark.parametrize("paging", ["first: 20", "last: 20"])
async def test_a_long_list_in_its_own_order_is_not_sorted(large, shape, scope, paging):
    """A short one may be: PostgreSQL sorts two paths rather than look for them in their order."""
    plan = await large.plan(Question(shape), large.actors[scope], paging=paging)

    assert not is_sorted(plan, shape), outline(plan)


@pytest.mark.parametrize("shape", LONG, ids=lambda shape: shape.name)
async def test_each_key_of_a_long_list_is_read_in_its_order_one_way_at_least(large, shape):
    """The whole group's; of one tenant, or of a few, their rows are sorted."""
    whole = large.actors[Scope.WHOLE]
    sorted_both_ways = [
        name
        for name, kind, _ in orders(shape)
        if kind == "OrderDirection"
        and all(
            [
                is_sorted(await large.plan(Question(shape, order), whole), shape)
                for order in (f"orderBy: [{{ {name}: ASC }}]", f"orderBy: [{{ {name}: DESC }}]")
            ]
        )
    ]

    unindexed = shape.entity.unindexed
    assert [name for name in sorted_both_ways if name not in unindexed] == []


@pytest.mark.parametrize("scope", [Scope.ONE, Scope.WHOLE], ids=lambda scope: scope.name)
@pytest.mark.parametrize("shape", LONG, ids=lambda shape: shape.name)
@pytest.mark.parametrize(
    ("page", "cursor", "behind"),
    [("first: 5", "endCursor", "after"), ("last: 5", "startCursor", "before")],
)
async def test_a_page_begins_at_its_cursor(large, shape, scope, page, cursor, behind):
    """What lies on the other side of it is not read at all, however much that is."""
    found = await large.ask(Question(shape), large.actors[scope], paging=page)

    paging = f'{page} {behind}: "{found["pageInfo"][cursor]}"'
    plan = await large.plan(Question(shape), large.actors[scope], paging=paging)

    bounds = [one.get("Index Cond", "") for one in page_of(plan, shape.table)]
    assert any(re.search(rf"\b{shape.order[0]} [<>]", bound) for bound in bounds), outline(plan)


@pytest.mark.parametrize("name", ["learner", "mentor", "supervisor"])
@pytest.mark.parametrize("shape", LONG, ids=lambda shape: shape.name)
async def test_whoever_sees_few_rows_does_not_look_through_the_whole_group(large, shape, name):
    """Conditions that are joined by OR are found by an index each."""
    plan = await large.plan(Question(shape), await large.in_the_branch(name))

    bounds = [one["Index Cond"] for one in page_of(plan, shape.table) if "Index Cond" in one]
    assert not [bound for bound in bounds if GROUP_ALONE.match(bound)], outline(plan)


async def test_rows_of_a_subtree_are_found_by_their_tenants_and_then_sorted(large):
    """`= ANY` on an index's first column loses the order behind it: only the subtree is sorted."""
    for shape in LONG:
        plan = await large.plan(Question(shape), large.actors[Scope.SUBTREE])

        bounds = [one.get("Index Cond", "") for one in nodes(plan)]
        assert any("tenant_id = ANY" in bound for bound in bounds), outline(plan)


BUDGETS = {
    "self": (26, 24),
    "own_mentees": (20, 20),
    "own_line": (30, 90),
    "own_tenant": (25, 25),
    "subtree": (25, 25),
    "reach": (36, 46),
    "certified": (20, 20),
    "consented": (40, 180),
    "contract_covers": (400, 45),
}
"""For each condition, how many pages the first twenty people, or enrolments, that it shows cost.

About twice what was measured. A contract looks up each of its cohort, and sorts them: its 249 pages
of people grow with that, and not with the group.
"""


@pytest.mark.parametrize("name", CONDITIONS)
async def test_a_condition_keeps_to_its_budget_and_reads_no_table_from_end_to_end(large, name):
    actor = await under(large, name)
    costs = []
    for shape in (SHAPES["Person"], SHAPES["Enrolment"]):
        found = await large.ask(Question(shape), actor, paging="first: 20")
        (plan,) = await large.plans()
        assert read_through(plan) == [], outline(plan)
        assert found["nodes"] or name not in {"consented", "contract_covers", "certified"}
        costs.append(
            await touched(large.connection, large.noting.statements[0], large.noting.bound[0])
        )

    assert all(cost <= most for cost, most in zip(costs, BUDGETS[name], strict=True)), costs


async def under(large, name: str) -> Actor:
    """A supervisor of a branch to whom one condition alone shows people and enrolments."""
    actor = await large.in_the_branch("supervisor")
    cohort = await large.connection.fetchval(
        "SELECT cohort_id FROM processing_contract WHERE group_id = $1 LIMIT 1", GROUP
    )
    contract = Entrusted(
        contract_id=GROUP, cohort_id=cohort, purposes=frozenset(), until=NOW + timedelta(days=9)
    )
    lines = policy(*(line(one, "read", name) for one in ("Person", "Enrolment")))
    return replace(
        actor, mask=lines.mask, certified_until=NOW + timedelta(days=9), entrusted=contract
    )


def is_sorted(plan, shape) -> bool:
    """Whether rows are sorted from scratch; putting equals in order is not that."""
    return any(node["Node Type"] == "Sort" for node in page_of(plan, shape.table))
