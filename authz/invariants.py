"""What no policy may ever say, decided for every role, tenant and truth of the conditions.

A field is open where some condition of its allow is true and none of its deny. Conditions are
independent, so a field that is open under any of their truth values is open where one condition
alone is true: that one is looked for, with all fields of all types side by side in one number.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from .catalogue import ROW, Catalogue
from .conditions import ALWAYS
from .lines import Line, under
from .snapshot import Policy

TABLE: Final = Path(__file__).parent / "invariants.csv"
Sides: TypeAlias = tuple[Mapping[str, int], Mapping[str, int]]
"""The fields that lines allow and deny, by condition."""


class Kind(Enum):
    """What an invariant says of its roles."""

    ONLY = "only"
    NEVER = "never"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that holds in every policy of every group."""

    kind: Kind
    name: str
    roles: frozenset[str]
    actions: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that a policy breaks: by which role, at which tenant, on what, for example."""

    name: str
    role: str
    tenant_path: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.role} at {self.tenant_path}, {self.what}"


@cache
def invariants() -> tuple[Invariant, ...]:
    """Read the invariants of the installation."""
    text = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.reader(line for line in text if line.strip() and line[0] != "#")
    return tuple(_read([cell.strip() for cell in row]) for row in rows)


def broken(policy: Policy, of: Iterable[Invariant]) -> tuple[Broken, ...]:
    """Find the invariants that a policy breaks, each with the first place where it does."""
    roles = _Roles(policy)
    found = (_first(policy, roles, one) for one in of)
    return tuple(one for one in found if one is not None)


def _read(row: list[str]) -> Invariant:
    kind, name, roles, actions, objects, but = row
    return Invariant(
        Kind(kind),
        name,
        frozenset(roles.split()),
        tuple(actions.split()),
        tuple(objects.split()),
        frozenset(but.split()),
    )


class _Roles:
    """Who contains whom, where; and where a role may differ from itself."""

    def __init__(self, policy: Policy) -> None:
        self.names = sorted(policy.roles)
        self._links: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for role, inherited, path in policy.inherits:
            self._links[role].append((inherited, path))
        self._everywhere = {name: self.at(name, None) for name in self.names}

    def at(self, role: str, path: str | None) -> frozenset[str]:
        """The role with all that it contains at a tenant; without one, wherever it does."""
        reached, fresh = {role}, {role}
        while fresh:
            fresh = {
                inherited
                for name in fresh
                for inherited, where in self._links.get(name, ())
                if path is None or under(path, where)
            } - reached
            reached |= fresh
        return frozenset(reached)

    def everywhere(self, role: str) -> frozenset[str]:
        """The role with all that it contains, at whatever tenant."""
        return self._everywhere.get(role) or self.at(role, None)

    def places(self, role: str, lines: Mapping[str, list[Line]]) -> set[str]:
        """The tenants at which something begins to hold for a role."""
        contained = self.everywhere(role)
        linked = {where for name in contained for _, where in self._links.get(name, ())}
        return linked | {line.tenant_path for name in contained for line in lines.get(name, ())}


def _first(policy: Policy, roles: _Roles, invariant: Invariant) -> Broken | None:
    if invariant.kind is Kind.APART:
        return _together(roles, invariant)
    for action in invariant.actions:
        asked = _bits_of(policy.catalogue, invariant.objects)
        lines: dict[str, list[Line]] = defaultdict(list)
        for line in policy.lines:
            if action in line.actions and _bits(policy.catalogue, line.object) & asked:
                lines[line.role].append(line)
        allowing = {role for role, held in lines.items() if any(line.allows for line in held)}
        for holder in _holders(roles, invariant, allowing):
            for path in sorted({"/"}.union(*(roles.places(role, lines) for role in holder))):
                held = frozenset[str]().union(*(roles.at(role, path) for role in holder))
                if bool(held & invariant.roles) is not (invariant.kind is Kind.NEVER):
                    continue
                sides = _sides(policy.catalogue, held, path, lines)
                if wrong := asked & _opened(sides, but=invariant.but):
                    what = f"{action} {next(_names(policy.catalogue, wrong))}"
                    return Broken(invariant.name, " with ".join(holder), path, what)
    return None


def _holders(roles: _Roles, invariant: Invariant, allowing: set[str]) -> Iterator[tuple[str, ...]]:
    """Say which roles to look at, alone or in pairs, so that no set of roles is left to look at.

    Whatever a set of roles opens, a line of one of them opens, and with fewer roles there are fewer
    denies: each role alone tells of all sets. Where one role is never to have a right, each role
    that could bring it is looked at beside it.
    """
    for role in sorted({*roles.names, *invariant.roles}):  # also one without any line left
        if invariant.kind is Kind.ONLY:
            yield (role,)
        elif roles.everywhere(role) & invariant.roles:
            yield from ((role, other) for other in sorted(allowing))


def _together(roles: _Roles, invariant: Invariant) -> Broken | None:
    for role in roles.names:
        if len(both := sorted(roles.at(role, None) & invariant.roles)) > 1:
            return Broken(invariant.name, role, "/", " and ".join(both))
    return None


def _opened(sides: Sides, *, but: frozenset[str]) -> int:
    """The fields that are open under some truth of the conditions, those in `but` being false."""
    allow, deny = sides
    opened = 0
    for when, bits in allow.items():
        if when not in but:
            opened |= bits & ~deny.get(when, 0)
    return opened & ~deny.get(ALWAYS, 0)


def _sides(
    catalogue: Catalogue, held: frozenset[str], path: str, lines: Mapping[str, list[Line]]
) -> Sides:
    allow: dict[str, int] = defaultdict(int)
    deny: dict[str, int] = defaultdict(int)
    for role in held:
        for line in lines.get(role, ()):
            if under(path, line.tenant_path):
                side = allow if line.allows else deny
                side[line.condition] |= _bits(catalogue, line.object)
    return allow, deny


@cache
def _offsets(catalogue: Catalogue) -> Mapping[str, int]:
    """Where the fields of each type begin, all types side by side."""
    offsets, at = {}, 0
    for name in catalogue.types:
        offsets[name] = at
        at += 1 + len(catalogue.fields(name))
    return offsets


@cache
def _bits(catalogue: Catalogue, pattern: str) -> int:
    offsets = _offsets(catalogue)
    return sum(bits << offsets[name] for name, bits in catalogue.expand(pattern).items())


def _bits_of(catalogue: Catalogue, patterns: Iterable[str]) -> int:
    bits = 0
    for pattern in patterns:
        bits |= _bits(catalogue, pattern)
    return bits


def _names(catalogue: Catalogue, bits: int) -> Iterator[str]:
    for name, at in _offsets(catalogue).items():
        for number, field in enumerate(("", *catalogue.fields(name))):
            if bits >> (at + number) & 1:
                yield name if number == ROW else f"{name}.{field}"
