"""Facts of rows that do not exist: one for each way in which a row can stand to an actor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from functools import cache
from random import Random
from typing import Final
from uuid import UUID

from .conditions import CONDITIONS, All, AnyOf, Condition, Equals, Facts, Negate, Variables, Within

NOBODY: Final = UUID(int=0)
"""Who and what an actor has nothing to do with: no row and no tenant has this id."""
MEMBERS: Final = 2  # of a set that a fact may be in


def representative(chance: Random, variables: Variables) -> Facts:
    """Draw facts by which each condition holds for this actor, does not hold, or is unknown.

    Each fact is somebody's or something's that a condition holds it against, nobody's, or unknown.
    """
    return Facts(
        **{
            one.name: chance.choice(_values(chance, _compared().get(one.name, ()), variables))
            for one in fields(Facts)
        }
    )


def _values(chance: Random, names: Collection[str], variables: Variables) -> list[UUID | None]:
    values: list[UUID | None] = [None, NOBODY]
    for name in names:
        held = getattr(variables, name)
        if isinstance(held, Collection) and not isinstance(held, str):
            several = sorted(held)
            values += chance.sample(several, min(MEMBERS, len(several)))
        elif held is not None:
            values.append(held)
    return values


@cache
def _compared() -> Mapping[str, Collection[str]]:
    """Name the variables that some condition holds a fact against, by the fact."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in CONDITIONS:
        for part in _leaves(CONDITIONS[name]):
            if isinstance(part, Equals | Within):
                found[part.fact].add(part.variable)
    return {fact: sorted(names) for fact, names in found.items()}


def _leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Negate(part):
            yield from _leaves(part)
        case _:
            yield condition
