"""Why somebody may, or may not: every line that speaks of an act, and what became of each.

Casbin decides, and names one line. Here all lines that it walked through are read again, one by
one, so that whoever asks sees what opened, what closed, and what would have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .catalogue import Catalogue
from .conditions import ALWAYS, CONDITIONS, Facts, Variables, evaluate, holds
from .lines import Inheritance, Line, under


@dataclass(frozen=True, slots=True)
class Question:
    """An act on `Type` or `Type.field`, by somebody who acts at a tenant."""

    object: str
    action: str
    tenant_path: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line that speaks of the act, and whether it counts on the row.

    `holds` is what the condition says there; not knowing counts against whoever asks.
    """

    line: Line
    holds: bool | None
    applies: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """How a role is held: itself, or as the last of a chain of roles that each contain the next."""

    roles: tuple[str, ...]

    @property
    def role(self) -> str:
        """The role that is held in the end."""
        return self.roles[-1]


def chains(role: str, inherits: Iterable[Inheritance], tenant_path: str) -> tuple[Chain, ...]:
    """Follow a role that was given to all that it contains at a tenant, by the shortest ways."""
    links = [(above, below) for above, below, path in inherits if under(tenant_path, path)]
    found = {role: Chain((role,))}
    fresh = [found[role]]
    while fresh:
        nearest = {
            below: Chain((*chain.roles, below))
            for chain in reversed(fresh)
            for above, below in reversed(links)
            if above == chain.role and below not in found
        }
        found |= nearest
        fresh = sorted(nearest.values(), key=lambda chain: chain.roles)
    return tuple(found[name] for name in sorted(found))


def speaking(lines: Iterable[Line], question: Question, catalogue: Catalogue) -> Iterator[Line]:
    """Select the lines that speak of an act at a tenant, on whatever row."""
    return (
        line
        for line in lines
        if question.action in line.actions
        and under(question.tenant_path, line.tenant_path)
        and catalogue.matches(question.object, line.object)
    )


def weigh(lines: Iterable[Line], facts: Facts, variables: Variables) -> tuple[Weighed, ...]:
    """Hold each line against a row: an allow counts where it holds, a deny where it may."""
    return tuple(
        Weighed(
            line,
            outcome(line.condition, facts, variables),
            holds(line.condition, facts, variables, unknown=not line.allows),
        )
        for line in lines
    )


def outcome(condition: str, facts: Facts, variables: Variables) -> bool | None:
    """Say whether a condition holds on a row; None where that is not known."""
    return True if condition == ALWAYS else evaluate(CONDITIONS[condition], facts, variables)


def deciding(weighed: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """Pick the lines that decide: the denies that count, or else the allows; none if none does."""
    counted = [one for one in weighed if one.applies]
    denies = tuple(one for one in counted if not one.line.allows)
    return denies or tuple(counted)


def verdict(weighed: Sequence[Weighed]) -> bool:
    """Say what the lines come to: some allow counts, and no deny."""
    decided = deciding(weighed)
    return bool(decided) and decided[0].line.allows
