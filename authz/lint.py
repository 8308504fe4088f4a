"""What is wrong with a policy: faults, for which it is refused, and risks for a reviewer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from .catalogue import Catalogue
from .compiler import compile_mask
from .conditions import ALWAYS
from .faults import Code, Finding, faults, graph_of
from .lines import Inheritance, Line

READING: Final = frozenset({"read", "filter", "sort", "aggregate"})
READONLY: Final = frozenset({"auditor", "audit_admin"})
AUDITOR: Final = "auditor"
ADMINISTRATORS: Final = frozenset({"system_admin", "security_admin", "audit_admin"})
"""Kept apart by GB/T 22239: who runs the system, who grants, and who watches both."""


def lint(
    lines: Iterable[Line], inherits: Iterable[Inheritance], catalogue: Catalogue
) -> tuple[Finding, ...]:
    """Find everything that is wrong with a policy. Empty is good."""
    lines, inherits = tuple(lines), tuple(inherits)
    # Risks follow roles through their graph and objects through the catalogue: both must be sound.
    return faults(lines, inherits, catalogue) or tuple(_risks(lines, inherits, catalogue))


def together(roles: Collection[str]) -> Iterator[Finding]:
    """Find the administrators that one role, or one person with these roles, would unite."""
    held = sorted(ADMINISTRATORS.intersection(roles))
    if held[1:]:
        sentence = f"{' and '.join(held)} must stay apart: give them to different people"
        yield Finding(Code.ADMINISTRATORS_TOGETHER, sentence)


def _risks(
    lines: tuple[Line, ...], inherits: tuple[Inheritance, ...], catalogue: Catalogue
) -> Iterator[Finding]:
    graph = graph_of(inherits)
    defined = {line.role for line in lines} | graph.keys()
    inherited = {name for names in graph.values() for name in names}
    for role in sorted(inherited - defined):
        yield Finding(Code.UNKNOWN_ROLE, f"{role} is inherited and has no line: correct its name")
    for role in sorted(defined):
        yield from together(_closure(role, graph))
    for role in sorted(READONLY & defined):
        yield from _doing_more(role, _lines_of(role, lines, graph))
    yield from _reading_p4(_lines_of(AUDITOR, lines, graph), catalogue)


def _doing_more(role: str, lines: Iterable[Line]) -> Iterator[Finding]:
    for line in lines:
        if line.allows and line.action not in READING:
            sentence = f"p, {', '.join(line.row)}: take the line out; {role} only reads"
            yield Finding(Code.READONLY_DOES_MORE, sentence)


def _reading_p4(lines: tuple[Line, ...], catalogue: Catalogue) -> Iterator[Finding]:
    # A deny at some tenants only leaves the fields open at the others: it does not count.
    counted = (line for line in lines if line.allows or line.tenant_path == "/")
    mask = compile_mask(counted, catalogue)
    for type_name, sensitive in catalogue.expand("@P4").items():
        rule = mask.rule("read", type_name)
        if (rule.always | rule.maybe) & sensitive:
            sentence = f"{type_name} opens a P4 field to the auditor: deny @P4 at /, if {ALWAYS}"
            yield Finding(Code.AUDITOR_READS_P4, sentence)


def _lines_of(
    role: str, lines: Iterable[Line], graph: Mapping[str, Collection[str]]
) -> tuple[Line, ...]:
    held = _closure(role, graph)
    return tuple(line for line in lines if line.role in held)


def _closure(role: str, graph: Mapping[str, Collection[str]]) -> frozenset[str]:
    reached, fresh = {role}, {role}
    while fresh:
        fresh = {inherited for name in fresh for inherited in graph.get(name, ())} - reached
        reached |= fresh
    return frozenset(reached)
