"""One planned read in so many is held against Casbin before anything is read; the two must agree.

What a read shows follows from a mask, which was compiled from the lines that Casbin judges by. Of
the cells that a plan was made from some are put to Casbin, on facts made up for this actor.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias

from api.planner.refusals import RequestRefused
from authz.conditions import CONDITIONS
from authz.enforcer import EnforcementFailed
from authz.explain import outcome
from authz.representing import representative, telling
from runtime.unit import StaleActor

from .problems import UNAVAILABLE

if TYPE_CHECKING:
    from uuid import UUID

    from authz.actor import Actor
    from authz.conditions import Facts, Variables
    from authz.judge import Judge
    from authz.masks import Cell
    from authz.representing import Telling
    from runtime.installation import Installation

Judged: TypeAlias = tuple[str, str]
"""A cell of a mask: an action and its object."""

SAMPLE: Final = 8
"""So many questions are put to Casbin about a read; about all of it, once a mask was wrong."""
DRAWS: Final = 8
CLOSED: Final = ""
"""The name of no condition: asked is about a row on which the mask does not open."""
LOG: Final = logging.getLogger("peiyuan.authz")


class Unconfirmed(RequestRefused):
    """Casbin and the compiled mask, which must be one, were two: nothing was read."""

    code = UNAVAILABLE

    def __init__(self) -> None:
        super().__init__(
            "Your rights could not be confirmed, so nothing was read. Tell an administrator.",
            reason="RIGHTS_UNCONFIRMED",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What Casbin is asked: an act, on a row that one condition of the mask's cell opens."""

    action: str
    named: str
    cell: Cell
    when: str

    def is_about(self, facts: Facts, variables: Variables) -> bool:
        """Whether a row is of the kind that is meant."""
        opened = self.cell.opens(facts, variables)
        if self.when == CLOSED:
            return not opened
        return opened and outcome(self.when, facts, variables) is True


@dataclass(frozen=True, slots=True)
class Suspicion:
    """That masks of a group were wrong, under one version of its policy: which, by fingerprint."""

    version: int
    masks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Shadow:
    """Counts the reads of a process, and checks every n-th; none where `every` is 0.

    Once a mask of a group was wrong, each of the group's reads is checked, in all its cells, and
    what is asked under that mask is refused, until the group has a newer policy.
    """

    every: int
    chance: Random = field(default_factory=Random)
    reads: int = 0
    mismatches: int = 0
    suspected: dict[UUID, Suspicion] = field(default_factory=dict)  # by group

    def due(self, actor: Actor) -> bool:
        """Count a read, and say whether it is to be checked."""
        if self._suspects(actor):
            return True
        if not self.every:
            return False
        self.reads += 1
        return self.reads % self.every == 0

    async def check(
        self, installation: Installation, actor: Actor, cells: Sequence[Judged]
    ) -> None:
        """Ask Casbin about cells of a plan; raises Unconfirmed where it says otherwise."""
        held = await installation.policy_of(actor.group_id, version=actor.policy_version)
        if (held.version, held.until) != (actor.policy_version, actor.policy_until):
            raise StaleActor
        if self._suspects(actor) and actor.mask.fingerprint in self._wrong(actor).masks:
            raise Unconfirmed
        asked = [cell for cell in cells if not held.withholds(cell[0])]  # no line says those
        judged = replace(actor, policy_version=held.policy.version)  # where an older one stands in
        told = telling(self.chance, actor.variables)
        for question in self._drawn(actor, asked):
            if not self._agree(held.judge, judged, question, told):
                self._alarm(actor, question)
                raise Unconfirmed

    def _suspects(self, actor: Actor) -> bool:
        held = self.suspected.get(actor.group_id)
        if held is not None and held.version < actor.policy_version:
            del self.suspected[actor.group_id]
            return False
        return held is not None

    def _wrong(self, actor: Actor) -> Suspicion:
        return self.suspected.setdefault(actor.group_id, Suspicion(actor.policy_version))

    def _drawn(self, actor: Actor, cells: Sequence[Judged]) -> list[Question]:
        """Draw questions about some of the cells, or take all about all of them."""
        suspected = self._suspects(actor)
        some = cells if suspected else self.chance.sample(cells, min(SAMPLE, len(cells)))
        questions = [
            Question(action, named, cell, when)
            for action, named in some
            for cell in [_cell(actor, action, named)]
            for when in (*sorted(cell.allow), CLOSED)
        ]
        if suspected:
            return questions
        return self.chance.sample(questions, min(SAMPLE, len(questions)))

    def _agree(self, judge: Judge, actor: Actor, asked: Question, told: Telling) -> bool:
        facts = self._facts(asked, actor.variables, told)
        try:
            return not judge.decide(actor, asked.named, asked.action, facts).disagreement
        except EnforcementFailed:
            return False

    def _facts(self, asked: Question, variables: Variables, told: Telling) -> Facts:
        """Make up a row that a condition opens and little else speaks for; or one that is closed.

        Those are where a mask that is wrong differs. Now and then it is any such row.
        """
        drawn = [representative(self.chance, told) for _ in range(DRAWS)]
        fit = [facts for facts in drawn if asked.is_about(facts, variables)] or drawn
        if self.chance.random() < 1 / 2:
            return self.chance.choice(fit)
        furthest = max if asked.when == CLOSED else min
        return furthest(fit, key=lambda facts: _nearness(facts, variables))

    def _alarm(self, actor: Actor, asked: Question) -> None:
        self.mismatches += 1
        self._wrong(actor).masks.add(actor.mask.fingerprint)
        type_name, _, field_name = asked.named.partition(".")
        LOG.error(
            "authz.mismatch",
            extra={
                "group_id": str(actor.group_id),
                "type": type_name,
                "field": field_name or None,
                "action": asked.action,
                "roles": sorted(actor.roles),
                "policy_version": actor.policy_version,
            },
        )


def _cell(actor: Actor, action: str, named: str) -> Cell:
    type_name, number = actor.mask.catalogue.locate(named)
    return actor.mask.cell(action, type_name, number)


def _nearness(facts: Facts, variables: Variables) -> int:
    """How many conditions hold between a row and an actor."""
    return sum(outcome(name, facts, variables) is True for name in CONDITIONS)
