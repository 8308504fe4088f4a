"""Find everybody who can do something to a row, and by which lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from authz.explain import Question, Weighed, deciding, speaking, weigh

from .asked_row import AskedRow, overseen
from .deciding import decided
from .policy_at import judged_now
from .standing import Standing, everyone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from authz.actor import Actor
    from authz.conditions import Facts
    from authz.lines import Line
    from authz.shelf import Judged
    from domain.kernel.work import Work

    from .models import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoCan:
    """Which row, which act, and how many principals at most."""

    row: AskedRow
    action: str
    first: int


@dataclass(frozen=True, slots=True)
class Capable:
    """A principal who can, whether the row is shown to them, their roles, and lines that decide."""

    principal: Principal
    shown: bool
    roles: tuple[str, ...]
    lines: tuple[Weighed, ...]


@dataclass(slots=True)
class Search:
    """The search for whoever can, with the lines that speak of the act, by roles and tenant."""

    work: Work
    judged: Judged
    command: WhoCan
    facts: Facts
    lines: dict[tuple[frozenset[str], str], tuple[Line, ...]] = field(default_factory=dict)

    def found(self, standings: list[Standing]) -> Iterator[Capable]:
        """Give those who can and whom whoever asks may know of, in the order of their ids."""
        for standing in standings:
            if overseen(self.work, standing.principal):
                able = (actor for actor in standing.actors(self.judged) if self._acts(actor))
                yield from (self._capable(standing, actor) for actor in islice(able, 1))

    def _capable(self, standing: Standing, actor: Actor) -> Capable:
        weighed = weigh(self._speaking(actor), self.facts, actor.variables)
        shown = self._can(actor, "read", self.command.row.type)
        roles = tuple(sorted(standing.assigned))
        return Capable(standing.principal, shown, roles, deciding(weighed))

    def _acts(self, actor: Actor) -> bool:
        return self._can(actor, self.command.action, self.command.row.object)

    def _can(self, actor: Actor, action: str, named: str) -> bool:
        """The mask finds them, Casbin decides."""
        type_name, number = actor.mask.catalogue.locate(named)
        cell = actor.mask.cell(action, type_name, number)
        if not cell.opens(self.facts, actor.variables):
            return False
        return decided(self.judged, actor, named, action, self.facts).allowed

    def _speaking(self, actor: Actor) -> tuple[Line, ...]:
        key = actor.roles, actor.tenant_path
        if key not in self.lines:
            question = Question(self.command.row.object, self.command.action, actor.tenant_path)
            policy = self.judged.policy
            held = policy.lines_of(actor.roles)
            self.lines[key] = tuple(speaking(held, question, policy.catalogue))
        return self.lines[key]


async def who_can(work: Work, command: WhoCan) -> tuple[list[Capable], bool]:
    """Find those who can, as the policy stands, and say whether there are more than were asked for.

    It takes the right to read the policy where the row lies.
    """
    facts = await command.row.facts(work)
    search = Search(work, judged_now(work), command, facts)
    found: list[Capable] = []
    for one in search.found(await everyone(work, work.now)):
        if len(found) == command.first:
            return found, True
        found.append(one)
    return found, False
