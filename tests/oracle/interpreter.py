"""An operation answered in the most obvious way: field by field, row by row, without a plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, get_named_type

from authz.actor import DenialMode
from tests.oracle.asking import Asking, Sets, sets_of
from tests.oracle.refusing import Refusing
from tests.oracle.things import Thing, Withheld
from tests.oracle.values import Values


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: data with what was withheld of it, or the fields for which all is refused."""

    data: Any = None
    denied: tuple[dict[str, Any], ...] = ()
    refused: tuple[dict[str, Any], ...] = ()
    shown: frozenset[str] = frozenset()  # the fields that had a value, as Type.field


def answer(asking: Asking, values: Values, mode: DenialMode) -> Told:
    """Answer an operation of an actor."""
    refusing = Refusing(asking, values.known, values.actor.mask)
    refused = refusing.refused(mode)
    if refused:
        return Told(refused=refused)
    walk = _Walk(asking, values)
    data = walk.root()
    denied = walk.told() if mode is DenialMode.PARTIAL else ()
    return Told(data, denied, shown=frozenset(walk.shown))


@dataclass(slots=True)
class _Walk:
    """The way through a selection, with a tally of what was withheld where."""

    asking: Asking
    values: Values
    tally: Counter[tuple[str, Withheld]] = field(default_factory=Counter)
    shown: set[str] = field(default_factory=set)

    def root(self) -> dict[str, Any]:
        """Answer every field at the root."""
        found = {}
        for key, nodes in self.asking.fields("Query", self.asking.roots).items():
            name = nodes[0].name.value
            if name == "__typename":
                found[key] = "Query"
                continue
            kind = get_named_type(self.asking.schema.query_type.fields[name].type).name
            value = self.values.root(name, kind, self.asking.arguments("Query", nodes[0]))
            found[key] = self.completed(value, sets_of(nodes), key)
        return found

    def completed(self, value: Any, sets: Sets, path: str) -> Any:
        """Pick from a value what is asked of it."""
        match value:
            case Withheld():
                self.tally[path, value] += 1
                return None
            case list() if sets:
                return [self.completed(one, sets, path) for one in value]
            case Thing() | dict():
                name = value.shape.name if isinstance(value, Thing) else value["__typename"]
                fields = self.asking.fields(name, sets).items()
                return {
                    key: self._picked(value, name, nodes, f"{path}.{key}") for key, nodes in fields
                }
            case _:
                return value

    def _picked(self, value: Any, type_name: str, nodes: list[FieldNode], path: str) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return type_name
        arguments = self.asking.arguments(type_name, nodes[0])
        if isinstance(value, Thing):
            inner = self.values.of(value, name, arguments)
        else:
            inner = value[name]
            inner = inner(**arguments) if callable(inner) else inner
        picked = self.completed(inner, sets_of(nodes), path)
        if picked is not None:
            self.shown.add(f"{type_name}.{name}")
        return picked

    def told(self) -> tuple[dict[str, Any], ...]:
        """List what was withheld, once for each place."""
        return tuple(
            {
                "path": path,
                "field": one.field,
                "action": one.action,
                "reason": one.reason,
                "count": count,
            }
            for (path, one), count in self.tally.items()
        )
