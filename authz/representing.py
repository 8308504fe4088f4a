"""Facts of rows that do not exist: one for each way in which a row can stand to an actor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any, Final, TypeAlias
from uuid import UUID

from .conditions import (
    CONDITIONS,
    All,
    AnyOf,
    Condition,
    Equals,
    Facts,
    Includes,
    Lasts,
    Negate,
    Says,
    Variables,
    Within,
)

NOBODY: Final = UUID(int=0)
"""Who and what an actor has nothing to do with: no row and no tenant has this id."""
MEMBERS: Final = 2  # of a set that a fact may be in
BEFORE: Final = timedelta(microseconds=1)


Telling: TypeAlias = Mapping[str, list[Any]]
"""What each fact of a row may be, so that it makes a difference to some condition."""


def telling(chance: Random, variables: Variables) -> Telling:
    """List what facts may be for an actor, so that each condition holds, fails, and is unknown.

    Each is somebody's or something's that a condition holds it against, nobody's, or unknown.
    """
    leaves = _leaves_by_fact()
    return {one.name: _values(chance, leaves.get(one.name, ()), variables) for one in fields(Facts)}


def representative(chance: Random, told: Telling) -> Facts:
    """Draw the facts of a row from what they may be."""
    return Facts(**{name: chance.choice(values) for name, values in told.items()})


def _values(chance: Random, leaves: Collection[Condition], variables: Variables) -> list[Any]:
    """List what a fact may be, once each: unknown, and whatever makes a difference to a leaf."""
    told = (value for leaf in leaves for value in _telling(chance, leaf, variables))
    return list(dict.fromkeys((None, *told)))


def _telling(chance: Random, leaf: Condition, variables: Variables) -> Iterator[Any]:
    match leaf:
        case Equals(_, name):
            yield NOBODY
            yield getattr(variables, name)
        case Within(_, name):
            several = sorted(getattr(variables, name) or ())
            yield NOBODY
            yield from chance.sample(several, min(MEMBERS, len(several)))
        case Includes(_, name):
            held = getattr(variables, name)
            yield frozenset()
            yield frozenset() if held is None else frozenset({held})
        case Says():
            yield True
            yield False
        case Lasts(name):
            ends = getattr(variables, name)
            yield ends
            yield None if ends is None else ends - BEFORE


@cache
def _leaves_by_fact() -> Mapping[str, Collection[Condition]]:
    """Gather the leaves of all conditions by the fact that they look at."""
    found: dict[str, dict[Condition, None]] = defaultdict(dict)
    for leaf in (one for name in CONDITIONS for one in _leaves(CONDITIONS[name])):
        match leaf:
            case Lasts():
                found["at"][leaf] = None
            case Equals(fact) | Within(fact) | Includes(fact) | Says(fact):
                found[fact][leaf] = None
    return found


def _leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Negate(part):
            yield from _leaves(part)
        case _:
            yield condition
