"""Casbin decides by the lines; what a principal is may keep them from what the lines allow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from authz.enforcer import EnforcementFailed

if TYPE_CHECKING:
    from authz.actor import Actor
    from authz.conditions import Facts
    from authz.shelf import Judged


@dataclass(frozen=True, slots=True)
class Decided:
    """What the lines come to, and whether the principal may: who is an auditor only reads."""

    by_lines: bool
    allowed: bool


def decided(judged: Judged, actor: Actor, named: str, action: str, facts: Facts) -> Decided:
    """Have Casbin decide, without bounds; where mask and lines are two, nobody is told anything."""
    mask = judged.mask(actor.roles, actor.tenant_path)
    decision = judged.judge.decide(replace(actor, mask=mask), named, action, facts)
    if decision.disagreement:
        message = "Casbin and the mask do not agree"
        raise EnforcementFailed(message)
    type_name, number = mask.catalogue.locate(named)
    opened = actor.mask.cell(action, type_name, number).opens(facts, actor.variables)
    return Decided(decision.allowed, decision.allowed and opened)
