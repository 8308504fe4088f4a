"""What cannot be planned is refused when the schema is made, and every fault of it is named."""

from dataclasses import replace

import pytest

from api.graphql.schema import schema
from api.planner.plannable import Unplannable, check
from api.planner.shapes import Abstract, Choice, Column, Figure, Inside, Many, Map, One, Pages

SAYS = {"says": "…"}
FIELDS = [
    ("Person", Column(column="shoe_size", **SAYS), "person has no column shoe_size"),
    ("Person", Column(column="phone", core=True, **SAYS), "no part of the row core"),
    ("Person", One(target="Ghost", by="tenant_id", **SAYS), "there is no type Ghost"),
    ("Person", One(target="Tenant", by="ghost_id", **SAYS), "person has no column ghost_id"),
    ("Person", One(target="Tenant", by="{ghost}", **SAYS), "nothing fills {ghost} in"),
    ("Person", One(target="Tenant", by="tenant_id", also="{c}.x", **SAYS), "nothing fills {c} in"),
    ("Person", One(target="Tenant", by="tenant_id", remote="x", **SAYS), "tenant has no column x"),
    ("Person", One(target="Tenant", by="tenant_id", numbered=True, **SAYS), "no column number"),
    (
        "Person",
        One(target="Person", by="mentor_id", required=True, **SAYS),
        "mentor_id may be null",
    ),
    ("Person", One(target="PathActivity", by="id", **SAYS), "lies in no table, or in several"),
    ("Person", One(target="Scale", by="id", **SAYS), "Scale lies in no table"),
    ("Person", Many(target="Enrolment", by="ghost_id", **SAYS), "no column ghost_id"),
    (
        "Person",
        Many(target="Enrolment", by="person_id", **SAYS),
        "enrolment has no column position",
    ),
    ("Course", Pages(target="Block", **SAYS), "a page is of one type"),
    ("Cohort", Pages(target="Person", through=("ghost", "a", "b"), **SAYS), "no table ghost"),
    (
        "Cohort",
        Pages(target="Person", through=("cohort_member", "x", "person_id"), **SAYS),
        "cohort_member has no column x",
    ),
    ("Person", Inside(target="Progress", **SAYS), "Progress.percent: person has no column percent"),
    ("Person", Inside(target="Ghost", **SAYS), "there is no type Ghost"),
    (
        "PathItem",
        Choice(target="PathActivity", ways=(One(target="Course", by="course_id", **SAYS),), **SAYS),
        "its ways do not lead to just what PathActivity may be",
    ),
    ("Tenant", Figure(statement="SELECT {x}", arguments=(), **SAYS), "nothing fills {x} in"),
    ("Tenant", Figure(statement="", arguments=("x",), **SAYS), "x is no argument of a rate"),
]


@pytest.fixture
def known() -> Map:
    return schema().map


def with_shape(known, name, **changed):
    return Map(
        {**known.shapes, name: replace(known.shapes[name], **changed)},
        known.abstracts,
    )


def test_all_that_is_declared_can_be_planned(known):
    check(known)


@pytest.mark.parametrize(
    ("name", "held", "fault"),
    FIELDS,
    ids=[f"{type(held).__name__} {fault}" for _, held, fault in FIELDS],
)
def test_a_field_that_no_statement_can_answer_is_named(known, name, held, fault):
    fields = {**known.shapes[name].fields, "odd": held}

    with pytest.raises(Unplannable) as refused:
        check(with_shape(known, name, fields=fields))

    [told] = [one for one in refused.value.faults if fault in one]
    assert told.startswith(f"{name}.odd: ")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"prefix": "tnt"}, "prefix tnt stands for several types"),
        ({"order": ("ghost",)}, "Person: person has no column ghost"),
        ({"where": "{ghost}.kind"}, "Person: nothing fills {ghost} in"),
    ],
)
def test_a_type_that_cannot_be_told_or_listed_is_named(known, changed, fault):
    with pytest.raises(Unplannable) as refused:
        check(with_shape(known, "Person", **changed))

    assert fault in refused.value.faults


def test_two_types_cannot_be_of_the_same_rows(known):
    with pytest.raises(Unplannable) as refused:
        check(with_shape(known, "VideoBlock", where=known.shapes["TextBlock"].where))

    assert "VideoBlock: the same rows are also TextBlock" in refused.value.faults


def test_every_fault_is_named_at_once(known):
    fields = {
        "one": Column(column="x", **SAYS),
        "two": Many(target="Nobody", **SAYS),
    }
    abstracts = {
        **known.abstracts,
        "PathActivity": Abstract(name="PathActivity", members=(), **SAYS),
    }

    with pytest.raises(Unplannable) as refused:
        check(Map(with_shape(known, "Person", fields=fields).shapes, abstracts))

    told = "; ".join(refused.value.faults)
    assert "Person.one" in told
    assert "Person.two" in told
    assert "PathItem.activity" in told
