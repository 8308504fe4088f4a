"""What an actor may see and do, as frozen values that answer bitwise questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final

from .catalogue import ROW, Catalogue
from .conditions import ALWAYS, Facts, Variables, both, holds


@dataclass(frozen=True, slots=True)
class Lane:
    """A row condition, by name, with the fields that it opens or closes, as bits.

    Lanes are never merged: own row, every field, and one's reports, the harmless ones, do not make
    one's reports, every field.
    """

    when: str
    fields: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The names of the conditions that open one field, and of those that close it."""

    allow: frozenset[str]
    deny: frozenset[str]

    @property
    def never(self) -> bool:
        """Whether the field is closed on every row."""
        return not self.allow or ALWAYS in self.deny

    @property
    def always(self) -> bool:
        """Whether the field is open on every row."""
        return ALWAYS in self.allow and not self.deny

    def under(self, row: Cell) -> Cell:
        """Simplify, given that the row itself is open.

        Then some condition of the row's allow is true, with all of which it is made, and none of
        its deny: what follows from that is settled, and need not be asked of the row again.
        """
        if self.never or row.never:
            return NEVER
        deny = self.deny - row.deny
        settled = all(
            any(_parts(mine) <= _parts(known) for mine in self.allow) for known in row.allow
        )
        return Cell(frozenset({ALWAYS}) if settled else self.allow, deny)

    def __and__(self, other: Cell) -> Cell:
        """Open what both open; a condition that another one contains is not asked twice."""
        if self.never or other.never:
            return NEVER
        met = {both(mine, theirs) for mine in self.allow for theirs in other.allow}
        allow = {one for one in met if not any(_parts(less) < _parts(one) for less in met)}
        return Cell(
            frozenset({ALWAYS}) if ALWAYS in allow else frozenset(allow), self.deny | other.deny
        )

    def opens(self, facts: Facts, variables: Variables) -> bool:
        """Say whether the field is open on one row; an unknown condition never opens it."""
        return any(holds(name, facts, variables, unknown=False) for name in self.allow) and not any(
            holds(name, facts, variables, unknown=True) for name in self.deny
        )


NEVER: Final = Cell(frozenset(), frozenset())
OPEN: Final = Cell(frozenset({ALWAYS}), frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    """The lanes of one action on one type."""

    allow: tuple[Lane, ...] = ()
    deny: tuple[Lane, ...] = ()

    @property
    def always(self) -> int:
        """The fields that are open on every row, as bits."""
        return _fields(lane for lane in self.allow if lane.when == ALWAYS) & ~_fields(self.deny)

    @property
    def maybe(self) -> int:
        """The fields that are open on some rows, as far as can be known without one, as bits."""
        closed = _fields(lane for lane in self.deny if lane.when == ALWAYS)
        return _fields(self.allow) & ~closed & ~self.always

    def cell(self, number: int) -> Cell:
        """Say what opens and closes the field of a bit number."""
        bit = 1 << number
        allow = frozenset(lane.when for lane in self.allow if lane.fields & bit)
        deny = frozenset(lane.when for lane in self.deny if lane.fields & bit)
        if not allow or ALWAYS in deny:
            return NEVER
        return Cell(frozenset({ALWAYS}) if ALWAYS in allow else allow, deny)

    def __and__(self, other: Rule) -> Rule:
        """Open what both open: allow lanes meet pair by pair, deny lanes stand side by side."""
        meetings = (
            Lane(both(mine.when, theirs.when), mine.fields & theirs.fields)
            for mine in self.allow
            for theirs in other.allow
        )
        return Rule(lanes(meetings), lanes((*self.deny, *other.deny)))


CLOSED: Final = Rule()


@dataclass(frozen=True, eq=False)
class Mask:
    """Everything an actor may do: one rule for each action on each type; no rule, no access."""

    catalogue: Catalogue
    rules: Mapping[tuple[str, str], Rule]

    def rule(self, act: str, type_name: str) -> Rule:
        """Give the lanes of an action on a type."""
        return self.rules.get((act, type_name), CLOSED)

    def cell(self, act: str, type_name: str, bit_or_field: int | str = ROW) -> Cell:
        """Say what opens a field, by name or by bit number; without either, the row."""
        number = (
            bit_or_field
            if isinstance(bit_or_field, int)
            else self.catalogue.number(type_name, bit_or_field)
        )
        return self.rule(act, type_name).cell(number)

    def without(self, acts: Collection[str]) -> Mask:
        """Leave some acts out, whatever they are on."""
        kept = {key: rule for key, rule in self.rules.items() if key[0] not in acts}
        return Mask(self.catalogue, kept)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the lanes' contents: equal for masks that open the same to the same."""
        digest = blake2b(digest_size=16)
        for (act, type_name), rule in sorted(self.rules.items()):
            for effect, held in (("allow", rule.allow), ("deny", rule.deny)):
                for lane in held:
                    digest.update(
                        f"{act} {type_name} {effect} {lane.when} {lane.fields:x}\n".encode()
                    )
        return digest.hexdigest()

    def __and__(self, other: Mask) -> Mask:
        """Open what both open, as a token's scopes do to its owner's mask."""
        shared = self.rules.keys() & other.rules.keys()
        return Mask(self.catalogue, {key: self.rules[key] & other.rules[key] for key in shared})

    def only(self, acts: Collection[str]) -> Mask:
        """Open for some actions what it opened, and for all others nothing."""
        return Mask(self.catalogue, {key: self.rules[key] for key in self.rules if key[0] in acts})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mask) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


def lanes(parts: Iterable[Lane]) -> tuple[Lane, ...]:
    """Gather the fields of each condition, in the order of the conditions' names."""
    gathered: dict[str, int] = defaultdict(int)
    for part in parts:
        gathered[part.when] |= part.fields
    return tuple(Lane(when, fields) for when, fields in sorted(gathered.items()) if fields)


def _parts(name: str) -> frozenset[str]:
    """The conditions of which a conjunction is made; none where it holds on every row."""
    return frozenset() if name == ALWAYS else frozenset(name.split("&"))


def _fields(parts: Iterable[Lane]) -> int:
    fields = 0
    for part in parts:
        fields |= part.fields
    return fields
