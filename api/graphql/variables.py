"""Variables whose JSON is plainly of their type are taken as they are; GraphQL coerces the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graphql import NamedTypeNode, NonNullTypeNode

if TYPE_CHECKING:
    from graphql import VariableDefinitionNode

PLAIN: Final[Mapping[str, type]] = {"ID": str, "String": str, "Boolean": bool, "Int": int}
WIDEST: Final = 2**31  # GraphQL's Int has 32 bits


@dataclass(frozen=True, slots=True)
class Plain:
    """The variables of an operation, where all of them are of plain types and have no default."""

    kinds: Mapping[str, tuple[type, bool]] | None  # by name: the type, and whether it is required

    @classmethod
    def of(cls, definitions: Sequence[VariableDefinitionNode]) -> Plain:
        """Look at the definitions once."""
        kinds = {one.variable.name.value: _kind(one) for one in definitions}
        plain = {name: kind for name, kind in kinds.items() if kind is not None}
        return cls(plain if len(plain) == len(kinds) else None)

    def coerced(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Take the values as they are, or nothing where GraphQL has to look at one of them."""
        if self.kinds is None:
            return None
        values = {}
        for name, (kind, required) in self.kinds.items():
            if name not in given:
                if required:
                    return None
                continue
            value = given[name]
            if not _fits(value, kind) and (value is not None or required):
                return None
            values[name] = value
        return values


def _fits(value: Any, kind: type) -> bool:
    exactly: type = type(value)
    return exactly is kind and (kind is not int or -WIDEST <= value < WIDEST)


def _kind(definition: VariableDefinitionNode) -> tuple[type, bool] | None:
    """The Python type of a plain variable, and whether it is required."""
    node, required = definition.type, False
    if isinstance(node, NonNullTypeNode):
        node, required = node.type, True
    if definition.default_value is not None or not isinstance(node, NamedTypeNode):
        return None
    kind = PLAIN.get(node.name.value)
    return None if kind is None else (kind, required)
