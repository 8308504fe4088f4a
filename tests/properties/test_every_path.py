"""A field is shown alike whichever way leads to it: an embed showed more in PostgREST (#1224)."""

from __future__ import annotations

from random import Random

import pytest

from api.graphql.schema import catalogue
from authz.roles import built_in
from tests.properties.asking import planned
from tests.properties.laws import offences
from tests.properties.paths import documents
from tests.properties.policies import Policy, random_policy

DEEPEST = 4
ROLES = ("learner", "supervisor", "vendor")


def of_role(role: str) -> Policy:
    known = built_in().policy(catalogue())
    return Policy(known.lines_of(known.closure({role}, "/")))


def shown_alike(several, policies) -> None:
    """Each cell is the one that the lines give to its field, on every path."""
    for number, document in enumerate(several):
        held = policies[number % len(policies)]
        one = planned(held, document)
        assert one is not None
        assert not set(offences(one)), document


def test_a_field_is_shown_alike_by_every_path():
    some = [*documents(2), *[*documents(DEEPEST)][::26]]

    shown_alike(some, [of_role("supervisor"), random_policy(Random(1)), of_role("learner")])


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_a_field_is_shown_alike_by_every_path_there_is(role):
    several = [*documents(DEEPEST)]

    assert len(several) > 3000
    shown_alike(several, [of_role(role)])


PERSON = "staffNumber stage displayName hiredOn leftOn phone { masked } nationalId { masked }"
WAYS = {
    "person(id: $id) { %s }": ("person",),
    "node(id: $id) { ... on Person { %s } }": ("node",),
    "nodes(ids: [$id]) { ... on Person { %s } }": ("nodes", 0),
    "people(filter: {id: {eq: $id}}) { nodes { %s } }": ("people", "nodes", 0),
    "people(filter: {id: {eq: $id}}) { edges { node { %s } } }": ("people", "edges", 0, "node"),
    'tenants(filter: {code: {eq: "east"}}) { nodes { people(filter: {id: {eq: $id}}) '
    "{ nodes { %s } } } }": ("tenants", "nodes", 0, "people", "nodes", 0),
    "person(id: $id) { mentor { id } tenant { people(filter: {id: {eq: $id}}) "
    "{ nodes { %s } } } }": ("person", "tenant", "people", "nodes", 0),
}  # fmt: skip


async def test_ada_is_shown_alike_by_every_way_to_her(group):
    for who in ("grace", "mary", "ada", "bea", "hugo", "anna", "rita"):
        found = []
        for query, way in WAYS.items():
            answer = await group.ask(
                who, f"query($id: ID!) {{ {query % PERSON} }}", id=group.psn("ada")
            )
            one = answer["data"]
            for step in way:
                one = one[step] if one else None
            found.append(one)
        seen = [one for one in found if one is not None]
        assert len(seen) >= 5, who
        assert all(one == seen[0] for one in seen), (who, seen)
