"""A statement while it is being written: its parameters, aliases and marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from authz.actor import Scope

from .parameters import OfActor, OfClock, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.kernel.entity import GroupEntity

    from .arguments import ShapeOfCalls
    from .plan import Known
    from .refusals import Denied

UUID, UUIDS, TEXT, INT, INSTANT = "uuid", "uuid[]", "text", "int", "timestamptz"


@dataclass(frozen=True, slots=True)
class SealedMark:
    """Where a marked cell lies: what its ciphertext is bound to besides row and subject."""

    table: str
    column: str
    use: str
    path: str
    field: str  # Type.field
    purpose: tuple[int, str] | None = None  # call and argument of the purpose


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that is ready to be bound, with what its marks stand for."""

    sql: str
    parameters: tuple[Parameter, ...]
    sealed: tuple[SealedMark, ...]
    cursors: tuple[int, ...]  # the call of the list that each cursor belongs to
    lists: Mapping[int, str]  # by the call that asks for a page of it
    known: tuple[Known, ...]
    denials: tuple[Denied, ...]
    judged: tuple[tuple[str, str], ...] = ()  # the cells of the mask that it was made from

    @property
    def marked(self) -> bool:
        """Whether the answer may hold anything that Python has to resolve."""
        return bool(self.sealed or self.cursors or self.denials)


PLACE: Final = re.compile(r"\$(\d+)::")
"""How a place is written: always with its type."""


@dataclass(slots=True)
class Writing:
    """The growing statement. Places are handed out once for each thing that is bound."""

    scope: Scope
    shape_of_calls: ShapeOfCalls
    places: dict[Parameter, int] = field(default_factory=dict)
    sealed: list[SealedMark] = field(default_factory=list)
    cursors: list[int] = field(default_factory=list)
    lists: dict[int, str] = field(default_factory=dict)
    known: list[Known] = field(default_factory=list)
    aliases: int = 0

    def place(self, parameter: Parameter, kind: str) -> str:
        """Give a parameter its place, the same one each time."""
        number = self.places.setdefault(parameter, len(self.places) + 1)
        return f"${number}::{kind}"

    def bind(self, variable: str) -> str | None:
        """Give a variable of the actor its place; the whole group restricts nothing.

        One tenant is compared as one: behind `= ANY` an index that begins with the tenant loses
        the order of what comes after it.
        """
        match variable, self.scope:
            case "tenants" | "reach", Scope.WHOLE:
                return None
            case "tenants", Scope.ONE:
                return self.place(OfActor("tenant"), UUID)
            case "tenants" | "reach", _:
                return f"ANY({self.place(OfActor(variable), UUIDS)})"
            case "now", _:
                return self.place(OfClock(), INSTANT)
            case "certified_until" | "contracted_until", _:
                return self.place(OfActor(variable), INSTANT)
            case _:
                return self.place(OfActor(variable), UUID)

    def numbered(self, sql: str) -> tuple[str, tuple[Parameter, ...]]:
        """Number the places anew where some are not used: PostgreSQL knows no type for those.

        A condition that was written may have found no use, because a field of its row had none.
        """
        used = {int(number) for number in PLACE.findall(sql)}
        kept = [parameter for parameter, number in self.places.items() if number in used]
        if len(kept) == len(self.places):
            return sql, tuple(kept)
        anew = {self.places[parameter]: at for at, parameter in enumerate(kept, start=1)}
        return PLACE.sub(lambda found: f"${anew[int(found[1])]}::", sql), tuple(kept)

    @property
    def group(self) -> str:
        """The group's place: on every relation of every statement."""
        return self.place(OfActor("group"), UUID)

    def alias(self, table: str) -> str:
        """A fresh name for a relation."""
        self.aliases += 1
        return f"{table[0]}{self.aliases}"


def columns_of(alias: str, *texts: str) -> list[str]:
    """Which columns of an alias a text uses, so that no other is read."""
    found = re.findall(rf"\b{alias}\.(\w+)", " ".join(texts))
    return sorted(set(found))


def quoted(text: str) -> str:
    """A text as an SQL literal, marks included."""
    body = text.replace("'", "''")
    return "'" + body + "'" if body.isprintable() else "E'" + _escaped(body) + "'"


def _escaped(text: str) -> str:
    return "".join(
        letter if letter.isprintable() and letter != "\\" else f"\\U{ord(letter):08x}"
        for letter in text
    )


def entity_of(entity: type[GroupEntity] | None) -> type[GroupEntity]:
    """The entity behind a shape that has rows."""
    if entity is None:
        message = "this shape has no rows of its own"
        raise TypeError(message)
    return entity
