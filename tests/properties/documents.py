"""Random documents over the real schema: roots, nested lists, filters, orders and fragments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

from api.graphql.schema import schema
from tests.planned import planned_query

LEAVES = {
    "String": ('"a"', '"law"', '"欧"'),
    "Int": ("0", "1", "3"),
    "Boolean": ("true", "false"),
    "Decimal": ('"0"', '"60"', '"100"'),
    "Date": ('"2026-04-04"', '"2025-12-01"'),
    "DateTime": ('"2026-04-04T00:00:00Z"',),
}
SOUGHT = ("欧", "李", "合规", "王")
PAGES = ("first: 3", "first: 20", "last: 3", "first: 100", "first: 2, offset: 1", "")
ABSTRACT = GraphQLInterfaceType | GraphQLUnionType
DEEP = 4

Values = Mapping[tuple[str, str], Sequence[str]]
Keen = Callable[[str, str, str], bool]


@dataclass
class Document:
    """A document while it is being written.

    `keen` says whether a field of a type may be named for an act, so that not every filter is
    refused; `values` are literals that a field has really got.
    """

    random: Random
    keen: Keen = lambda *_: True
    values: Values = field(default_factory=dict)
    paging: bool = False  # whether pages may begin behind a cursor
    fragments: list[str] = field(default_factory=list)
    names: int = 0

    def text(self) -> str:
        """Write all of it."""
        roots = planned_query(schema().graphql).fields
        lists = [name for name, held in roots.items() if "first" in held.args]
        chosen = self.random.choices([*roots, *lists, *lists], k=self.random.randint(1, 3))
        body = " ".join(self._field(name, roots[name], "Query", DEEP) for name in chosen)
        return " ".join(["query {", body, "}", *self.fragments])

    def _field(self, name: str, held: GraphQLField, of: str, depth: int) -> str:
        named = get_named_type(held.type)
        self.names += 1
        head = f"k{self.names}: {name}{self._arguments(name, held, of)}"
        if isinstance(named, GraphQLObjectType | ABSTRACT):
            return f"{head} {{ {self._selection(named, depth - 1)} }}"
        return head

    def _selection(self, named: Any, depth: int) -> str:
        if isinstance(named, ABSTRACT):
            members = schema().graphql.get_possible_types(named)
            some = self.random.sample(members, k=min(len(members), self.random.randint(1, 3)))
            parts = [f"... on {one.name} {{ {self._selection(one, depth)} }}" for one in some]
            return " ".join(["__typename", *parts])
        return self._perhaps_apart(named, self._of_object(named, depth))

    def _of_object(self, named: GraphQLObjectType, depth: int) -> str:
        leaves = [name for name, held in named.fields.items() if not _is_composite(held)]
        nested = [name for name in named.fields if name not in leaves]
        through = named.name.endswith(("Connection", "Edge"))
        chosen = self.random.sample(leaves, k=min(len(leaves), self.random.randint(1, 4)))
        if nested and (depth > 0 or through):
            chosen += self.random.choices(nested, k=self.random.randint(1, 2))
        elif named.name != "PageInfo":
            chosen += [
                name
                for name in nested
                if _is_flat(named.fields[name]) and self.random.random() < 0.4
            ]
        step = 0 if through else 1
        parts = [
            self._field(name, named.fields[name], named.name, depth + 1 - step) for name in chosen
        ]
        return " ".join(parts) or "__typename"

    def _perhaps_apart(self, named: GraphQLObjectType, text: str) -> str:
        """Move a selection into a fragment now and then."""
        chance = self.random.random()
        if chance < 0.8:
            return text
        if chance < 0.9:
            return f"... on {named.name} {{ {text} }}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {named.name} {{ {text} }}")
        return f"...{name}"

    def _arguments(self, name: str, held: GraphQLField, of: str) -> str:
        given = [self._argument(one, name, of, held) for one in held.args]
        if "first" in held.args:
            given.append(self.random.choice(PAGES))
            if self.paging and "offset" not in given[-1] and self.random.random() < 0.3:
                given.append(self.random.choice(('after: "c"', 'before: "c"')))
        told = ", ".join(one for one in given if one)
        return f"({told})" if told else ""

    def _argument(self, argument: str, name: str, of: str, held: GraphQLField) -> str:
        named: Any = get_named_type(held.args[argument].type)
        chance = self.random.random()
        match argument:
            case "id":
                return f"id: {self._id(_type_of_root(name, held))}"
            case "ids":
                kinds = [self._any_prefixed() for _ in range(self.random.randint(1, 3))]
                return f"ids: [{', '.join(self._id(one) for one in kinds)}]"
            case "number":
                return "number: 1"
            case "purpose":
                return "purpose: AUDIT"
            case "actions":
                acts = self.random.sample([*named.values], k=self.random.randint(0, 4))
                return f"actions: [{', '.join(acts)}]"
            case "filter" if chance < 0.4:
                return f"filter: {self._filter(named, 3)}"
            case "orderBy" if chance < 0.5:
                keys = [self._order(named) for _ in range(self.random.randint(1, 2))]
                return f"orderBy: [{', '.join(one for one in keys if one)}]"
            case "search" if chance < 0.3:
                return f'search: "{self.random.choice(SOUGHT)}"'
            case "family" if chance < 0.5:
                return f"family: {self.random.choice([*named.values])}"
            case "asOf" if chance < 0.3:
                return 'asOf: "2026-03-01T00:00:00Z"'
        return ""

    def _any_prefixed(self) -> str:
        shapes = schema().map.shapes.values()
        return self.random.choice([one.name for one in shapes if one.prefix])

    def _id(self, of: str) -> str:
        name = self._any_prefixed() if of == "Node" else of
        prefix = schema().map.shapes[name].prefix
        known = self.values.get((name, "id"))
        return self.random.choice(known or [f'"{prefix}_{"0" * 32}"'])

    def _filter(self, named: GraphQLInputObjectType, depth: int) -> str:
        of = named.name.removesuffix("Filter")
        names = [
            name
            for name, held in named.fields.items()
            if (depth > 0 or "isNull" in getattr(get_named_type(held.type), "fields", ()))
            and self.keen("filter", of, name)
        ]
        chosen = self.random.sample(names, k=min(len(names), self.random.randint(1, 2)))
        return "{" + ", ".join(self._test(named, of, name, depth) for name in chosen) + "}"

    def _test(self, named: GraphQLInputObjectType, of: str, name: str, depth: int) -> str:
        inner: Any = get_named_type(named.fields[name].type)
        if name in {"and", "or"}:
            parts = [self._filter(inner, depth - 1) for _ in range(self.random.randint(0, 2))]
            return f"{name}: [{', '.join(parts)}]"
        if "isNull" in inner.fields:
            return f"{name}: {{{self._operator(inner, of, name)}}}"
        return f"{name}: {self._filter(inner, depth - 1)}"

    def _operator(self, inner: GraphQLInputObjectType, of: str, name: str) -> str:
        operator = self.random.choice([*inner.fields])
        if operator == "isNull":
            return f"isNull: {self.random.choice(('true', 'false'))}"
        if operator == "in":
            several = [self._operand(inner, of, name) for _ in range(self.random.randint(0, 3))]
            return f"in: [{', '.join(several)}]"
        value = self._operand(inner, of, name)
        if operator == "startsWith":
            value = f'"{value[1:-1][:1] or SOUGHT[0]}"'
        return f"{operator}: {value}"

    def _operand(self, inner: GraphQLInputObjectType, of: str, name: str) -> str:
        kind: Any = get_named_type(inner.fields["eq"].type)
        if kind.name == "ID":
            return self._id(of)
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice([*kind.values])
        return self.random.choice(self.values.get((of, name)) or LEAVES[kind.name])

    def _order(self, named: GraphQLInputObjectType) -> str:
        of = named.name.removesuffix("Order")
        names = [name for name in named.fields if self.keen("sort", of, name)]
        if not names:
            return ""
        name = self.random.choice(names)
        inner = get_named_type(named.fields[name].type)
        if isinstance(inner, GraphQLInputObjectType):
            return f"{{{name}: {self._order(inner) or '{percent: ASC}'}}}"
        return f"{{{name}: {self.random.choice(('ASC', 'DESC'))}}}"


def _is_composite(held: GraphQLField) -> bool:
    return isinstance(get_named_type(held.type), GraphQLObjectType | ABSTRACT)


def _is_flat(held: GraphQLField) -> bool:
    """Whether what a field leads to has only leaves."""
    named = get_named_type(held.type)
    return isinstance(named, GraphQLObjectType) and not any(
        _is_composite(one) for one in named.fields.values()
    )


def _type_of_root(name: str, held: GraphQLField) -> str:
    return "Node" if name == "node" else get_named_type(held.type).name
