"""For what an operation is refused before anything is read, told from its types alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import get_named_type

from api.planner.shapes import (
    Choice,
    Column,
    Inside,
    Many,
    Map,
    One,
    Pages,
    Shape,
    is_core,
    name_of,
)
from authz.actor import DenialMode
from authz.masks import Mask
from tests.oracle.asking import Asking, Sets, sets_of
from tests.oracle.sight import acts_of, readable, source_of

Fault = tuple[str, str, str, str]  # path, type, field, action


@dataclass(slots=True)
class Refusing:
    """Everything that an operation asks for and its actor can see on no row whatever.

    `dark` says of a type that none of its rows can be seen: then none of its fields can either.
    Refused in each mode is what is asked of a filter that never may be, or of an order that may
    not on every row: no null could stand for either.
    """

    asking: Asking
    known: Map
    mask: Mask
    closed: set[Fault] = field(default_factory=set)
    unfit: set[Fault] = field(default_factory=set)

    def refused(self, mode: DenialMode) -> tuple[dict[str, Any], ...]:
        """Name every field for which the operation is refused, in an order of no meaning."""
        for key, nodes in self.asking.fields("Query", self.asking.roots).items():
            self._root(key, nodes)
        found = self.unfit | self.closed if mode is DenialMode.STRICT else self.unfit
        words = ("path", "type", "field", "action")
        return tuple(dict(zip(words, fault, strict=True)) for fault in sorted(found))

    def _root(self, key: str, nodes: list[Any]) -> None:
        name, sets = nodes[0].name.value, sets_of(nodes)
        if name == "viewer":
            self._viewer(sets, key)
        elif name in {"node", "nodes"}:
            for shape in self.known.shapes.values():
                if shape.prefix:
                    self._object(shape, sets, key, dark=self._dark(shape))
        elif name != "__typename":
            kind = get_named_type(self.asking.schema.query_type.fields[name].type).name
            if kind.endswith("Connection"):
                shape = self.known.shapes[kind.removesuffix("Connection")]
                self._page(shape, "Query", nodes, key)
            else:
                self._led(kind, sets, key, dark=False)

    def _viewer(self, sets: Sets, path: str) -> None:
        for key, nodes in self.asking.fields("Viewer", sets).items():
            name = nodes[0].name.value
            if name in {"person", "tenant"}:
                shape = self.known.shapes[name.title()]
                dark = name == "person" and self._dark(shape)
                self._object(shape, sets_of(nodes), f"{path}.{key}", dark=dark)

    def _dark(self, shape: Shape, *, above: bool = False) -> bool:
        return above if shape.part else readable(self.mask, shape).never

    def _led(self, target: str, sets: Sets, path: str, *, dark: bool) -> None:
        shapes = self.known.concrete(target)
        for shape in shapes:
            unseen = self._dark(shape, above=dark)
            if unseen and len(shapes) == 1:
                self.closed.add((path, target, "*", "read"))
            self._object(shape, sets, path, dark=unseen)

    def _object(self, shape: Shape, sets: Sets, path: str, *, dark: bool) -> None:
        for key, nodes in self.asking.fields(shape.name, sets).items():
            name, here = nodes[0].name.value, f"{path}.{key}"
            if name == "__typename" or (name in {"id", "viewerCan"} and shape.prefix):
                continue
            if name == "rowVersion" and shape.locked:
                continue
            name = source_of(shape, name)
            if dark or self._never(shape, name, acts_of(shape, name)):
                self.closed.add((here, shape.name, name, "read"))
            else:
                self._field(shape, name, nodes, here, dark=dark)

    def _field(self, shape: Shape, name: str, nodes: list[Any], path: str, *, dark: bool) -> None:
        sets = sets_of(nodes)
        match shape.fields[name]:
            case Column() if sets and self._never(shape, name, ["decrypt"]):
                for key, parts in self.asking.fields("SensitiveText", sets).items():
                    if parts[0].name.value == "value":
                        self.closed.add((f"{path}.{key}", shape.name, name, "decrypt"))
            case One(target=target) | Many(target=target):
                self._led(target, sets, path, dark=dark)
            case Choice(ways=ways):
                for way in ways:
                    self._led(way.target, sets, path, dark=dark)
            case Pages(target=target):
                self._page(self.known.shapes[target], shape.name, nodes, path)
            case Inside(target=target):
                self._object(self.known.shapes[target], sets, path, dark=dark)

    def _page(self, shape: Shape, parent: str, nodes: list[Any], path: str) -> None:
        dark = self._dark(shape)
        if dark:
            self.closed.add((path, shape.name, "*", "read"))
        arguments = self.asking.arguments(parent, nodes[0])
        self._filter(shape, arguments.get("filter") or {}, dark=dark)
        found = name_of(shape)
        if arguments.get("search") is not None and found is not None:
            self._filter(shape, {found[0]: {}}, dark=dark)
        for one in arguments.get("orderBy") or ():
            self._order(shape, one)
        for key, parts in self.asking.fields(f"{shape.name}Connection", sets_of(nodes)).items():
            here = f"{path}.{key}"
            if parts[0].name.value == "nodes":
                self._object(shape, sets_of(parts), here, dark=dark)
            elif parts[0].name.value == "edges":
                edges = self.asking.fields(f"{shape.name}Edge", sets_of(parts))
                for inner, ends in edges.items():
                    if ends[0].name.value == "node":
                        self._object(shape, sets_of(ends), f"{here}.{inner}", dark=dark)

    def _filter(self, shape: Shape, given: dict[str, Any], *, dark: bool) -> None:
        for name, inner in given.items():
            held = shape.fields.get(name)
            if inner is None or (name == "id" and shape.prefix):
                continue
            if name in {"and", "or", "not"}:
                for one in [inner] if name == "not" else inner:
                    self._filter(shape, one, dark=dark)
            elif isinstance(held, Inside):
                self._filter(self.known.shapes[held.target], inner, dark=dark)
            else:
                if not is_core(held) and (dark or self._never(shape, name, ["read", "filter"])):
                    self.unfit.add((f"{shape.name}.{name}", shape.name, name, "filter"))
                self._inner(held, inner, dark=dark)

    def _inner(self, held: Any, given: dict[str, Any], *, dark: bool) -> None:
        if isinstance(held, One | Many | Pages):
            target = self.known.shapes[held.target]
            unseen = self._dark(target, above=dark)
            for one in [given] if isinstance(held, One) else given.values():
                self._filter(target, one or {}, dark=unseen)

    def _order(self, shape: Shape, given: dict[str, Any]) -> None:
        for name, inner in given.items():
            held = shape.fields.get(name)
            if isinstance(held, Inside):
                self._inner_order(shape, self.known.shapes[held.target], inner)
            elif held is not None and not is_core(held) and not self._always(shape, shape, name):
                self.unfit.add((f"{shape.name}.{name}", shape.name, name, "sort"))

    def _inner_order(self, shape: Shape, inside: Shape, given: dict[str, Any]) -> None:
        for name in given:
            if not is_core(inside.fields[name]) and not self._always(shape, inside, name):
                self.unfit.add((f"{inside.name}.{name}", inside.name, name, "sort"))

    def _always(self, listed: Shape, shape: Shape, name: str) -> bool:
        """Whether a field may be sorted by on every row of a list that is seen."""
        shown = self.mask.cell("read", shape.policy_name, name)
        sortable = shown & self.mask.cell("sort", shape.policy_name, name)
        return sortable.under(readable(self.mask, listed)).always

    def _never(self, shape: Shape, name: str, acts: list[str]) -> bool:
        return any(self.mask.cell(act, shape.policy_name, name).never for act in acts)
