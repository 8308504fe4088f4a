"""What is asked of a group: golden cases, examples of the demo, every list in every way."""

from __future__ import annotations

import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import orjson
from graphql import get_named_type

from api.demo import load as demo
from api.graphql.computing import COMPUTED
from api.graphql.request import Request
from api.graphql.schema import schema
from domain.audit.models import AuditLeaf
from domain.audit.notes import Signer
from domain.audit.sequencing import sequence
from domain.audit.trail import append
from runtime.sequencing import signing_seed
from tests.api.graphql.documents import selection, whole_documents
from tests.api.planner.asking import LISTED, questions
from tests.api.planner.golden import CASES
from tests.isolation.furnished import ROLES
from tests.isolation.ids import Ids
from tests.people import NOW, Group

EXAMPLES = {
    one.name: one.read_text("utf-8")
    for one in sorted((Path(demo.__file__ or "").parent / "page" / "examples").glob("*.graphql"))
}
TAKE = re.compile(r"# take: \$(\w+) from (\w+): ([\w.]+)")
STANDING_IN = {"admin": "system_admin", "other_supervisor": "supervisor"}
"""Personas of the demo that have no role of their own."""
WHO = (None, *ROLES)
KNOWING = ("supervisor", "branch_hr", "hq_manager", "auditor", "security_admin")
"""Who asks for single rows: between them they see everything."""


@dataclass(frozen=True)
class Question:
    """One document, and who asks it with what."""

    name: str
    who: str | None
    document: str
    variables: dict[str, Any] = field(default_factory=dict)


async def answered(group: Group, asked: Question) -> bytes:
    """The answer as it goes over the wire, but for the request's own id."""
    actor = None
    if asked.who is not None:
        actor = group.founder if asked.who == "founder" else await group.actor(asked.who)
    request = Request(query=asked.document, variables=asked.variables, request_id="test")
    return (await group.gateway.answer(actor, request)).body


async def reading(group: Group, *, one_in: int) -> AsyncIterator[Question]:
    """Every query; of the lists, each actor but the manager asks one in so many ways."""
    for case in CASES:
        yield golden(group, case)
    for asked in (*explanations(group), *of_oneself()):
        yield asked
    for asked in await proofs(group):
        yield asked
    for name, document in EXAMPLES.items():
        yield await of_example(group, name, document)
    for asked in (*lists(one_in), *whole(group), *singles(await Ids.of(group))):
        yield asked


def golden(group: Group, case: Path) -> Question:
    """A golden case, asked by and about the same roles of this group."""
    told = tomllib.loads((case / "actor.toml").read_text("utf-8"))
    variables = dict(told.get("variables", {}))
    for name, days in told.get("ago", {}).items():
        variables[name] = (NOW - timedelta(days=days)).isoformat()
    for name, person in told.get("person", {}).items():
        variables[name] = psn(group, person)
    for name, several in told.get("people", {}).items():
        variables[name] = [psn(group, person) for person in several]
    document = (case / "query.graphql").read_text("utf-8")
    return Question(case.name, role(told["persona"]), document, variables)


async def of_example(group: Group, name: str, document: str) -> Question:
    """An example of the demo, with what it takes from its personas taken from this group's."""
    variables = {}
    for variable, persona, path in TAKE.findall(document):
        keys = path.split(".")
        taken = Question("", role(persona), "{" + " {".join(keys) + " }" * len(keys))
        value = orjson.loads(await answered(group, taken))["data"]
        for key in keys:
            value = value and value[key]
        variables[variable] = value
    who = re.search(r"# persona: (\w+)", document)
    assert who is not None, f"{name} says who asks"
    return Question(name, role(who[1]), document, variables)


def lists(one_in: int) -> Iterator[Question]:
    """Every list, in every order and under every filter, with its count and the ends of a page."""
    known = [one for shape in LISTED for one in questions(shape)]
    for at, one in enumerate(known):
        document = one.document("first: 3").replace("nodes {", "totalCount nodes {")
        for turn, who in enumerate(WHO):
            often = one_in // 12 if who == "hq_manager" else one_in
            if (at + turn * 7) % often == 0:
                yield Question(f"{one.name} by {who}", who, document)
    for who in WHO:
        for name in ("people", "courses", "learningPaths", "tenants", "competencyModels"):
            for sought in ("欧阳", "o"):
                yield Question(f"{name} sought", who, search(name), {"s": sought})


def search(name: str) -> str:
    searched = "search" in schema().graphql.query_type.fields[name].args
    argument = "search: $s" if searched else "first: 2"
    given = "($s: String)" if searched else ""
    return f"query{given} {{ {name}({argument}) {{ totalCount nodes {{ id }} }} }}"


def whole(group: Group) -> Iterator[Question]:
    """Everything that can be seen from each root, three rows deep."""
    for who in ("supervisor", "hq_manager", "branch_hr", "vendor", "learner"):
        for document in whole_documents(schema().graphql):
            yield Question(f"whole by {who}", who, document, {"id": psn(group, "learner")})


def singles(ids: Ids) -> Iterator[Question]:
    """Each root that takes an id, with a row of the branch and with one of the head office."""
    for name, root in schema().graphql.query_type.fields.items():
        if "id" in root.args and name not in COMPUTED:
            ref, chosen = get_named_type(root.type).name, selection(schema().graphql, root, 2)
            document = f"query($id: ID!) {{ {name}(id: $id) {chosen} }}"
            for who, at in product(KNOWING, ("east", "head")):
                if row := ids.own(ref, at):
                    yield Question(f"{name} by {who}", who, document, {"id": row.id})
    previewed = selection(schema().graphql, schema().graphql.query_type.fields["previewPolicy"], 2)
    line = '{role: "mentor", object: "Person.email", action: "read", effect: "deny"}'
    for who in KNOWING:
        document = f"{{ previewPolicy(add: [{line}]) {previewed} }}"
        yield Question(f"previewPolicy by {who}", who, document)


def explanations(group: Group) -> Iterator[Question]:
    """Why the learner may read a phone number, and who else can."""
    roots = schema().graphql.query_type.fields
    given = {"id": psn(group, "learner"), "of": f"prc_{group.principals['learner'].hex}"}
    ways = {
        "explainAccess": ("($id: ID!, $of: ID!)", "principalId: $of, id: $id"),
        "whoCan": ("($id: ID!)", "id: $id"),
    }
    for name, (declared, arguments) in ways.items():
        chosen = selection(schema().graphql, roots[name], 2)
        document = (
            f'query{declared} {{ {name}({arguments}, action: READ, field: "phone") {chosen} }}'
        )
        for who in KNOWING:
            sent = {key: value for key, value in given.items() if f"${key}:" in declared}
            yield Question(f"{name} by {who}", who, document, sent)


async def proofs(group: Group) -> list[Question]:
    """Where the first event stands, and that there is a trail; its hashes depend on a key."""
    await append_and_place(group)
    [first] = await group.rows("SELECT id FROM audit_leaf WHERE group_id = :g AND leaf_index = 0")
    given = {"id": f"aud_{first.id.hex}"}
    return [
        Question(f"{name} by {who}", who, document, given if "$id" in document else {})
        for who in ("compliance", *KNOWING)
        for name, document in {
            "auditProof": "query($id: ID!) { auditProof(eventId: $id) { eventId index } }",
            "auditConsistency": "{ auditConsistency(from: 1, to: 1) { path } }",
            "auditExport": "{ auditExport(from: 0, to: 1) { next } }",
        }.items()
    ]


async def append_and_place(group: Group) -> None:
    """Have a first event in a tree of its own, if there is none yet."""
    async with group.work_as(group.founder) as work:
        known = await work.row(AuditLeaf, AuditLeaf.leaf_index == 0)
        if known is None:
            await append(work, verb="founded")
    if known is None:
        seed = await signing_seed(group.installation)
        async with group.installation.writer.transaction(group.id, None) as session:
            await sequence(session, group.id, Signer.of(group.id, seed), now=NOW, most=2)


def of_oneself() -> Iterator[Question]:
    """What is held about whoever asks, and who has read it."""
    for name in ("myData", "whoReadMyData"):
        chosen = selection(schema().graphql, schema().graphql.query_type.fields[name], 2)
        for who in ("learner", "mentor", "supervisor", "compliance"):
            yield Question(f"{name} by {who}", who, f"{{ {name} {chosen} }}")


def role(persona: str) -> str:
    return STANDING_IN.get(persona, persona)


def psn(group: Group, persona: str) -> str:
    return f"psn_{group.people[role(persona)].hex}"
