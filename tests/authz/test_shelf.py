"""The policies in force in a process: swapped whole, never for an older one, and bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from authz import shelf as shelves
from authz.judge import Judge
from authz.lines import Line
from authz.shelf import WITHHELD, Judged, Shelf
from authz.snapshot import Policy

GOOD = Line("learner", "/", "Person", "read", "self", "allow")
GROUP, NOW = UUID(int=1), datetime(2026, 5, 4, tzinfo=UTC)


def judged(catalogue, number, *lines, answers_for=None, until=None):
    policy = Policy(version=number, lines=lines, inherits=(), catalogue=catalogue)
    judge = Judge(policy, catalogue)
    return Judged(policy=policy, judge=judge, version=answers_for or number, until=until)


def test_an_older_policy_that_arrives_late_does_not_lose_a_deny(catalogue):
    deny = Line("learner", "/", "Person", "read", "-", "deny")
    older, newer = judged(catalogue, 6, GOOD), judged(catalogue, 7, GOOD, deny)
    shelf = Shelf()

    shelf.swap(GROUP, newer)
    in_force = shelf.swap(GROUP, older)

    assert in_force is newer is shelf.current(GROUP)
    assert shelf.current(GROUP).mask({"learner"}, "/").cell("read", "Person").never


def test_each_group_has_its_own_and_the_one_asked_for_longest_ago_makes_room(
    catalogue, monkeypatch
):
    monkeypatch.setattr(shelves, "MOST", 2)
    shelf, policy = Shelf(), judged(catalogue, 6, GOOD)

    for number in (1, 2, 3):
        shelf.swap(UUID(int=number), policy)

    assert shelf.current(UUID(int=1)) is None
    assert shelf.current(UUID(int=2)) is shelf.current(UUID(int=3)) is policy


def test_a_policy_covers_the_time_up_to_the_next_border(catalogue):
    held = judged(catalogue, 6, GOOD, until=NOW)

    assert held.covers(NOW - timedelta(microseconds=1))
    assert not held.covers(NOW)
    assert judged(catalogue, 6, GOOD).covers(NOW)


def test_it_says_of_which_conditions_its_lines_speak(catalogue):
    certified = Line("learner", "/", "Course", "read", "certified", "allow")

    assert judged(catalogue, 6, GOOD, certified).conditions == {"self", "certified"}


def test_a_policy_that_stands_in_opens_no_value_and_grants_nothing(catalogue):
    everything = Line("learner", "/", "*", "*", "-", "allow")
    last_good = judged(catalogue, 6, everything)
    standing_in = judged(catalogue, 6, everything, answers_for=7)

    assert standing_in.stands_in
    assert not last_good.stands_in
    for act in ("read", "write", *WITHHELD):
        closed = standing_in.mask({"learner"}, "/").cell(act, "Person").never
        assert closed is (act in WITHHELD)
        assert last_good.mask({"learner"}, "/").cell(act, "Person").always
