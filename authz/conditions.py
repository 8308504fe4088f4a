"""The named row conditions: small trees over the facts of a row and the variables of an actor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

Fact: TypeAlias = Literal["subject", "tenant", "supervisor", "mentor"]
Told: TypeAlias = Literal["consented"]
Group: TypeAlias = Literal["cohorts"]
One: TypeAlias = Literal["person", "tenant", "cohort"]
Many: TypeAlias = Literal["tenants", "reach"]
Until: TypeAlias = Literal["certified_until", "contracted_until"]

ALWAYS: Final = "-"
"""The name of no condition: the line holds for every row."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row says to a condition; None where the row says nothing (SQL's NULL).

    `subject` is the person the row is about, `supervisor` and `mentor` are that person's.
    `consented` is whether that person lets third parties see what is about them, `cohorts` are the
    batches of learners that they belong to. `at` is the instant at which the row is looked at.
    """

    subject: UUID | None = None
    tenant: UUID | None = None
    supervisor: UUID | None = None
    mentor: UUID | None = None
    consented: bool | None = None
    cohorts: frozenset[UUID] | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Variables:
    """What an actor says to a condition; a set that is None means everything (the whole group).

    `cohort` is whom the actor's processing contract covers. Where the actor has got no certificate
    or no contract, there is no instant up to which they would have it.
    """

    person: UUID | None
    tenant: UUID | None
    tenants: Collection[UUID] | None
    reach: Collection[UUID] | None
    cohort: UUID | None = None
    certified_until: datetime | None = None
    contracted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Equals:
    """The fact is the variable."""

    fact: Fact
    variable: One


@dataclass(frozen=True, slots=True)
class Within:
    """The fact is a member of the variable, which is a set.

    Membership in everything is true and in an empty set false, even for a fact that is unknown:
    `= ANY('{}')` compares nothing, so it has nothing to be unsure of.
    """

    fact: Fact
    variable: Many


@dataclass(frozen=True, slots=True)
class Includes:
    """The variable is a member of the fact, which is a set. Unknown where either is."""

    fact: Group
    variable: One


@dataclass(frozen=True, slots=True)
class Says:
    """The row says yes. Unknown where it is about nobody who could."""

    fact: Told


@dataclass(frozen=True, slots=True)
class Lasts:
    """What the actor has got is not over yet: the same on every row, but not at every instant."""

    variable: Until


@dataclass(frozen=True, slots=True)
class IsNull:
    """The row says nothing of the fact. Never unknown itself."""

    fact: Fact


@dataclass(frozen=True, slots=True, init=False)
class All:
    """Every part holds; true where there is none."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True, slots=True, init=False)
class AnyOf:
    """Some part holds; false where there is none."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True, slots=True)
class Negate:
    """The part does not hold; unknown where the part is."""

    part: Condition


Condition: TypeAlias = Equals | Within | Includes | Says | Lasts | IsNull | All | AnyOf | Negate


class Registry(Mapping[str, Condition]):
    """Conditions by name; `a&b`, the meeting of a mask with a token's, is looked up as both.

    Only the plain names are listed: a policy line may not spell a conjunction.
    """

    __slots__ = ("_named",)

    def __init__(self, named: Mapping[str, Condition]) -> None:
        self._named = dict(named)

    def __getitem__(self, name: str) -> Condition:
        if "&" in name:
            return All(*(self._named[part] for part in name.split("&")))
        return self._named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


CONDITIONS: Final[Mapping[str, Condition]] = Registry(
    {
        "self": Equals("subject", "person"),
        "own_mentees": Equals("mentor", "person"),
        "own_line": Equals("supervisor", "person"),
        "own_tenant": Equals("tenant", "tenant"),
        "subtree": Within("tenant", "tenants"),
        # Published by the own tenant, by one above it or by one below it.
        "reach": Within("tenant", "reach"),
        # About the actor alone: they hold a certificate (PIPL article 51, number 4).
        "certified": Lasts("certified_until"),
        # The person has given, and not withdrawn, consent to third parties (PIPL article 23).
        "consented": Says("consented"),
        # The actor's processing contract is in force and covers the person (PIPL article 21).
        "contract_covers": All(Lasts("contracted_until"), Includes("cohorts", "cohort")),
    }
)


def asks_of_relations(condition: Condition) -> bool:
    """Say whether a condition asks for what stands neither in a row nor with its person."""
    match condition:
        case All(parts) | AnyOf(parts):
            return any(map(asks_of_relations, parts))
        case Negate(part):
            return asks_of_relations(part)
        case _:
            return isinstance(condition, Includes | Says)


RELATED: Final = frozenset(name for name, tree in CONDITIONS.items() if asks_of_relations(tree))
"""The conditions that are judged on a row only when its relations have been read."""


def both(one: str, other: str) -> str:
    """Name the condition that holds where two named ones do."""
    parts = {part for name in (one, other) for part in name.split("&")} - {ALWAYS}
    return "&".join(sorted(parts)) or ALWAYS


def evaluate(condition: Condition, facts: Facts, variables: Variables) -> bool | None:
    """Say whether a condition holds for a row, in SQL's three-valued logic; None is unknown."""
    match condition:
        case Equals(fact, variable):
            return _equal(getattr(facts, fact), getattr(variables, variable))
        case Within(fact, variable):
            return _member(getattr(facts, fact), getattr(variables, variable))
        case Includes(fact, variable):
            return _included(getattr(facts, fact), getattr(variables, variable))
        case Says(fact):
            return getattr(facts, fact)  # type: ignore[no-any-return]
        case Lasts(variable):
            return _before(facts.at, getattr(variables, variable))
        case IsNull(fact):
            return getattr(facts, fact) is None
        case All(parts):
            return _conjunction(evaluate(part, facts, variables) for part in parts)
        case AnyOf(parts):
            # De Morgan, which holds for three values too.
            return evaluate(Negate(All(*map(Negate, parts))), facts, variables)
        case Negate(part):
            outcome = evaluate(part, facts, variables)
            return None if outcome is None else not outcome


def holds(name: str, facts: Facts, variables: Variables, *, unknown: bool) -> bool:
    """Say whether a named condition holds, an unknown outcome counting as `unknown` says.

    An allow passes False and a deny passes True, so that not knowing never opens anything.
    """
    if name == ALWAYS:
        return True
    outcome = evaluate(CONDITIONS[name], facts, variables)
    return unknown if outcome is None else outcome


def _equal(fact: UUID | None, variable: UUID | None) -> bool | None:
    return None if fact is None or variable is None else fact == variable


def _member(fact: UUID | None, among: Collection[UUID] | None) -> bool | None:
    if among is None:
        return True
    if not among:
        return False
    return None if fact is None else fact in among


def _included(group: Collection[UUID] | None, variable: UUID | None) -> bool | None:
    return None if group is None or variable is None else variable in group


def _before(at: datetime | None, until: datetime | None) -> bool | None:
    return None if at is None or until is None else at < until


def _conjunction(outcomes: Iterator[bool | None]) -> bool | None:
    result: bool | None = True
    for outcome in outcomes:
        if outcome is False:
            return False
        if outcome is None:
            result = None
    return result
