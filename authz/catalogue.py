"""Which fields exist, what each holds, and the bit that stands for it in a mask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

ROW: Final = 0
"""The bit number of the row itself; fields are numbered from one."""

MUTATION: Final = "Mutation"

JUDGED: Final = (
    "Tenant", "Threshold", "JobRole", "Person", "Employment", "Placement",
    "CompetencyModel", "CompetencyModelVersion", "Competency", "Indicator", "Measure", "Scale",
    "RoleTarget", "Course", "CourseVersion", "Block", "Assessment", "Scenario", "ClassSession",
    "SignOff", "LearningPath", "LearningPathVersion", "PathStage", "PathItem", "LearningPlan",
    "PlanItem", "Enrolment", "Progress", "Cohort", "Rate", "Principal", "Token", "Policy",
    "PolicyLine", "PolicyChange", "RoleAssignment", "ProcessingContract", "AuditEntry",
    "PrivacyNotice", "NoticeReceipt", "Consent", "SubjectRequest", "Restriction",
    "DisclosureDelay", "LegalHold",
)  # fmt: skip
"""Types that a line may name in every installation, whether or not a field of theirs is shown."""

LABELS: Final = (
    "public", "org", "system", "biz.rate", "pi.identity", "pi.employment", "pi.contact",
    "pi.financial", "pi.learning", "pi.health", "pi.request",
)  # fmt: skip
"""Labels that a line may name before any field carries them: a deny may come before its column."""


class DataClass(Enum):
    """How a value is kept, after GB/T 45574-2025 and articles 28 and 51 of the PIPL."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class UnknownObject(LookupError):
    """The catalogue knows no such type, field, label or class."""


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A field outside the row core of its type: what it holds and how that is kept."""

    type: str
    field: str
    label: str
    data_class: DataClass


class Catalogue:
    """Every type with its fields, as bits; and every object that a policy line may name.

    Bits follow the alphabet, so two processes with one schema agree. They are never stored: lines
    name fields, so a field that goes leaves a line that is refused, not one that waits for the next
    field of that name.
    """

    def __init__(
        self,
        entries: Iterable[FieldEntry],
        *,
        types: Iterable[str] = (),
        mutations: Iterable[str] = (),
    ) -> None:
        fields: dict[str, dict[str, FieldEntry | None]] = defaultdict(dict)
        for entry in entries:
            if fields[entry.type].setdefault(entry.field, entry) != entry:
                message = f"{entry.type}.{entry.field} is entered twice, with different classes"
                raise ValueError(message)
        verbs: dict[str, FieldEntry | None] = dict.fromkeys(mutations)
        named = {name: fields.get(name, {}) for name in (*JUDGED, *types, *fields)}
        self._fields = {
            name: dict(sorted(held.items()))
            for name, held in sorted((named | {MUTATION: verbs}).items())
        }
        self._number = {
            name: {field: at for at, field in enumerate(held, start=1)}
            for name, held in self._fields.items()
        }
        self._groups = self._objects()
        self._marks = {
            f"{entry.type}.{entry.field}": {entry.label, entry.data_class.value}
            for held in self._fields.values()
            for entry in held.values()
            if entry
        }

    @property
    def types(self) -> tuple[str, ...]:
        """Every type by name, in the order of the alphabet."""
        return tuple(self._fields)

    def fields(self, type_name: str) -> tuple[str, ...]:
        """Name the fields of a type, in the order of their bits."""
        return tuple(self._fields[type_name])

    def entry(self, type_name: str, field: str) -> FieldEntry | None:
        """Say what a field holds; None for a row core field, a verb and whatever does not exist."""
        return self._fields.get(type_name, {}).get(field)

    def number(self, type_name: str, field: str) -> int:
        """Give the bit number of a field; the row's is `ROW`."""
        try:
            return self._number[type_name][field]
        except KeyError:
            message = f"{type_name}.{field}"
            raise UnknownObject(message) from None

    def locate(self, requested: str) -> tuple[str, int]:
        """Find the type and bit number of one requested object, `Type` or `Type.field`."""
        type_name, dot, field = requested.partition(".")
        if dot:
            return type_name, self.number(type_name, field)
        if type_name not in self._fields:
            raise UnknownObject(requested)
        return type_name, ROW

    def knows(self, pattern: str) -> bool:
        """Say whether a policy line may name this object."""
        return pattern in self._groups

    def expand(self, pattern: str) -> Mapping[str, int]:
        """Turn the object of a policy line into bits, by type."""
        try:
            return self._groups[pattern]
        except KeyError:
            raise UnknownObject(pattern) from None

    def matches(self, requested: str, pattern: str) -> bool:
        """Say whether a requested object falls under the object of a policy line.

        This is what Casbin asks. It reads names where `expand` reads bits, so that each can be held
        against the other. Patterns are whole words: `Person.pho*` is none.
        """
        type_name, dot, field = requested.partition(".")
        if type_name not in self._fields or (dot and field not in self._fields[type_name]):
            return False
        if pattern.startswith("@"):
            return pattern[1:] in self._marks.get(requested, ())
        return pattern in {"*", requested} or bool(dot and pattern == f"{type_name}.*")

    def _objects(self) -> Mapping[str, Mapping[str, int]]:
        groups: dict[str, dict[str, int]] = {"*": {}}
        groups |= {f"@{mark}": {} for mark in (*LABELS, *(kept.value for kept in DataClass))}
        for name, held in self._fields.items():
            groups[name] = {name: 1 << ROW}
            groups[f"{name}.*"] = {name: (2 << len(held)) - 2}
            groups["*"][name] = (2 << len(held)) - 1
            for field, entry in held.items():
                bit = 1 << self._number[name][field]
                groups[f"{name}.{field}"] = {name: bit}
                for mark in (entry.label, entry.data_class.value) if entry else ():
                    group = groups.setdefault(f"@{mark}", {})
                    group[name] = group.get(name, 0) | bit
        return MappingProxyType({key: MappingProxyType(bits) for key, bits in groups.items()})
