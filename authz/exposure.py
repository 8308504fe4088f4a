"""Whether somebody comes to see more of what is sealed, or to decide who does."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Final

from .catalogue import ROW, Catalogue
from .impact import widened
from .masks import Mask, Rule

SHOWING: Final = ("read", "decrypt", "export")
"""The acts by which a value reaches somebody, masked or not."""

ONESELF: Final = "self"


def exposes(before: Mask, after: Mask) -> bool:
    """Say whether more of what is P3 or P4 is shown, or the policy may be granted.

    A row that opens shows what of it is open already: that counts as well.
    """
    gains = widened(before.rule("grant", "Policy"), after.rule("grant", "Policy"))
    return bool(gains & (1 << ROW)) or any(
        _shows_more(before, after, name, bits) for name, bits in sensitive(after.catalogue).items()
    )


def of_others(mask: Mask) -> Mask:
    """Leave out what opens only to the person whom a row is about: that exposes nobody."""
    return Mask(
        mask.catalogue,
        {
            key: Rule(tuple(lane for lane in rule.allow if lane.when != ONESELF), rule.deny)
            for key, rule in mask.rules.items()
        },
    )


@cache
def sensitive(catalogue: Catalogue) -> dict[str, int]:
    """The fields that are P3 or P4, as bits by type."""
    found: dict[str, int] = defaultdict(int)
    for pattern in ("@P3", "@P4"):
        for name, bits in catalogue.expand(pattern).items():
            found[name] |= bits
    return dict(found)


def _shows_more(before: Mask, after: Mask, name: str, bits: int) -> bool:
    row = widened(before.rule("read", name), after.rule("read", name)) & (1 << ROW)
    return any(
        widened(before.rule(act, name), after.rule(act, name)) & bits
        or (row and (after.rule(act, name).always | after.rule(act, name).maybe) & bits)
        for act in SHOWING
    )
