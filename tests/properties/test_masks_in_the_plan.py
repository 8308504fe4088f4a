"""Laws of the plan and its statement, for random policies and random documents, without a database.

What no lane shows does not occur; every cell opens where the lines say so, read one by one; every
relation is of one group. `laws.py` says each, and `test_mutants.py` that each is looked after.
"""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.graphql.narrowing import filters
from api.graphql.schema import schema
from api.planner.planning import root_names
from api.planner.shapes import Column, Many, One, column_name, is_core
from api.planner.statement import Writing
from authz.actor import Scope
from domain.access.conditions_sql import visible_when
from tests.properties.asking import planned, random_document
from tests.properties.columns import is_name
from tests.properties.laws import offences
from tests.properties.policies import line, policy, random_policy

LAWS = settings(
    derandomize=True,
    database=None,
    max_examples=120,
    suppress_health_check=[*HealthCheck],  # a document is large, and slow on a busy machine
)
chances = st.randoms(use_true_random=True)  # spread evenly; it shrinks badly
scopes = st.sampled_from(Scope)


def holds(chance, scope) -> None:
    held = random_policy(chance)
    one = planned(held, random_document(chance, held), scope=scope)

    assert one is None or not set(offences(one))


@settings(LAWS, max_examples=20)
@given(chances)
def test_a_random_document_is_valid(chance):
    document = random_document(chance, random_policy(chance))

    assert not validate(schema().graphql, parse(document)), document


@LAWS
@given(chances, scopes)
def test_plans_and_statements_offend_no_law(chance, scope):
    holds(chance, scope)


@pytest.mark.slow
@settings(LAWS, max_examples=3000)
@given(chances, scopes)
def test_plans_and_statements_offend_no_law_however_many(chance, scope):
    holds(chance, scope)


LOOK_UP = "k"
"""The alias under which every statement looks the token of whoever asks up, beside any list."""


def columns_in_filters():
    """Every column outside the row core that a root list may be filtered by."""
    for shape in schema().map.shapes.values():
        tested = {part for part, *_ in filters(shape)} if shape.listed else ()
        for name, held in shape.fields.items():
            if isinstance(held, Column) and not is_core(held) and name in tested:
                yield shape, name


def test_a_filter_sees_a_column_by_the_expression_that_a_selection_does():
    for shape, name in columns_in_filters():
        for allow, deny in permutations(("self", "own_line", "own_tenant", "subtree"), 2):
            named = f"{shape.policy_name}.{name}"
            held = policy(
                *(line(one.policy_name) for one in (shape, *schema().map.never_without(shape))),
                line(named, "read filter", allow),
                line(named, "read", deny, "deny"),
            )
            two_sights_are_one(held, shape, name)


def two_sights_are_one(held, shape, name) -> None:
    _, several = root_names(shape)
    document = f"{{ {several}(filter: {{{name}: {{isNull: true}}}}) {{ nodes {{ {name} }} }} }}"
    one = planned(held, document)
    assert one is not None
    cell = held.mask.cell("read", shape.policy_name, name)
    column = column_name(name, shape.fields[name])
    for alias in (_listed_as(shape, one), _selected_as(one)):
        seen = visible_when(shape.entity, cell, alias=alias, bind=_places(one.statement))
        sight = rf"CASE WHEN {re.escape(seen)} THEN (?:(?!CASE WHEN).)*?\b{alias}\.{column}\b"
        assert re.search(sight, one.statement.sql), (name, seen, one.statement.sql)


def _listed_as(shape, one) -> str:
    found = re.findall(rf"FROM {shape.table} (\w+) WHERE", one.statement.sql)
    (alias,) = [one for one in found if one != LOOK_UP]
    return alias


def _selected_as(one) -> str:
    (alias,) = re.findall(r"\) (\w+)\) p HAVING", one.statement.sql)
    return alias


def _places(statement):
    """Give what conditions ask of the actor the places that a statement has for it."""
    writing = Writing(Scope.SUBTREE, ())
    writing.places.update({held: at for at, held in enumerate(statement.parameters, start=1)})
    return writing.bind


def test_a_list_is_in_an_order_that_is_shown_or_that_everybody_knows():
    """What a list is in the order of is of the row core, or leads elsewhere, or is judged."""
    for shape in schema().map.shapes.values():
        for name, held in shape.fields.items():
            if isinstance(held, Many):
                for target in schema().map.concrete(held.target):
                    assert set(held.order) <= known_order(target), (shape.name, name)
        assert set(shape.order) <= known_order(shape) | {"sort_key"}, shape.name


def known_order(shape) -> set[str]:
    own = {"id", "position"}
    for name, held in shape.fields.items():
        if isinstance(held, Column) and held.core:
            own.add(column_name(name, held))
        elif isinstance(held, One) and held.required:
            own.add(held.by)
    return own


def test_every_list_that_can_be_searched_shows_the_name_that_it_is_searched_by():
    for shape in schema().map.shapes.values():
        if shape.entity is not None and shape.entity.named_by is not None:
            assert any(is_name(shape, name, held) for name, held in shape.fields.items())
            assert "sort_key" not in {column_name(name, one) for name, one in columns(shape)}


def columns(shape):
    return [(name, one) for name, one in shape.fields.items() if isinstance(one, Column)]
