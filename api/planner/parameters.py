"""What a statement is bound to: places for the actor, for arguments, and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from domain.kernel.ids import split_external_id
from domain.kernel.naming import sought

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from authz.actor import Actor

    from .arguments import Arguments


@dataclass(slots=True)
class Given:
    """What one request fills into the places of a statement."""

    actor: Actor
    arguments: Sequence[Arguments]
    cursors: Sequence[Mapping[str, Sequence[str | None]]]
    known: Sequence[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class OfActor:
    """A variable of the actor: group, person, token, and what conditions ask for."""

    name: str

    def value(self, given: Given) -> Any:
        """Take it."""
        return getattr(given.actor, OF_ACTOR[self.name])


@dataclass(frozen=True, slots=True)
class OfArgument:
    """An argument of a call; `part` says what of it is meant: its UUID, its bigrams, or all."""

    call: int
    name: str
    part: str = ""

    def value(self, given: Given) -> Any:
        """Take it, or nothing where it was not given."""
        value = given.arguments[self.call].get(self.name)
        return None if value is None else PARTS[self.part](value)


@dataclass(frozen=True, slots=True)
class OfIds:
    """The UUID of the n-th of the ids in an argument."""

    call: int
    at: int

    def value(self, given: Given) -> Any:
        """Take it."""
        return _uuid(given.arguments[self.call]["ids"][self.at])


@dataclass(frozen=True, slots=True)
class OfOperand:
    """A value that lies deeper in the arguments of a call: an operand of its filter."""

    call: int
    path: tuple[str | int, ...]
    part: str = ""

    def value(self, given: Given) -> Any:
        """Take it."""
        value: Any = given.arguments[self.call]
        for step in self.path:
            value = value[step]
        take = PARTS[self.part]
        return [take(one) for one in value] if isinstance(value, list) else take(value)


@dataclass(frozen=True, slots=True)
class OfCursor:
    """A value out of the cursor in `after` or `before`: that of the n-th key of the order."""

    call: int
    argument: str
    at: int

    def value(self, given: Given) -> Any:
        """Take it."""
        return given.cursors[self.call][self.argument][self.at]


@dataclass(frozen=True, slots=True)
class OfKnown:
    """JSON that the edge makes: the n-th known cell of the plan."""

    at: int

    def value(self, given: Given) -> Any:
        """Take it."""
        return given.known[self.at]


@dataclass(frozen=True, slots=True)
class OfClock:
    """The instant of the request."""

    def value(self, given: Given) -> Any:
        """Take it."""
        return given.now


Parameter: TypeAlias = OfActor | OfArgument | OfIds | OfOperand | OfCursor | OfKnown | OfClock

OF_ACTOR: Final = {
    "group": "group_id",
    "person": "person_id",
    "tenant": "tenant_id",
    "token": "token_id",
    "tenants": "tenants",
    "reach": "reach",
    "cohort": "cohort_id",
    "certified_until": "certified_until",
    "contracted_until": "contracted_until",
}
FIRST_SURROGATE, BEHIND_SURROGATES, LAST = 0xD800, 0xE000, chr(0x10FFFF)


def beyond(prefix: str) -> str:
    """The first text behind all that begin with a prefix, in the order of code points.

    Surrogates are no characters and are passed over; nobody writes the very last character.
    """
    kept = prefix.rstrip(LAST)
    if not kept:
        return prefix + LAST * 8
    after = ord(kept[-1]) + 1
    return kept[:-1] + chr(BEHIND_SURROGATES if after == FIRST_SURROGATE else after)


def _uuid(text: str) -> Any:
    parts = split_external_id(text)
    return parts[1] if parts else None


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _grams(text: str) -> list[str]:
    return sorted(sought(text))


PARTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "": _plain,
    "uuid": _uuid,
    "grams": _grams,
    "beyond": beyond,
}
