"""What a role gains and loses between two schemas, in sentences: "VENDOR gains Person.email"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

Facts: TypeAlias = Mapping[str, str]
"""All that a schema offers, by name, each with its type and default where it has them."""

LISTED: Final = 12  # members of a type that is new or gone; the file tells the others
FIELDED: Final = (
    ObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
)


def told(role: str, before: str, after: str) -> list[str]:
    """Say what a role gains, loses and sees differently; of a type that comes or goes, once."""
    old, new = facts(before), facts(after)
    name = role.upper()
    return [
        *(f"{name} gains {one}" for one in _gathered(new.keys() - old.keys())),
        *(f"{name} loses {one}" for one in _gathered(old.keys() - new.keys())),
        *(
            f"{name} now sees {one} as {new[one]}, before as {old[one]}"
            for one in sorted(old.keys() & new.keys())
            if old[one] != new[one]
        ),
    ]


def facts(text: str) -> Facts:
    """List types, fields, arguments, input fields, enum values and members of unions."""
    return {
        name: kind
        for one in parse(text, no_location=True).definitions
        if isinstance(one, TypeDefinitionNode)
        for name, kind in _of_type(one)
    }


def _of_type(one: TypeDefinitionNode) -> Iterator[tuple[str, str]]:
    name = one.name.value
    yield name, one.kind.removesuffix("_type_definition").replace("_", " ")
    if isinstance(one, EnumTypeDefinitionNode):
        yield from ((f"{name}.{value.name.value}", "a value") for value in one.values or ())
    elif isinstance(one, UnionTypeDefinitionNode):
        yield from ((f"{name}.{member.name.value}", "a member") for member in one.types or ())
    elif isinstance(one, FIELDED):
        for field in one.fields or ():
            yield f"{name}.{field.name.value}", _typed(field)
            for argument in getattr(field, "arguments", None) or ():
                place = f"{name}.{field.name.value}({argument.name.value}:)"
                yield place, _typed(argument)
        for way in getattr(one, "interfaces", None) or ():
            yield f"{name} as {way.name.value}", "an interface"


def _typed(held: object) -> str:
    default = getattr(held, "default_value", None)
    kind = print_ast(held.type)  # type: ignore[attr-defined]
    return kind if default is None else f"{kind} = {print_ast(default)}"


def _gathered(names: Iterable[str]) -> Iterator[str]:
    """Name whole types with their members, fields with their arguments, and the rest one by one."""
    names = set(names)
    for name in sorted(names):
        owner = _owner(name)
        if owner in names:
            continue  # said with what it belongs to
        members = sorted(one for one in names if _owner(one) == name and "." in one)
        if "." in name or not members:
            yield name
        else:
            yield f"{name} ({_listed([one.partition('.')[2] for one in members])})"


def _owner(name: str) -> str | None:
    """The name of what something belongs to: an argument to its field, a field to its type."""
    if "(" in name:
        return name.partition("(")[0]
    if " as " in name:
        return name.partition(" ")[0]
    return name.partition(".")[0] if "." in name else None


def _listed(names: list[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")
