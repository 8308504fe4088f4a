"""An id of another group, one of a sibling branch and one that never was are one and the same.

Every place where an id can stand is made from the schema: arguments, filters and inputs.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import orjson
import pytest
from graphql import get_named_type

from api.graphql.binding import SHAPES
from api.graphql.computing import COMPUTED
from api.graphql.request import Request
from api.graphql.schema import schema
from tests.api.graphql.documents import selection
from tests.api.planner.asking import IDS, LISTED, questions
from tests.isolation.furnished import ROLES
from tests.isolation.ids import NOBODYS, Ids, led_by, prefix_of
from tests.isolation.inputs import GRANT, OTHERWISE, VERBS, filled, fit_for, ids_in, mutation
from tests.people import Group

READERS = ("supervisor", "learner", "hq_manager", "auditor", "vendor", "automation")
WRITERS = (
    "supervisor", "branch_hr", "hq_manager", "automation", "learner", "compliance",
    "security_admin",
)  # fmt: skip
NOTHING_THERE = {"NOT_FOUND", "COMPETENCY_NOT_PUBLISHED", "LINE_NOT_IN_FORCE"}
"""What somebody is told of an id that is nothing; some things are either in force or nothing."""
MOST_TRIED = 40  # ids of one type, until one is found
AT_THE_HEAD = {name for name, part in ROLES.items() if part.at == "head"}


def lookups():
    """Documents in which `$id` is looked up, with the type that it must be of."""
    query = schema().graphql.query_type
    for name, field in query.fields.items():
        if "id" in field.args and name not in {"node", *COMPUTED}:  # those have tests of their own
            chosen = selection(schema().graphql, field, 2)
            yield get_named_type(field.type).name, f"{name}(id: $id) {chosen}"
    for shape in SHAPES.values():
        if shape.prefix:
            held = query.fields["node"]
            chosen = selection(schema().graphql, held, 1)
            yield shape.name, f"node(id: $id) {chosen}"
            yield shape.name, f"nodes(ids: [$id, $id]) {chosen}"
    for shape in LISTED:
        for question in questions(shape):
            for name, literal in IDS.items():
                if literal in question.narrowed:
                    document = question.document("first: 3").strip()[1:-1]
                    yield (
                        name,
                        document.replace(literal, "$id").replace("nodes {", "totalCount nodes {"),
                    )


async def ask(group: Group, who: str, query: str, **variables) -> bytes:
    request = Request(query=query, variables=variables, request_id="test")
    return (await group.gateway.answer(await group.actor(who), request)).body


async def swapped(own: Group, ids: Ids, strange: Ids, who: str, ref: str) -> dict[str, str]:
    """The ids of a type that are nothing to somebody, by whose they are."""
    found = {"nobody's": f"{prefix_of(ref)}_{NOBODYS}"}
    if there := strange.candidates(ref):
        found["another group's"] = there[0].id
    if who not in AT_THE_HEAD:
        sibling = ids.of_sibling(ref, but=await led_by(own, own.people.get(who)))
        if sibling is not None:
            found["a sibling's"] = sibling.id
    return found


def without_ids(answer: bytes, given: str) -> bytes:
    """The answer; where it says again what it was asked, not with which id."""
    prefix, _, digits = given.partition("_")
    return answer.replace(digits.encode(), b"...").replace(f"{prefix}_".encode(), b"ID_")


@pytest.mark.parametrize("who", READERS)
async def test_whatever_is_looked_up_by_a_foreign_id_answers_as_nothing_does(neighbours, who):
    own, other = neighbours
    ids, strange = await Ids.of(own), await Ids.of(other)
    compared = Counter()
    async with own.unchanged(), other.unchanged():
        for ref, asked in lookups():
            query = f"query($id: ID!) {{ {asked} }}"
            given = await swapped(own, ids, strange, who, ref)
            answers = {whose: await ask(own, who, query, id=one) for whose, one in given.items()}
            said = {whose: without_ids(answers[whose], one) for whose, one in given.items()}
            assert set(said.values()) == {said["nobody's"]}, (asked, said)
            compared.update(given.keys())

    assert compared["another group's"] > 60
    assert compared["a sibling's"] > 30 or who in AT_THE_HEAD


async def test_an_own_id_is_found_in_the_same_places(neighbours):
    """What was compared are answers to questions that do find something."""
    own, _ = neighbours
    ids = await Ids.of(own)
    found = set()
    for ref, asked in lookups():
        if await finds(own, ref, asked, [row.id for row in ids.candidates(ref)]):
            found.add(asked)
    missed = {asked for _, asked in lookups()} - found
    assert len(missed) < len(found) / 10, missed


async def finds(group: Group, ref: str, asked: str, given: list[str]) -> bool:
    """Whether a question finds something by any id of the group, for somebody who sees it all."""
    query = f"query($id: ID!) {{ {asked} }}"
    for who in ("hq_manager", "auditor"):
        nothing = await ask(group, who, query, id=f"{prefix_of(ref)}_{NOBODYS}")
        for one in given[:MOST_TRIED]:
            if await ask(group, who, query, id=one) != nothing:
                return True
    return False


@pytest.mark.parametrize("who", WRITERS)
async def test_whatever_is_done_with_a_foreign_id_is_refused_as_with_none_and_writes_nothing(
    neighbours, who
):
    own, other = neighbours
    ids, strange = await Ids.of(own), await Ids.of(other)
    compared = Counter()
    async with own.unchanged(), other.unchanged():
        for verb in VERBS.values():
            for place, ref in ids_in(verb.command):
                answers = {}
                for whose, one in (await swapped(own, ids, strange, who, ref)).items():
                    given = input_of(verb, ids, who, {place: one})
                    answers[whose] = await ask(own, who, mutation(verb), input=given)
                assert set(answers.values()) == {answers["nobody's"]}, (verb.name, place, answers)
                assert done(answers["nobody's"], verb) is None
                compared.update(answers.keys())

    assert compared["another group's"] > 30
    assert compared["a sibling's"] > 20 or who in AT_THE_HEAD


def input_of(verb, ids: Ids, who: str, instead):
    """A whole input with rows of one's own, but for what is to be put in their place."""
    at = "head" if who in AT_THE_HEAD else "east"
    versions = []

    def choose(ref, place):
        if place in instead:
            return instead[place]
        row = ids.own(ref, at, fit=fit_for(verb.command, place))
        versions.append(row.version if row else 1)
        return row.id if row else f"{prefix_of(ref)}_{NOBODYS}"

    given = filled(verb.command, choose)
    if "expectedVersion" in given and versions:
        given["expectedVersion"] = ids.head if verb.right == GRANT else versions[0]
    for place in instead:
        given |= OTHERWISE.get((verb.command.__name__, place), {})
    return given


def done(answer: bytes, verb):
    return (orjson.loads(answer).get("data") or {}).get(verb.name, {}).get(verb.noun)


async def test_in_every_place_somebody_is_told_that_there_is_nothing(neighbours):
    """The swaps reach the look-up of each id: none is refused for something else every time."""
    own, _ = neighbours
    ids = await Ids.of(own)
    told: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for verb in VERBS.values():
        for place, ref in ids_in(verb.command):
            for who in WRITERS:
                one = f"{prefix_of(ref)}_{NOBODYS}"
                answer = await ask(
                    own, who, mutation(verb), input=input_of(verb, ids, who, {place: one})
                )
                payload = (orjson.loads(answer).get("data") or {}).get(verb.name) or {}
                for error in payload.get("userErrors", ()):
                    told[verb.name, ".".join(place)].add(error["code"])

    unfound = {place for place, codes in told.items() if not codes & NOTHING_THERE}
    assert unfound == set()
