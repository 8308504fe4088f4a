"""One version of the policy of one group: checked when it is made, swapped whole, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from .catalogue import Catalogue
from .compiler import compile_mask
from .faults import Code, Finding, faults
from .lines import Inheritance, Line, ancestry
from .masks import Mask

KEPT: Final = 1024
"""Masks kept for a policy. They are shared by everyone with the same roles under the same rules."""


class MalformedPolicy(ValueError):
    """The policy says something that Casbin would pass over in silence; the last good one stays."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in findings))


@dataclass(frozen=True, kw_only=True, eq=False)
class Policy:
    """The lines of a group's policy as of one version; wrong ones cannot become a policy."""

    version: int
    lines: tuple[Line, ...]
    inherits: tuple[Inheritance, ...]
    catalogue: Catalogue

    def __post_init__(self) -> None:
        if found := faults(self.lines, self.inherits, self.catalogue):
            raise MalformedPolicy(found)

    def mask(self, roles: Iterable[str], tenant_path: str) -> Mask:
        """Compile what holders of these roles may do at a tenant; asked again, that costs 3 µs."""
        return self._masks(frozenset(roles), self._anchors(tenant_path))

    def closure(self, roles: Iterable[str], path: str) -> frozenset[str]:
        """List the roles together with all that they inherit at a tenant."""
        return self._closures(frozenset(roles), self._anchors(path))

    def lines_of(self, roles: Iterable[str]) -> tuple[Line, ...]:
        """Select the lines of some roles, at all tenants."""
        return tuple(line for role in sorted(roles) for line in self._by_role.get(role, ()))

    def _anchors(self, path: str) -> frozenset[str]:
        # Tenants whose ancestry bears the same lines share their masks, however many there are.
        return self.paths.intersection(ancestry(path))

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role that a line speaks of."""
        return frozenset(self._by_role) | {name for link in self.inherits for name in link[:2]}

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every tenant at which a line holds, by its path."""
        return frozenset(
            {line.tenant_path for line in self.lines} | {path for *_, path in self.inherits}
        )

    @cached_property
    def conditions(self) -> frozenset[str]:
        """Every condition that a line mentions, by name."""
        return frozenset(line.condition for line in self.lines)

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Line, ...]]:
        grouped: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            grouped[line.role].append(line)
        return {role: tuple(held) for role, held in grouped.items()}

    @cached_property
    def _masks(self) -> Callable[[frozenset[str], frozenset[str]], Mask]:
        @lru_cache(maxsize=KEPT)
        def mask(roles: frozenset[str], anchors: frozenset[str]) -> Mask:
            lines = self.lines_of(self._closures(roles, anchors))
            return compile_mask(
                (line for line in lines if line.tenant_path in anchors), self.catalogue
            )

        return mask

    @cached_property
    def _closures(self) -> Callable[[frozenset[str], frozenset[str]], frozenset[str]]:
        @lru_cache(maxsize=KEPT)
        def closure(roles: frozenset[str], anchors: frozenset[str]) -> frozenset[str]:
            reached, fresh = set(roles), set(roles)
            while fresh:
                fresh = {
                    inherited
                    for role, inherited, path in self.inherits
                    if role in fresh and path in anchors
                } - reached
                reached |= fresh
            return frozenset(reached)

        return closure


def load(
    *,
    version: int,
    rows: Iterable[Sequence[str]],
    inherits: Iterable[Sequence[str]],
    catalogue: Catalogue,
) -> Policy:
    """Make a policy from stored rows, or refuse all of it and name everything that is wrong."""
    rows, inherits = [tuple(row) for row in rows], [tuple(row) for row in inherits]
    short = [*_short("p", rows, width=6), *_short("g", inherits, width=3)]
    if short:
        raise MalformedPolicy(short)
    return Policy(
        version=version,
        lines=tuple(Line(*row) for row in rows),
        inherits=tuple((role, inherited, path) for role, inherited, path in inherits),
        catalogue=catalogue,
    )


def _short(kind: str, rows: Iterable[Sequence[str]], *, width: int) -> Iterator[Finding]:
    # Casbin raises for every request that walks past such a row, and so for nearly all.
    for row in rows:
        if len(row) != width:
            sentence = f"{kind}, {', '.join(map(str, row))}: write {width} columns, not {len(row)}"
            yield Finding(Code.MISSING_COLUMN, sentence)
