"""The built-in roles, read from the table that an auditor reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .catalogue import Catalogue
from .faults import Code, Finding
from .lines import Inheritance, Line
from .snapshot import MalformedPolicy, Policy

TABLE: Final = Path(__file__).parent / "roles.csv"
BUILDING_BLOCKS: Final = frozenset({"reader", "member", "overseer"})
"""What other roles are made of, and nobody is given."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The lines and inheritances with which a group begins; it edits its own from there."""

    lines: tuple[Line, ...]
    inherits: tuple[Inheritance, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """The roles that are given to somebody, in the order of the alphabet."""
        return tuple(sorted({line.role for line in self.lines} - BUILDING_BLOCKS))

    def policy(self, catalogue: Catalogue, *, version: int = 1) -> Policy:
        """Make a policy of these roles alone; raises MalformedPolicy."""
        return Policy(
            version=version, lines=self.lines, inherits=self.inherits, catalogue=catalogue
        )


@cache
def built_in() -> Roles:
    """Read the built-in roles."""
    return read_roles(TABLE.read_text(encoding="utf-8").splitlines())


def read_roles(text: Iterable[str]) -> Roles:
    """Read a table of roles: `#` begins a comment, columns are aligned by blanks.

    The action column may hold several actions, parted by blanks: one line of the policy for each.
    """
    rows = [
        [cell.strip() for cell in row]
        for row in csv.reader(line for line in text if line.strip() and line[0] != "#")
    ]
    if wrong := [_wrong(row) for row in rows if not _whole(row)]:
        raise MalformedPolicy(wrong)
    return Roles(
        lines=tuple(line for row in rows if row[0] == "p" for line in _lines(row)),
        inherits=tuple((row[1], row[2], row[3]) for row in rows if row[0] == "g"),
    )


def _lines(row: Sequence[str]) -> Iterator[Line]:
    _, role, tenant, name, actions, when, effect = row
    return (Line(role, tenant, name, action, when, effect) for action in actions.split())


def _whole(row: Sequence[str]) -> bool:
    return (row[0], len(row)) in {("p", 7), ("g", 4)} and all(row)


def _wrong(row: Sequence[str]) -> Finding:
    sentence = f"{', '.join(row)}: write p with six columns more, or g with three, none empty"
    return Finding(Code.MISSING_COLUMN, sentence)
