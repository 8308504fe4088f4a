"""What has happened, told to whoever hears it: past participles that carry identifiers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened. Events outlive erasure, so they carry ids and never a value."""


E = TypeVar("E", bound=Event)
Hearer = Callable[["Work", Any], Awaitable[None]]

_HEARERS: defaultdict[type[Event], list[Hearer]] = defaultdict(list)


def hears(
    kind: type[E],
) -> Callable[[Callable[[Work, E], Awaitable[None]]], Callable[[Work, E], Awaitable[None]]]:
    """Have a function called for every event of a kind, in the transaction of its cause.

    A consequence that raises undoes its cause: both are written, or neither.
    """

    def register(hearer: Callable[[Work, E], Awaitable[None]]) -> Any:
        _HEARERS[kind].append(hearer)
        return hearer

    return register


def hearers_of(kind: type[Event]) -> tuple[Hearer, ...]:
    """Name who hears events of exactly this kind, in the order in which they registered."""
    return tuple(_HEARERS.get(kind, ()))
