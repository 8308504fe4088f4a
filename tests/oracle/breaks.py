"""Planners that are broken in one place each, for the oracle to find out."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from api.planner.filters import All
from domain.access.conditions_sql import EVERYTHING, visible_when

JUDGES = ("cells", "links", "lists", "secrets", "wheres")
"""Where the planner asks on which rows something is shown."""


def everything_is_shown(patch):
    for module in JUDGES:
        patch.setattr(f"api.planner.{module}.visible_when", lambda *_, **__: EVERYTHING)


def deny_lanes_are_ignored(patch):
    def allowed(entity, cell, **options):
        return visible_when(entity, replace(cell, deny=frozenset()), **options)

    for module in JUDGES:
        patch.setattr(f"api.planner.{module}.visible_when", allowed)


def null_comes_first(patch):
    _written(patch, "api.planner.pages.order_text", "NULLS LAST", "NULLS FIRST")


def what_is_withheld_is_not_counted(patch):
    for module in ("cells", "rows", "secrets"):
        patch.setattr(f"api.planner.{module}.withheld", lambda _: "'null'")


def filters_look_at_what_is_hidden(patch):
    patch.setattr("api.planner.wheres._seen", lambda *args: f"{args[2]}.{args[3].column}")


def whatever_a_row_leads_to_is_shown_with_it(patch):
    patch.setattr("api.planner.planning.Planning.above", lambda *args: args[-1])


def a_page_begins_with_the_row_of_its_cursor(patch):
    _written(patch, "api.planner.pages.beyond_text", " > ", " >= ")


def or_means_and(patch):
    patch.setattr("api.planner.filters.Some", All)


def not_is_overheard(patch):
    patch.setattr("api.planner.filters.Not", lambda part: part)


def skip_and_include_are_overlooked(patch):
    patch.setattr("api.planner.selection._included", lambda *_: True)


def every_edition_is_the_one_in_force(patch):
    known = import_module("api.planner.links").led_to

    def led_to(writing, link, *args, **named):
        return known(writing, replace(link, also="TRUE"), *args, **named)

    patch.setattr("api.planner.rows.led_to", led_to)


def an_interval_is_of_another_width(patch):
    patch.setattr("api.planner.figures.Z", "1.645")


def _written(patch, place, old, new):
    """Have a function that writes text write something else in one place."""
    module, _, name = place.rpartition(".")
    known = getattr(import_module(module), name)
    patch.setattr(place, lambda *args, **named: known(*args, **named).replace(old, new))


BREAKS = (
    everything_is_shown,
    deny_lanes_are_ignored,
    null_comes_first,
    what_is_withheld_is_not_counted,
    filters_look_at_what_is_hidden,
    whatever_a_row_leads_to_is_shown_with_it,
    a_page_begins_with_the_row_of_its_cursor,
    or_means_and,
    not_is_overheard,
    skip_and_include_are_overlooked,
    every_edition_is_the_one_in_force,
    an_interval_is_of_another_width,
)
