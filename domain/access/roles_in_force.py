"""Tell which roles a policy knows, and what is special about each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from authz.lint import ADMINISTRATORS, READONLY

if TYPE_CHECKING:
    from authz.snapshot import Policy


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what it contains, how many lines it has, and with which others nobody holds it."""

    name: str
    inherits: tuple[str, ...]
    lines: int
    read_only: bool
    apart_from: tuple[str, ...]


def roles_in_force(policy: Policy) -> tuple[Role, ...]:
    """List the roles of a policy by name, those without a line of their own included."""
    lines = Counter(line.role for line in policy.lines)
    named = lines.keys() | {role for role, _, _ in policy.inherits}
    return tuple(_role(policy, name, lines[name]) for name in sorted(named))


def _role(policy: Policy, name: str, lines: int) -> Role:
    contained = sorted({inherited for role, inherited, _ in policy.inherits if role == name})
    apart = ADMINISTRATORS - {name} if name in ADMINISTRATORS else frozenset()
    return Role(name, tuple(contained), lines, name in READONLY, tuple(sorted(apart)))
