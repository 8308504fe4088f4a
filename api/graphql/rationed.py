"""Roots of which one operation takes few, under whatever aliases.

One that hands out a secret stands alone. What is computed is reckoned out anew for each alias,
where everything that is planned is one statement.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from api.planner.refusals import TooMuch

from .computing import COMPUTED
from .problems import VALIDATION_FAILED, NotExecuted, Problem
from .verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.planner.picks import Pick

HANDING_OUT: Final = frozenset(verb.name for verb in VERBS if verb.once)


def ration(roots: Iterable[Pick]) -> None:
    """Refuse an operation with more of a root than it may have."""
    asked = Counter(pick.name for pick in roots)
    if sum(asked[name] for name in HANDING_OUT) > 1:
        named = " and ".join(f"`{name}`" for name in sorted(HANDING_OUT))
        message = f"An operation hands out one secret: {named} stand in one of their own each."
        raise NotExecuted(Problem(code=VALIDATION_FAILED, message=message))
    for name, times in asked.items():
        root = COMPUTED.get(name)
        if root is not None and times > root.most:
            raise TooMuch(what=f"`{name}` in one operation", most=root.most)
