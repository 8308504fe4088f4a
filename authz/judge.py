"""Casbin decides: one act, on one object, about one row, by the lines themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from .actor import Actor
from .catalogue import Catalogue
from .conditions import RELATED, Facts
from .enforcer import ACTING, Row, ask, new_enforcer, prove, refuse_strangers
from .lines import ACTIONS, EVERY, Line
from .snapshot import Policy

KEPT: Final = 1024
"""Enforcers kept by a judge: one for each set of roles, tenant, action and type judged lately."""


class UnknownAction(LookupError):
    """No policy line can speak of such an action."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and the line that decided it; None where no line spoke.

    `disagreement` is an alarm: Casbin and the compiled mask, which must be one, were two. The act
    is refused then.
    """

    allowed: bool
    line: Line | None
    disagreement: bool = False


class Judge:
    """Decides by the real enforcer, on the lines of the actor's roles.

    The actor's mask is asked too: it carries the scopes of the token, unknown to Casbin.
    """

    def __init__(self, policy: Policy, catalogue: Catalogue) -> None:
        self.policy = policy
        self.catalogue = catalogue
        self._enforcer: Callable[[frozenset[str], str, str, str], Any] = lru_cache(KEPT)(
            self._build
        )
        prove(catalogue)

    def asks_of_relations(self, actor: Actor) -> bool:
        """Say whether a row's relations can decide: only then need they be read."""
        # A processing contract closes what no line speaks of, by the cohort that it covers.
        return actor.entrusted is not None or not RELATED.isdisjoint(self.policy.conditions)

    def decide(self, actor: Actor, object: str, action: str, facts: Facts) -> Decision:
        """Decide an act on `Type` or `Type.field`, about the row with these facts.

        Raises UnknownObject or UnknownAction for what no line could ever name.
        """
        type_name, number = self.catalogue.locate(object)
        if action not in ACTIONS:
            raise UnknownAction(action)
        row = Row(facts, actor.variables)
        enforcer = self._enforcer(actor.roles, actor.tenant_path, action, type_name)
        judged, found = ask(enforcer, ACTING, actor.tenant_path, object, action, row)
        opened = actor.mask.cell(action, type_name, number).opens(facts, row.variables)
        return Decision(
            allowed=judged and opened,
            line=Line(*found) if found and (opened or not judged) else None,
            disagreement=self._alarming(actor, judged=judged, opened=opened),
        )

    def _alarming(self, actor: Actor, *, judged: bool, opened: bool) -> bool:
        # A token may open less than its owner's lines; nothing may ever open more. An actor of
        # another version is merely late, and is asked again by whoever compares versions.
        narrowed = actor.token_id is not None and judged
        return judged != opened and not narrowed and actor.policy_version == self.policy.version

    def _build(self, roles: frozenset[str], tenant_path: str, action: str, type_name: str) -> Any:
        # Filtered, since Casbin walks through every line: only those that could speak of the act,
        # by their words alone. What is in a class or has a label, Casbin asks the catalogue.
        held = self.policy.closure(roles, tenant_path)
        lines = [
            line
            for line in self.policy.lines_of(held)
            if action in line.actions and _may_name(line.object, type_name)
        ]
        assigned = [(ACTING, role, tenant_path) for role in sorted(roles)]
        links = [link for link in self.policy.inherits if link[0] in held]
        enforcer = new_enforcer(lines, [*assigned, *links], self.catalogue)
        refuse_strangers(enforcer, tenant_path, action, self.catalogue)
        return enforcer


def _may_name(pattern: str, type_name: str) -> bool:
    """Whether the object of a line could be a type or a field of it."""
    return pattern.startswith("@") or pattern.partition(".")[0] in {EVERY, type_name}
