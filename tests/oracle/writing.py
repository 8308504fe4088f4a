"""Values written into a document as literals or as variables, wherever either may stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
)

from tests.oracle.chance import Chance


@dataclass(slots=True)
class Writing:
    """The variables of an operation while it is being written."""

    chance: Chance
    definitions: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    share: float = 0.25  # of values that become variables

    def value(self, value: Any, kind: Any, *, required: bool = False) -> str:
        """Write a value of a type; `required` where a variable must never be null."""
        if self.chance.likely(self.share):
            return self.variable(value, kind, required=required)
        return self._literal(value, get_nullable_type(kind))

    def variable(self, value: Any, kind: Any, *, required: bool = False) -> str:
        """Give a value by a variable: sent along, or standing as its default."""
        name = f"v{len(self.definitions)}"
        spelt = str(get_nullable_type(kind))
        must = required or (isinstance(kind, GraphQLNonNull) and value is not None)
        default = value is not None and not must and self.chance.likely(0.2)
        end = f" = {self._plain(value, kind)}" if default else "!" if must else ""
        self.definitions.append(f"${name}: {spelt}{end}")
        left_out = default or (value is None and self.chance.likely(0.5))
        if not left_out:
            self.given[name] = self._sent(value, kind)
        return f"${name}"

    def _sent(self, value: Any, kind: Any) -> Any:
        """A value as JSON; of a list of one, the one alone will do."""
        alone = isinstance(get_nullable_type(kind), GraphQLList) and isinstance(value, list)
        return value[0] if alone and len(value) == 1 and self.chance.likely(0.2) else value

    def head(self) -> str:
        """The head of the operation."""
        if self.definitions:
            return f"query Q({', '.join(self.definitions)}) "
        return self.chance.choice(("", "query ", "query Q "))

    def _literal(self, value: Any, kind: Any) -> str:
        match kind:
            case _ if value is None:
                return "null"
            case GraphQLList():
                parts = [self.value(one, kind.of_type) for one in value]
                alone = len(parts) == 1 and parts[0][0] != "$" and self.chance.likely(0.2)
                return parts[0] if alone else f"[{', '.join(parts)}]"
            case GraphQLInputObjectType():
                return self._object(value, kind)
            case GraphQLEnumType():
                return str(value)
            case _ if kind.name == "Decimal" and value.isdecimal() and self.chance.likely(0.3):
                return str(value)
            case _:
                return orjson.dumps(value).decode()

    def _object(self, value: dict[str, Any], kind: GraphQLInputObjectType) -> str:
        parts = [
            f"{name}: {self.value(inner, kind.fields[name].type, required=kind.is_one_of)}"
            for name, inner in value.items()
        ]
        return f"{{{', '.join(parts)}}}"

    def _plain(self, value: Any, kind: Any) -> str:
        """A literal in which no variable stands: a default may hold none."""
        share, self.share = self.share, 0.0
        try:
            return self._literal(value, get_nullable_type(kind))
        finally:
            self.share = share
