"""Planners that forget one rule each, for the laws to find out."""

from __future__ import annotations

from dataclasses import replace

from api.planner import lists, pages, planning, rows, wheres
from api.planner.planning import Planning
from api.planner.shapes import Many
from authz.masks import OPEN, Cell, Mask, Rule


def deny_lanes_are_dropped(patch):
    known = Rule.cell
    patch.setattr(Rule, "cell", lambda rule, number: known(replace(rule, deny=()), number))


def lanes_are_merged(patch):
    def cell(rule, number):
        opened = known(rule, number)
        every = frozenset(lane.when for lane in rule.allow)
        return opened if opened.never else Cell(every, opened.deny)

    known = Rule.cell
    patch.setattr(Rule, "cell", cell)


def a_filter_looks_at_what_is_hidden(patch):
    patch.setattr(Planning, "sight", _open_for("filter", Planning.sight))


def a_sort_looks_at_what_is_hidden(patch):
    patch.setattr(Planning, "sight", _open_for("sort", Planning.sight))


def _open_for(act, known):
    def sight(planning, asked, *args, **options):
        return OPEN if asked == act else known(planning, asked, *args, **options)

    return sight


def a_search_finds_names_that_are_hidden(patch):
    known = Planning.named
    patch.setattr(
        Planning,
        "searched",
        lambda planning, shape, rows, *, asked: (
            OPEN if asked else known(planning, shape, rows, "filter")
        ),
    )


def a_list_is_in_the_order_of_names_that_are_hidden(patch):
    patch.setattr(Planning, "named", _named_open_for("sort"))


def _named_open_for(act):
    known = Planning.named
    return lambda planning, shape, rows, asked: (
        OPEN if asked == act else known(planning, shape, rows, asked)
    )


def rows_are_taken_to_be_visible(patch):
    known = Planning.rows_of
    patch.setattr(Planning, "rows_of", lambda *args, **named: (known(*args, **named)[0], True))


def children_are_taken_to_lie_where_their_parent_does(patch):
    known = Planning.above

    def above(planning, link, target, rows):
        return rows if isinstance(link, Many) else known(planning, link, target, rows)

    patch.setattr(Planning, "above", above)


def a_value_is_opened_to_whoever_reads_its_mask(patch):
    patch.setattr(Mask, "cell", _acting_as("decrypt", "read"))


def a_rate_is_told_to_whoever_reads(patch):
    patch.setattr(Mask, "cell", _acting_as("aggregate", "read"))


def _acting_as(one, other):
    known = Mask.cell
    return lambda mask, act, *args: known(mask, other if act == one else act, *args)


def a_selection_ignores_the_conditions(patch):
    def cell_of(*args):
        found = known(*args)
        return found if found.never else OPEN

    known = planning._cell_of
    patch.setattr(planning, "_cell_of", cell_of)


def what_is_hidden_is_written_and_guarded(patch):
    patch.setattr(Cell, "never", property(lambda _: False))


def links_leave_the_group(patch):
    def led_to(*args, **named):
        source, conditions = known(*args, **named)
        return source, conditions[1:]

    known = rows.led_to
    for module in (rows, lists, wheres):
        patch.setattr(module, "led_to", led_to)


def counts_are_taken_over_every_row(patch):
    known = pages.list_of

    def list_of(writing, page, *, above):
        return known(writing, replace(page, free=True, where=None), above=above)

    patch.setattr(pages, "list_of", list_of)


SEEN_IN_THE_PLAN = (
    deny_lanes_are_dropped,
    lanes_are_merged,
    a_filter_looks_at_what_is_hidden,
    a_sort_looks_at_what_is_hidden,
    a_search_finds_names_that_are_hidden,
    a_list_is_in_the_order_of_names_that_are_hidden,
    rows_are_taken_to_be_visible,
    a_value_is_opened_to_whoever_reads_its_mask,
    a_rate_is_told_to_whoever_reads,
    a_selection_ignores_the_conditions,
    what_is_hidden_is_written_and_guarded,
    links_leave_the_group,
)
SEEN_IN_ANSWERS = (
    deny_lanes_are_dropped,
    a_filter_looks_at_what_is_hidden,
    a_sort_looks_at_what_is_hidden,
    a_search_finds_names_that_are_hidden,
    a_list_is_in_the_order_of_names_that_are_hidden,
    a_selection_ignores_the_conditions,
    children_are_taken_to_lie_where_their_parent_does,  # what a real one did
    counts_are_taken_over_every_row,
)
