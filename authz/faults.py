"""What a policy is refused for: words and shapes that Casbin would pass over in silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter
from typing import Final

from .catalogue import Catalogue
from .conditions import ALWAYS, CONDITIONS
from .lines import ACTIONS, EFFECTS, EVERY, Inheritance, Line

DEEPEST: Final = 8
"""Links from role to role. Casbin walks nine, the assignment included, then says no unasked."""

ROW_CORE: Final = frozenset(
    {
        "id", "code", "number", "staffNumber", "kind", "state", "stage", "status", "rowVersion",
        "position", "revision", "path",
    }
)  # fmt: skip


class Code(Enum):
    """The kind of a finding; the last four are risks, for which a policy is not refused."""

    BAD_ROLE = "BAD_ROLE"
    BAD_PATH = "BAD_PATH"
    FREE_PREFIX = "FREE_PREFIX"
    ROW_CORE_FIELD = "ROW_CORE_FIELD"
    UNKNOWN_OBJECT = "UNKNOWN_OBJECT"
    UNKNOWN_ACTION = "UNKNOWN_ACTION"
    UNKNOWN_CONDITION = "UNKNOWN_CONDITION"
    UNKNOWN_EFFECT = "UNKNOWN_EFFECT"
    MISSING_COLUMN = "MISSING_COLUMN"
    CYCLE = "CYCLE"
    TOO_DEEP = "TOO_DEEP"
    UNKNOWN_ROLE = "UNKNOWN_ROLE"
    READONLY_DOES_MORE = "READONLY_DOES_MORE"
    AUDITOR_READS_P4 = "AUDITOR_READS_P4"
    ADMINISTRATORS_TOGETHER = "ADMINISTRATORS_TOGETHER"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and a sentence that says what to do."""

    code: Code
    sentence: str

    def __str__(self) -> str:
        return f"{self.code.value}: {self.sentence}"


def faults(
    lines: Iterable[Line], inherits: Iterable[Inheritance], catalogue: Catalogue
) -> tuple[Finding, ...]:
    """Find what Casbin would take without a word and then never, or always, apply."""
    inherits = tuple(inherits)
    found = [finding for line in lines for finding in _misspelt(line, catalogue)]
    for role, inherited, path in inherits:
        where = f"g, {role}, {inherited}, {path}"
        found += [*_misnamed(role, where), *_misnamed(inherited, where), *_misplaced(path, where)]
    return (*found, *_misshapen(graph_of(inherits)))


def graph_of(inherits: Iterable[Inheritance]) -> Mapping[str, Collection[str]]:
    """Say which roles each role inherits from directly, at whatever tenant."""
    graph: dict[str, set[str]] = defaultdict(set)
    for role, inherited, _ in inherits:
        graph[role].add(inherited)
    return dict(graph)


def _misspelt(line: Line, catalogue: Catalogue) -> Iterator[Finding]:
    where = f"p, {', '.join(line.row)}"
    yield from _misnamed(line.role, where)
    yield from _misplaced(line.tenant_path, where)
    if not catalogue.knows(line.object):
        yield _unknown(line.object, where)
    for code, word, words in (
        (Code.UNKNOWN_ACTION, line.action, (*ACTIONS, EVERY)),
        (Code.UNKNOWN_CONDITION, line.condition, (ALWAYS, *CONDITIONS)),
        (Code.UNKNOWN_EFFECT, line.effect, EFFECTS),
    ):
        if word not in words:
            yield Finding(code, f"{where}: instead of {word!r} write one of {', '.join(words)}")


def _unknown(name: str, where: str) -> Finding:
    if name.endswith("*") and not name.endswith(".*"):
        sentence = f"{where}: name the field, or Type.*, or a class such as @pi.contact"
        return Finding(Code.FREE_PREFIX, sentence)
    if name.partition(".")[2] in ROW_CORE:
        sentence = f"{where}: leave the field out; it is shown whenever its row is"
        return Finding(Code.ROW_CORE_FIELD, sentence)
    return Finding(Code.UNKNOWN_OBJECT, f"{where}: name a type, field, label or class that exists")


def _misnamed(role: str, where: str) -> Iterator[Finding]:
    if not (role.isidentifier() and role.islower()):
        sentence = f"{where}: write {role!r} as a role, in small letters; principals hold no lines"
        yield Finding(Code.BAD_ROLE, sentence)


def _misplaced(path: str, where: str) -> Iterator[Finding]:
    if not (path.startswith("/") and path.endswith("/")) or "//" in path:
        sentence = f"{where}: write the tenant as a path that begins and ends in a slash"
        yield Finding(Code.BAD_PATH, sentence)


def _misshapen(graph: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    try:
        inherited_first = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        sentence = f"{' > '.join(reversed(error.args[1]))}: take one of these links out"
        yield Finding(Code.CYCLE, sentence)
        return
    depths: dict[str, int] = {}
    for role in inherited_first:
        depths[role] = max((1 + depths[below] for below in graph.get(role, ())), default=0)
        if depths[role] > DEEPEST:
            sentence = f"{role} inherits through {depths[role]} links: shorten it to {DEEPEST}"
            yield Finding(Code.TOO_DEEP, sentence)
