"""Inputs of every mutation, made from its command: each field filled, each id a chosen one."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from api.graphql.binding import camel
from api.graphql.inputs import Kind, kinds
from api.graphql.schema import schema
from api.graphql.verbs import Verb
from domain.privacy.sealed import Sealed

Path = tuple[str, ...]
Choose = Callable[[str, Path], str]
"""Chooses the id of a type that stands at a place of the input."""

PLAIN: dict[type, Any] = {
    str: "ok-1",
    int: 1,
    bool: False,
    Decimal: "50",
    date: date(2026, 5, 4).isoformat(),
    datetime: datetime(2026, 5, 4, 1, tzinfo=UTC).isoformat(),
    Sealed: "15400009999",
}
FITTING: dict[tuple[str, str], Any] = {
    ("CompetencyDraft", "levels"): [
        {"name": f"level {cut}", "cutPoint": str(cut)} for cut in (0, 40, 60, 80)
    ],
    ("IndicatorDraft", "weight"): "1",
    ("DraftCourseVersion", "blocks"): [{"kind": "TEXT", "title": "ok", "minutes": 1, "body": "ok"}],
    ("PolicyLineDraft", "effect"): "allow",
    ("PolicyLineDraft", "validTo"): datetime(2026, 6, 1, tzinfo=UTC).isoformat(),
    ("IssueToken", "kind"): "PERSON",
    ("PathStageDraft", "electiveQuota"): 0,
    ("PathItemDraft", "passMark"): "100",
    ("OpenProcessingContract", "fields"): ["Person.displayName"],
    ("RegisterPrincipal", "name"): None,
}
"""What stands in a field where the first best value would be refused before any id is looked at."""
FITTING_ROWS = {
    ("Hire", "personId"): "CANDIDATE",
    ("StartTraining", "personId"): "PRE_ONBOARD",
    ("EditPolicy", "end.0"): "IN_FORCE",
    ("ApprovePolicyChange", "policyChangeId"): "PROPOSED",
    ("OpenProcessingContract", "principalId"): "VENDOR",
}
"""In which state a row must be for whatever else is named to be looked up."""
OTHERWISE: dict[tuple[str, Path], dict[str, Any]] = {
    ("RegisterPrincipal", ("ownerId",)): {"kind": "SERVICE", "name": "ok-1", "personId": None},
}
"""What else must stand in an input for the id at a place to be looked up."""
GRANT = ("Policy", "grant")
"""Whoever may do this names the version of the policy, and of no row."""
VERBS: dict[str, Verb] = dict(schema().verbs)


def mutation(verb: Verb) -> str:
    """The document of a mutation: what it gives back, what it refused, and where."""
    return (
        f"mutation($input: {verb.title}Input!) {{ {verb.name}(input: $input) {{ "
        f"{verb.noun} {{ id }} userErrors {{ code message path }} }} }}"
    )


def fit_for(command: type, place: Path) -> str | None:
    """The state that a row must have at a place of a command, if it must have one."""
    return FITTING_ROWS.get((command.__name__, ".".join(place)))


def ids_in(command: type, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every place of a command where an id stands, with the type that it is of."""
    for kind in kinds(command):
        here = (*at, camel(kind.name), *(("0",) if kind.many else ()))
        if kind.ref:
            yield here, kind.ref
        elif _is_command(kind.type):
            yield from ids_in(kind.type, here)


def filled(command: type, choose: Choose, at: Path = ()) -> dict[str, Any]:
    """Fill a command's input, optional fields too; lists hold one entry."""
    given = {}
    for kind in kinds(command):
        name = camel(kind.name)
        here = (*at, name, *(("0",) if kind.many else ()))
        if (command.__name__, name) in FITTING:
            given[name] = FITTING[command.__name__, name]
            continue
        value = _value(kind, choose, here)
        given[name] = [value] if kind.many else value
    return given


def _value(kind: Kind, choose: Choose, at: Path) -> Any:
    if kind.ref:
        return choose(kind.ref, at)
    if _is_command(kind.type):
        return filled(kind.type, choose, at)
    if isinstance(kind.type, type) and issubclass(kind.type, enum.Enum):
        return next(iter(kind.type)).value
    return PLAIN[kind.type]


def _is_command(kind: Any) -> bool:
    return isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind is not Sealed
