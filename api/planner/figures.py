"""A rate becomes JSON text: value, numerator, denominator and its interval.

No denominator gives null, never 0 or 1. The interval is Wilson's for 95 % (Wilson 1927).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .cells import object_of
from .parameters import OfArgument, OfClock
from .statement import INSTANT, TEXT, quoted

if TYPE_CHECKING:
    from .plan import Rated
    from .rows import Row

DEFINITION_VERSION: Final = "1"
Z: Final = "1.959964"
KINDS: Final = {"asOf": INSTANT, "family": TEXT}


def figure_text(row: Row, rated: Rated) -> str:
    """Write a rate as an object, from a statement that gives `n` and `d`."""
    writing = row.writing
    places = {
        name: writing.place(OfArgument(rated.call or 0, name), KINDS[name])
        for name in rated.figure.arguments
    }
    source = rated.figure.statement.format(
        a=row.alias, group=writing.group, now=writing.place(OfClock(), INSTANT), **places
    )
    pairs = [(key, _part(what)) for key, what in rated.parts]
    return f"(SELECT {object_of(pairs)} FROM ({source}) r)"


def _part(what: str) -> str:
    match what:
        case "__typename":
            return quoted('"Rate"')
        case "numerator":
            return "r.n::text"
        case "denominator":
            return "r.d::text"
        case "definitionVersion":
            return quoted(DEFINITION_VERSION)
        case "interval":
            low, high = _bound("-"), _bound("+")
            return (
                f"""CASE WHEN r.d = 0 THEN 'null' ELSE '["' || {low} || '","' || {high} """
                """|| '"]' END"""
            )
        case _:
            exact = "trim_scale(round(r.n::numeric / nullif(r.d, 0), 6))"
            return f"""coalesce('"' || {exact} || '"', 'null')"""


def _bound(sign: str) -> str:
    share, count = "(r.n::numeric / r.d)", "r.d::numeric"
    spread = f"sqrt({share} * (1 - {share}) / {count} + {Z}^2 / (4 * {count}^2))"
    middle = f"{share} + {Z}^2 / (2 * {count})"
    bound = f"({middle} {sign} {Z} * {spread}) / (1 + {Z}^2 / {count})"
    return f"round(least(greatest({bound}, 0), 1), 4)"
