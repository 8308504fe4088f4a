"""What an edit of a policy changes: which cells of which roles, at which tenants, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from itertools import islice
from operator import or_

from .catalogue import ROW, Catalogue
from .conditions import ALWAYS
from .lines import under
from .masks import Cell, Lane, Mask, Rule
from .snapshot import Policy


class CellDirection(Enum):
    """Which way a cell changes; one whose conditions change may do both."""

    WIDENS = "WIDENS"
    NARROWS = "NARROWS"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that changes: for holders of a role, at a tenant and below, for an act."""

    role: str
    tenant_path: str
    object: str
    action: str
    direction: CellDirection
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Difference:
    """Two rules that differ, with the fields that one opens on some row and the other does not."""

    role: str
    tenant_path: str
    action: str
    type: str
    before: Rule
    after: Rule

    @property
    def widens(self) -> int:
        """The fields that the later rule opens somewhere it was closed, as bits."""
        return widened(self.before, self.after)

    @property
    def narrows(self) -> int:
        """The fields that the later rule closes somewhere it was open, as bits."""
        return widened(self.after, self.before)

    def cells(self, catalogue: Catalogue) -> Iterator[CellChange]:
        """Name the cells, field by field."""
        fields = ("", *catalogue.fields(self.type))
        for direction, bits in (
            (CellDirection.WIDENS, self.widens),
            (CellDirection.NARROWS, self.narrows),
        ):
            for number, field in enumerate(fields):
                if bits >> number & 1:
                    yield CellChange(
                        self.role,
                        self.tenant_path,
                        f"{self.type}.{field}" if number != ROW else self.type,
                        self.action,
                        direction,
                        self.before.cell(number),
                        self.after.cell(number),
                    )


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that changes; a change at a tenant is not told again for those below it."""

    differences: tuple[Difference, ...]
    catalogue: Catalogue

    @property
    def widens(self) -> int:
        """How many cells widen."""
        return sum(one.widens.bit_count() for one in self.differences)

    @property
    def narrows(self) -> int:
        """How many cells narrow."""
        return sum(one.narrows.bit_count() for one in self.differences)

    def cells(self, most: int) -> list[CellChange]:
        """Name the first cells."""
        return list(
            islice((cell for one in self.differences for cell in one.cells(self.catalogue)), most)
        )


def impact(before: Policy, after: Policy) -> Impact:
    """Compare two policies, role by role, at every tenant that a line speaks of."""
    lines = set(before.lines) ^ set(after.lines)
    links = set(before.inherits) ^ set(after.inherits)
    touched = {line.tenant_path for line in lines} | {path for *_, path in links}
    names = {line.role for line in lines} | {role for role, *_ in links}
    paths = sorted(
        path
        for path in touched | before.paths | after.paths
        if any(under(path, above) for above in touched)
    )
    differences = (
        one
        for role in sorted(_containing(names, (*before.inherits, *after.inherits)))
        for one in _of_role(role, paths, before, after)
    )
    return Impact(tuple(differences), before.catalogue)


def between(role: str, path: str, before: Mask, after: Mask) -> tuple[Difference, ...]:
    """Compare two masks, rule by rule."""
    return tuple(
        Difference(role, path, act, name, before.rule(act, name), after.rule(act, name))
        for act, name in sorted(before.rules.keys() | after.rules.keys())
        if before.rule(act, name) != after.rule(act, name)
    )


def widened(before: Rule, after: Rule) -> int:
    """Find the fields that `after` opens, for some truth of the conditions, and `before` does not.

    A field is open where some condition of its allow is true and none of its deny. One condition
    that opens it after, alone or with one that closed it before, is the least that can be true:
    if none of these does it, nothing more does.
    """
    was, no_more = _by_condition(before.allow), _by_condition(before.deny)
    now, closed = _by_condition(after.allow), _by_condition(after.deny)
    reopened = no_more[ALWAYS] | reduce(
        or_, (bits & ~closed[when] for when, bits in no_more.items()), 0
    )
    fields = 0
    for when, bits in now.items():
        open_now = bits & ~closed[when] & ~closed[ALWAYS]
        fields |= open_now & (reopened | ~(was[when] | was[ALWAYS]))
    return fields


def _containing(names: set[str], links: Iterable[tuple[str, str, str]]) -> set[str]:
    """Find the roles, and all that contain them, at whatever tenant."""
    above: dict[str, set[str]] = defaultdict(set)
    for role, inherited, _ in links:
        above[inherited].add(role)
    reached, fresh = set(names), set(names)
    while fresh:
        fresh = {role for name in fresh for role in above[name]} - reached
        reached |= fresh
    return reached


def _of_role(role: str, paths: list[str], before: Policy, after: Policy) -> Iterator[Difference]:
    told: dict[str, tuple[Difference, ...]] = {}
    for path in paths:
        found = between(role, path, before.mask({role}, path), after.mask({role}, path))
        # Sorted, paths come behind those above them; the nearest of these is the longest.
        nearest = max((other for other in told if under(path, other)), key=len, default=None)
        known = {(one.action, one.type): one for one in told.get(nearest or "", ())}
        told[path] = found
        for one in found:
            above = known.get((one.action, one.type))
            if above is None or (above.before, above.after) != (one.before, one.after):
                yield one


def _by_condition(lanes: Iterable[Lane]) -> defaultdict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for lane in lanes:
        found[lane.when] |= lane.fields
    return found
