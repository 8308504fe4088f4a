"""Masks answer bitwise questions, meet a token's scopes, and never merge lanes."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authz.catalogue import ROW, Catalogue, DataClass, FieldEntry
from authz.compiler import UnknownScope, compile_mask, scope_mask
from authz.conditions import CONDITIONS, Facts, Variables
from authz.lines import ACTIONS, Line
from authz.masks import NEVER, OPEN, Cell, Lane, Rule

SMALL = Catalogue([FieldEntry("Person", word, "org", DataClass.P1) for word in "abc"])
ids = st.sampled_from([UUID(int=1), UUID(int=2), UUID(int=3)])
maybe = st.none() | ids
some = st.none() | st.frozensets(ids)
perhaps = st.none() | st.booleans()
instants = st.none() | st.sampled_from([datetime(2026, 5, day, tzinfo=UTC) for day in (3, 4, 5)])
facts = st.builds(Facts, maybe, maybe, maybe, maybe, perhaps, some, instants)
variables = st.builds(Variables, maybe, maybe, some, some, maybe, instants, instants)
names = st.frozensets(st.sampled_from(("-", *CONDITIONS, "self&subtree")), max_size=4)
cells = st.builds(Cell, names, names)
lines = st.lists(
    st.builds(
        Line,
        st.just("role"),
        st.just("/"),
        st.sampled_from(("Person", "Person.a", "Person.*", "@org", "*")),
        st.sampled_from(("read", "write", "*")),
        st.sampled_from(("-", *CONDITIONS)),
        st.sampled_from(("allow", "allow", "deny")),
    ),
    max_size=6,
)


def line(object, when="-", effect="allow", action="read"):
    return Line("role", "/", object, action, when, effect)


@given(cells, cells, facts, variables)
def test_simplifying_under_a_visible_row_changes_no_answer(cell, row, about, mine):
    if row.opens(about, mine):
        assert cell.under(row).opens(about, mine) == cell.opens(about, mine)


@given(cells, cells)
def test_simplifying_under_a_row_is_done_at_once(cell, row):
    assert cell.under(row).under(row) == cell.under(row)


@given(cells, facts, variables)
def test_never_and_always_mean_what_they_say(cell, about, mine):
    assert not (cell.never and cell.opens(about, mine))
    assert not cell.always or cell.opens(about, mine)


def test_a_cell_that_covers_its_row_is_always_shown_with_it():
    row = Cell(frozenset({"self", "subtree"}), frozenset({"own_line"}))

    assert Cell(row.allow | {"own_mentees"}, row.deny).under(row) == OPEN
    assert Cell(row.allow, frozenset()).under(row).always
    assert not Cell(frozenset({"self"}), row.deny).under(row).always
    assert not Cell(row.allow, row.deny | {"self"}).under(row).always
    assert OPEN.under(NEVER) == NEVER


@given(lines, lines, facts, variables)
def test_the_meeting_of_two_masks_opens_what_both_open(mine, theirs, about, who):
    one, other = compile_mask(mine, SMALL), compile_mask(theirs, SMALL)
    for act in ("read", "write", "decrypt"):
        for number in range(4):
            expected = one.cell(act, "Person", number).opens(about, who) and other.cell(
                act, "Person", number
            ).opens(about, who)
            assert (one & other).cell(act, "Person", number).opens(about, who) == expected


@given(lines)
def test_always_and_maybe_are_the_cells_as_bits(held):
    rule = compile_mask(held, SMALL).rule("read", "Person")
    for number in range(4):
        cell = rule.cell(number)
        assert bool(rule.always >> number & 1) == cell.always
        assert bool(rule.maybe >> number & 1) == (not cell.always and not cell.never)


def test_lanes_of_two_conditions_stay_apart():
    """Two policies, one field each on rows of their own, once opened both fields on both rows.

    That was GHSA-99vm-5v2h-h6r6 in a system whose rows and fields were united separately.
    """
    mask = compile_mask(
        [line("Person.a", "self"), line("Person.b", "own_line"), line("Person", "self")], SMALL
    )

    assert mask.rule("read", "Person").allow == (Lane("own_line", 0b100), Lane("self", 0b011))
    assert mask.cell("read", "Person", "a") == Cell(frozenset({"self"}), frozenset())
    assert mask.cell("read", "Person", "b") == Cell(frozenset({"own_line"}), frozenset())


def test_a_field_granted_does_not_show_its_row():
    mask = compile_mask([line("Person.*")], SMALL)

    assert mask.cell("read", "Person", ROW).never
    assert mask.cell("read", "Person", "a").always


def test_every_action_is_every_action():
    mask = compile_mask([line("Person", action="*")], SMALL)

    assert {act for act, _ in mask.rules} == set(ACTIONS)


def test_what_no_line_opens_is_closed():
    mask = compile_mask([line("Person.a", effect="deny")], SMALL)

    assert mask.rules == {}
    assert mask.rule("read", "Person") == Rule()
    assert mask.cell("read", "Person", "a").never
    assert mask.cell("read", "Nothing", ROW).never


def test_the_fingerprint_follows_the_contents_and_not_the_order():
    held = [line("Person.a", "self"), line("Person", "subtree"), line("@org", effect="deny")]
    mask = compile_mask(held, SMALL)

    assert mask.fingerprint == compile_mask(reversed(held), SMALL).fingerprint
    assert mask == compile_mask(held, SMALL)
    assert len({compile_mask(held[:count], SMALL).fingerprint for count in range(4)}) == 4


def test_a_scope_opens_one_action_on_one_object(catalogue):
    mask = scope_mask(["read:Course.*", "create:Enrolment"], catalogue)

    assert mask.cell("read", "Course", "title").always
    assert mask.cell("read", "Course").never
    assert mask.cell("create", "Enrolment").always


@pytest.mark.parametrize("scope", ["read", "peek:Course", "read:Cours*", "Course:read", ""])
def test_a_scope_that_is_none_is_refused(catalogue, scope):
    with pytest.raises(UnknownScope):
        scope_mask([scope], catalogue)
