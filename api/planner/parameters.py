"""What a statement is bound to: places for the actor, for arguments, and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class OfActor:
    """A variable of the actor: group, person, tenant, tenants, reach, token."""

    name: str


@dataclass(frozen=True, slots=True)
class OfArgument:
    """An argument of a call; `part` picks the id's UUID, a list's place, and the like."""

    call: int
    name: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class OfOperand:
    """A value that lies deeper in the arguments of a call: an operand of its filter."""

    call: int
    path: tuple[str | int, ...]
    part: str = ""


@dataclass(frozen=True, slots=True)
class OfCursor:
    """A value out of the cursor in `after` or `before`: that of the n-th key of the order."""

    call: int
    argument: str
    at: int


@dataclass(frozen=True, slots=True)
class OfKnown:
    """JSON that the edge makes: the n-th known cell of the plan."""

    at: int


@dataclass(frozen=True, slots=True)
class OfClock:
    """The instant of the request."""


Parameter: TypeAlias = OfActor | OfArgument | OfOperand | OfCursor | OfKnown | OfClock
