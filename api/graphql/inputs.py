"""A command becomes an input by reflection, and an input becomes a command again.

Ids say of which type they must be; sealed values come as text and are sealed before anything else
can look at them.
"""

from __future__ import annotations

import dataclasses
import enum
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry

from api.graphql.binding import ABSTRACTS, SHAPES, camel
from api.graphql.terms import TERMS
from api.graphql.types import NAMES, enter, enumeration, field
from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref, split_external_id
from domain.privacy.sealed import Sealed

SCALARS: Final[Mapping[object, str]] = {
    str: "String",
    int: "Int",
    bool: "Boolean",
    Decimal: "Decimal",
    date: "Date",
    datetime: "DateTime",
    Sealed: "String",
}
LONGEST_LIST: Final = 1000


class WrongId(Refusal):
    """An id is malformed, or of another type than the field asks for."""

    en = "This must be the id of a {wanted}. Check where the id came from."
    zh = "此处应填写 {wanted} 的编号,请核对编号来源。"


class ListTooLong(Refusal):
    """A list holds more than one request may carry."""

    en = "At most {most} entries at once. Send the rest in another request."
    zh = "一次最多提交 {most} 条,请分批提交。"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field of a command is: its type, whether it may be left out, and whose id it is."""

    name: str
    type: Any
    ref: str | None
    many: bool
    optional: bool
    default: object

    @property
    def written(self) -> str:
        """The type as GraphQL writes it."""
        inner = f"[{self._one()}!]" if self.many else self._one()
        return inner if self.optional or self.default is not MISSING else f"{inner}!"

    def _one(self) -> str:
        if self.ref:
            return "ID"
        if isinstance(self.type, type) and dataclasses.is_dataclass(self.type):
            return f"{self.type.__name__}Input"
        if isinstance(self.type, type) and issubclass(self.type, enum.Enum):
            return self.type.__name__
        return SCALARS[self.type]


@cache
def kinds(command: type) -> tuple[Kind, ...]:
    """Read the fields of a command, once."""
    hints = get_type_hints(command, include_extras=True)
    return tuple(
        _kind(
            one.name,
            hints[one.name],
            one.default if one.default_factory is MISSING else None,
        )
        for one in dataclasses.fields(command)
    )


def _kind(name: str, hint: Any, default: object) -> Kind:
    ref, optional, many = None, False, False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *notes = get_args(hint)
            ref = next((note.type for note in notes if isinstance(note, Ref)), ref)
        elif origin in {Union, types.UnionType}:
            hint = next(one for one in get_args(hint) if one is not type(None))
            optional = True
        elif origin in {tuple, frozenset, list}:
            hint, many = get_args(hint)[0], True
        else:
            return Kind(name, hint, ref, many, optional, default)


def declare_input(
    command: type,
    name: str,
    *,
    gives: str | None = None,
    extra: tuple[tuple[str, str, str, object], ...] = (),
) -> str:
    """Make the input type of a command, with those of the values in it.

    What a field means is said in the terms, or else by the field of the same name that is shown.
    """
    if name in NAMES:
        return name
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for kind in kinds(command):
        _prepare(kind)
        says = _says(command, kind.name, gives)
        default = ... if kind.default is MISSING else _default(kind.default)
        _enter(body, camel(kind.name), kind.written, says, default)
    for one in extra:
        _enter(body, *one)
    made = strawberry.input(
        type(name, (), body), name=name, description=(command.__doc__ or "").strip()
    )
    enter(name, body["__annotations__"], made)
    return name


def _says(command: type, name: str, gives: str | None) -> str:
    said = TERMS.get(f"{command.__name__}.{name}") or TERMS.get(name)
    shown = SHAPES[gives].fields.get(camel(name)) if gives in SHAPES else None
    if said is None and shown is None:
        message = f"say in api/graphql/terms.py what {command.__name__}.{name} means"
        raise LookupError(message)
    return said or (shown.says if shown else "")


def _default(default: object) -> object:
    return None if default == () else default


def _enter(body: dict[str, Any], name: str, kind: str, says: str, default: object) -> None:
    one = field(name, kind, says)
    if default is not ...:
        one.default = default
        one.default_value = default
    body[name] = one
    body["__annotations__"][name] = one.type_annotation


def _prepare(kind: Kind) -> None:
    if dataclasses.is_dataclass(kind.type) and isinstance(kind.type, type):
        declare_input(kind.type, f"{kind.type.__name__}Input")
    elif isinstance(kind.type, type) and issubclass(kind.type, enum.Enum):
        enumeration(kind.type)


def command_of(command: type, given: Mapping[str, Any], *, at: tuple[str, ...] = ()) -> Any:
    """Make a command of an input that GraphQL has found well-typed; refuse ids of other types."""
    filled: dict[str, Any] = {}
    for kind in kinds(command):
        name = camel(kind.name)
        if name in given and (given[name] is not None or kind.optional):
            filled[kind.name] = _value(kind, given[name], (*at, name))
    return command(**filled)


def _value(kind: Kind, value: Any, at: tuple[str, ...]) -> Any:
    if value is None:
        return None
    if kind.many:
        if len(value) > LONGEST_LIST:
            raise ListTooLong(most=LONGEST_LIST, at=at)
        return tuple(_single(kind, one, (*at, str(n))) for n, one in enumerate(value))
    return _single(kind, value, at)


def _single(kind: Kind, value: Any, at: tuple[str, ...]) -> Any:
    if kind.ref:
        return _id(kind.ref, value, at)
    if kind.type is Sealed:
        return Sealed.of(value)
    if dataclasses.is_dataclass(kind.type) and isinstance(kind.type, type):
        return command_of(kind.type, value, at=at)
    if isinstance(kind.type, type) and issubclass(kind.type, enum.Enum):
        return value if isinstance(value, kind.type) else kind.type(value)
    return value


def _id(wanted: str, text: str, at: tuple[str, ...]) -> UUID:
    """Take an id of a type, or of one of the types that a name stands for."""
    parts = split_external_id(text)
    if parts is None or parts[0] not in _prefixes(wanted):
        raise WrongId(wanted=wanted, at=at)
    return parts[1]


def _prefixes(wanted: str) -> set[str | None]:
    members = ABSTRACTS[wanted].members if wanted in ABSTRACTS else (wanted,)
    return {SHAPES[one].prefix for one in members}
