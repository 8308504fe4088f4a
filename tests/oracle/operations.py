"""Random operations that are valid: fields, fragments, aliases, directives and arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from tests.oracle.chance import Chance
from tests.oracle.drawing import Drawing
from tests.oracle.writing import Writing
from tests.planned import planned_query

INSTANTS: Final = ("2026-05-03T01:00:00Z", "2026-05-04T09:00:00+08:00", "2026-05-02T00:00:00.5Z")
PAGING: Final = frozenset({"first", "after", "last", "before", "offset"})
BETWEEN: Final = "first: $first, last: $last, after: $after, before: $before"
PLACES: Final = "$first: Int, $last: Int, $after: String, $before: String"
NEVER_OPENED: Final = "value"
NEAR, FAR = 3, 8
"""Levels below a field: as long as more than these are left, one way alone is gone down."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An operation as a client sends it; a `paged` one can be gone on with behind a cursor."""

    document: str
    variables: dict[str, Any]
    paged: bool = False


@dataclass(slots=True)
class Operations:
    """Draws operations against one view of the schema.

    `opens` says whether a sealed field may be opened on some row: that would write into the trail,
    so its value is only asked for where it is denied on all.
    """

    chance: Chance
    drawing: Drawing
    opens: Callable[[str, str], bool]
    writing: Writing = field(init=False)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def __post_init__(self) -> None:
        self.writing = Writing(self.chance)

    def any(self) -> Drawn:
        """Draw one of either kind; where a view has no list, there is none to be gone on with."""
        lists = any(_is_list(held) for held in self._root.fields.values())
        return self.paged() if lists and self.chance.likely(0.2) else self.drawn()

    def drawn(self) -> Drawn:
        """Draw one of up to three roots."""
        root = self._root
        names = self.chance.sample(list(root.fields), self.chance.choice((1, 1, 2, 3)))
        parts = [self._field(root, name, self.chance.choice((2, 3, 4, FAR))) for name in names]
        parts += ["__typename"] if self.chance.likely(0.1) else []
        return self._whole(parts)

    def paged(self) -> Drawn:
        """Draw one whose list is asked for between two places, on its own or below something."""
        root = self._root
        single = self.chance.choice([one for one, held in root.fields.items() if _is_one(held)])
        held = root.fields[single]
        holder: Any = get_named_type(held.type)
        inner = [one for one, below in holder.fields.items() if _is_list(below)]
        if inner and self.chance.likely(0.6):
            name = self.chance.choice(inner)
            page = self._page(name, holder.fields[name])
            page = f"{single}{self._arguments(held, holder)} {{ {page} }}"
        else:
            name = self.chance.choice([one for one, held in root.fields.items() if _is_list(held)])
            page = self._page(name, root.fields[name])
        self.writing.definitions.insert(0, PLACES)
        return self._whole([page], paged=True)

    @property
    def _root(self) -> GraphQLObjectType:
        return planned_query(self.drawing.schema)

    def _whole(self, parts: list[str], *, paged: bool = False) -> Drawn:
        document = "\n".join([f"{self.writing.head()}{{ {' '.join(parts)} }}", *self.fragments])
        return Drawn(document, self.writing.given, paged)

    def _page(self, name: str, held: GraphQLField) -> str:
        kind: Any = get_named_type(held.type)
        given = self._narrowing(held, kind)
        node = get_named_type(kind.fields["nodes"].type)
        return (
            f"{name}({', '.join([BETWEEN, *given])}) {{ totalCount "
            f"edges {{ cursor node {self._selection(node, 1)} }} "
            "pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }"
        )

    def _field(self, parent: Any, name: str, depth: int) -> str:
        held = parent.fields[name]
        kind: Any = get_named_type(held.type)
        arguments = self._arguments(held, kind)
        # Nearly every type can be asked what may be done: under one key it would clash with itself.
        share = 1.0 if name == "viewerCan" else 0.7 if arguments else 0.2
        key = f"{self._alias(share)}{name}{arguments}"
        if not is_composite_type(kind):
            return f"{key}{self._directive()}"
        sealed = (parent.name, name) if kind.name == "SensitiveText" else None
        bodies = [self._selection(kind, depth - 1, sealed=sealed)]
        if self.chance.likely(0.08):  # asked for twice, and merged
            bodies.append(self._selection(kind, depth - 1, sealed=sealed))
        return " ".join(f"{key}{self._directive()} {body}" for body in bodies)

    def _selection(self, kind: Any, depth: int, *, sealed: tuple[str, str] | None = None) -> str:
        parts: list[str] = []
        if not isinstance(kind, GraphQLUnionType):
            parts = [self._field(kind, name, depth) for name in self._names(kind, depth, sealed)]
        if is_abstract_type(kind):
            members = self.drawing.schema.get_possible_types(kind)
            for one in self.chance.sample(members, min(len(members), self.chance.randint(0, 4))):
                parts.append(f"... on {one.name} {self._selection(one, depth)}")
        for one in getattr(kind, "interfaces", ()):
            if self.chance.likely(0.1):
                parts.append(f"... on {one.name} {self._selection(one, 0)}")
        if not parts or self.chance.likely(0.1):
            parts.append(f"{self._alias(0.2)}__typename")
        return f"{{ {' '.join(self._fragmented(kind, parts))} }}"

    def _names(self, kind: Any, depth: int, sealed: tuple[str, str] | None) -> list[str]:
        names = [
            name
            for name, held in kind.fields.items()
            if depth > 0 or not is_composite_type(get_named_type(held.type))
        ]
        if sealed is not None and self.opens(*sealed):
            names = [name for name in names if name != NEVER_OPENED]
        deep = [name for name in names if is_composite_type(get_named_type(kind.fields[name].type))]
        far = depth > NEAR
        broad = [name for name in names if name not in deep] if far else names
        picked = self.chance.sample(broad, min(len(broad), self.chance.choice((1, 2, 3, 4))))
        if deep and (far or self.chance.likely(0.5)):
            picked.append(self.chance.choice(deep))
        return list(dict.fromkeys(picked))

    def _fragmented(self, kind: Any, parts: list[str]) -> list[str]:
        """Put some of the parts into a fragment, inline or with a name."""
        if not self.chance.likely(0.2):
            return parts
        at = self.chance.randrange(len(parts) + 1)
        inner = " ".join(parts[at:]) or "__typename"
        match self.chance.randrange(3):
            case 0:
                return [*parts[:at], f"...{self._directive()} {{ {inner} }}"]
            case 1:
                return [*parts[:at], f"... on {kind.name}{self._directive()} {{ {inner} }}"]
            case _:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {kind.name} {{ {inner} }}")
                return [*parts[:at], f"...{name}{self._directive()}"]

    def _alias(self, share: float) -> str:
        if not self.chance.likely(share):
            return ""
        self.aliases += 1
        return self.chance.choice(
            (f"a{self.aliases}: ", f"_A{self.aliases}: ", f"id{self.aliases}: ")
        )

    def _directive(self) -> str:
        if not self.chance.likely(0.06):
            return ""
        value = self.chance.likely(0.5)
        kind = GraphQLNonNull(self.drawing.schema.type_map["Boolean"])
        name = self.chance.choice(("skip", "include"))
        return f" @{name}(if: {self.writing.value(value, kind)})"

    def _arguments(self, held: GraphQLField, kind: Any) -> str:
        if _is_list(held):
            parts = [*self._paging(held), *self._narrowing(held, kind)]
        else:
            parts = [
                f"{name}: {self.writing.value(self._one(name, one, kind), one.type)}"
                for name, one in held.args.items()
                if isinstance(one.type, GraphQLNonNull) or self.chance.likely(0.5)
            ]
        return f"({', '.join(parts)})" if parts else ""

    def _one(self, name: str, one: GraphQLArgument, kind: Any) -> Any:
        match name:
            case "id":
                shape = self.drawing.known.shapes.get(kind.name)
                return self.drawing.id_of(shape) if shape else self.drawing.any_id()
            case "ids":
                return [self.drawing.any_id() for _ in range(self.chance.randint(0, 4))]
            case "number":
                return self.chance.randint(0, 3)
            case "asOf":
                return self.chance.some(*INSTANTS, none=0.1)
            case "actions":
                acts = list(get_named_type(one.type).values)
                return self.chance.sample(acts, self.chance.choice((0, 1, 1, 2, 4, len(acts))))
            case "types":
                return list(self.drawing.types())
            case _:
                enumerated: Any = get_named_type(one.type)
                assert isinstance(enumerated, GraphQLEnumType), name
                optional = 0.0 if isinstance(one.type, GraphQLNonNull) else 0.2
                return self.chance.some(*enumerated.values, none=optional)

    def _paging(self, held: GraphQLField) -> list[str]:
        count = self.chance.choice((0, 1, 2, 3, 5, 100))
        given: list[tuple[str, Any]] = self.chance.choice(
            (
                [],
                [("first", count)],
                [("first", count), ("offset", self.chance.choice((0, 1, 3, 50)))],
                [("last", count)],
                [("first", None), ("last", count)],
                [("first", None), ("after", None), ("offset", None)],
            )
        )
        return [
            f"{name}: {self.writing.value(value, held.args[name].type)}" for name, value in given
        ]

    def _narrowing(self, held: GraphQLField, kind: Any) -> list[str]:
        """Filter, order and search of a list, as far as the view has them."""
        shape = self.drawing.known.shapes[kind.name.removesuffix("Connection")]
        drawn = {
            "filter": lambda one: self.drawing.filter(get_named_type(one.type)),
            "orderBy": lambda one: self.drawing.order(get_named_type(one.type)),
            "search": lambda _: self.drawing.search(shape),
        }
        wanted = [name for name in drawn if name in held.args and self.chance.likely(0.4)]
        return [
            f"{name}: {self.writing.value(drawn[name](held.args[name]), held.args[name].type)}"
            for name in wanted
        ]


def _is_list(held: GraphQLField) -> bool:
    return "first" in held.args


def _is_one(held: GraphQLField) -> bool:
    return list(held.args) == ["id"] and not is_abstract_type(get_named_type(held.type))
