"""What is asked: documents, who asks them, and many sets of variables so that rows vary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.kernel.ids import external_id

from .rig import UNGUARDED

SETS: Final = 200  # of variables, for each question


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to be asked, and the ratios that it must keep.

    `draw` is an SQL statement that gives ids, `vary` makes the variables of one of them.
    """

    name: str
    says: str
    persona: str
    document: str
    draw: str
    vary: Callable[[UUID], dict[str, Any]]
    floor: float | None = None  # server CPU against the text floor, at most
    both: float | None = None  # server and PostgreSQL against the better floor, at most
    usual: float | None = None  # server CPU of the usual way against ours, at least
    guards: float | None = None  # share of our server CPU that the guards take, at most
    write: bool = False

    def is_for(self, name: str) -> bool:
        """Whether a candidate is asked this."""
        if name == UNGUARDED:
            return self.guards is not None
        return name != "strawberry" or not self.write


def _tenant(row: UUID) -> dict[str, Any]:
    return {"id": external_id("tnt", row)}


def _person(row: UUID) -> dict[str, Any]:
    return {"id": external_id("psn", row)}


def _nothing(_row: UUID) -> dict[str, Any]:
    return {}


def _progress(row: UUID) -> dict[str, Any]:
    given = {"enrolmentId": external_id("enr", row), "percent": "40", "seconds": 60}
    return {"input": given}


BRANCHES: Final = """
    SELECT t.id FROM tenant t JOIN person p ON p.group_id = t.group_id AND p.tenant_id = t.id
    WHERE t.group_id = $1 AND t.kind = 'BRANCH' GROUP BY t.id HAVING count(*) >= 100
    ORDER BY t.id LIMIT $2
"""
PEOPLE: Final = "SELECT id FROM person WHERE group_id = $1 ORDER BY md5(id::text) LIMIT $2"
OPEN: Final = """
    SELECT e.id FROM enrolment e WHERE e.group_id = $1 AND e.state IN ('ASSIGNED', 'IN_PROGRESS')
    AND NOT EXISTS (SELECT 1 FROM plan_item i WHERE i.group_id = $1 AND i.enrolment_id = e.id)
    ORDER BY md5(e.id::text) LIMIT $2 * 20
"""
"""Outside of plans, so that the handler written by hand has the same rows to write."""

ROOT: Final = "SELECT id FROM tenant WHERE group_id = $1 AND kind = 'GROUP' LIMIT $2"

QUESTIONS: Final = (
    Question(
        name="node",
        says="one person by id, five fields",
        persona="hq_manager",
        document="query One($id: ID!) { person(id: $id) "
        "{ id staffNumber displayName stage hiredOn } }",
        draw=PEOPLE,
        vary=_person,
        floor=2.5,
        usual=10,
        guards=0.25,
    ),
    Question(
        name="nested",
        says="50 people, their enrolments with progress, edition and course",
        persona="hq_manager",
        document="""
            query Nested($id: ID!) { tenant(id: $id) { people(first: 50) { nodes {
              id staffNumber displayName
              enrolments(first: 20) { nodes {
                id state progress { percent bestScore passed }
                courseVersion { number course { code title family } }
              } }
            } } } }""",
        draw=BRANCHES,
        vary=_tenant,
        floor=1.5,
        both=1.2,
        usual=50,
    ),
    Question(
        name="flat",
        says="100 people, each with tenant, job role and supervisor",
        persona="hq_manager",
        document="""
            query Flat($id: ID!) { tenant(id: $id) { people(first: 100) { nodes {
              id staffNumber displayName
              tenant { code name } jobRole { code title } supervisor { staffNumber displayName }
            } } } }""",
        draw=BRANCHES,
        vary=_tenant,
        floor=1.8,
        both=1.2,
        usual=10,
    ),
    Question(
        name="viewer",
        says="who asks, three levels deep",
        persona="learner",
        document="""
            query Viewer { viewer {
              tenant { code name parent { code name parent { code } } }
              person {
                staffNumber displayName stage
                enrolments(first: 5) { nodes { state courseVersion { number course { title } } } }
              }
            } }""",
        draw=ROOT,
        vary=_nothing,
        floor=2.0,
        usual=10,
    ),
    Question(
        name="counts",
        says="20 people with how many enrolments they have, and how many people there are",
        persona="hq_manager",
        document="""
            query Counts($id: ID!) { tenant(id: $id) { people(first: 20) {
              totalCount nodes { id displayName enrolments(first: 1) { totalCount } }
            } } }""",
        draw=BRANCHES,
        vary=_tenant,
        usual=10,
    ),
    Question(
        name="masked",
        says="50 people with a masked phone each: 50 sealed cells opened",
        persona="auditor",
        document="""
            query Masked($id: ID!) { tenant(id: $id) { people(first: 50) { nodes {
              id staffNumber displayName phone { masked }
            } } } }""",
        draw=BRANCHES,
        vary=_tenant,
        floor=3.0,
        usual=10,
    ),
    Question(
        name="recordProgress",
        says="one line of the progress log, folded, audited and read back",
        persona="automation",
        document="""
            mutation Record($input: RecordProgressInput!) { recordProgress(input: $input) {
              enrolment { id state progress { percent secondsSpent } } userErrors { code }
            } }""",
        draw=OPEN,
        vary=_progress,
        floor=4.0,
        write=True,
    ),
)


async def variables(
    connection: asyncpg.Connection, question: Question, group: UUID
) -> list[dict[str, Any]]:
    """Draw the sets of variables of a question."""
    rows = await connection.fetch(question.draw, group, SETS)
    assert rows, f"the data hold nothing to ask {question.name} about"
    return [question.vary(row["id"]) for row in rows]
