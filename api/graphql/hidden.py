"""The schema as one mask leaves it: what is denied is not there, in answers and in introspection.

Documents of hidden callers are held against this schema and executed on the full one; so a denied
field and a field that never was are refused in the same bytes. For auditors no mutation ever was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
    parse,
    print_ast,
)

from api.graphql.computing import COMPUTED
from api.graphql.introspection import changed
from api.planner.planning import root_names
from api.planner.shapes import Column, Derived, Figure, is_core, name_of, required

if TYPE_CHECKING:
    from api.graphql.schema import Made
    from api.planner.shapes import Map, Shape
    from authz.masks import Mask

Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
ENDS = ("Connection", "Edge", "Filter", "ListFilter", "Order")
"""What follows the name of a type in the names of those that come with it."""
ALWAYS = frozenset({"id", "rowVersion", "viewerCan"})
"""Fields that every type with an id and a lock shows; what one may do is shown to oneself."""


@dataclass(frozen=True, slots=True)
class View:
    """What a mask leaves of the map; without a mask, nobody's view: who the viewer is, alone."""

    made: Made
    mask: Mask | None

    @property
    def map(self) -> Map:
        """The types that there are."""
        return self.made.map

    def readable(self, shape: Shape) -> bool:
        """Whether any row of a type can be seen, with whatever it is never without."""
        if self.mask is None or self.mask.cell("read", shape.policy_name).never:
            return False
        beside = (self.map.shapes[one.target] for one in required(shape, elsewhere=True))
        return all(self.readable(one) for one in (*self.map.never_without(shape), *beside))

    def named(self, shape: Shape) -> bool:
        """Whether a type is there at all: the viewer's own tenant always is."""
        return self.readable(shape) or (self.mask is not None and shape.name == "Tenant")

    def keeps(self, type_name: str, name: str) -> bool:
        """Whether a field of a type is there."""
        if type_name == "Query":
            return self._keeps_root(name)
        if type_name == "Mutation":
            return self._keeps_verb(name)
        if type_name == "SensitiveText" and name == "value":
            return self._decrypts()
        if type_name in self.map.abstracts:
            members = self.map.abstracts[type_name].members
            return all(self.keeps(member, name) for member in members)
        shape = self.map.shapes.get(type_name)
        if shape is None or name in ALWAYS or is_core(shape.fields[name]):
            return True
        held = shape.fields[name]
        if isinstance(held, Derived):
            return all(self.keeps(type_name, one) for one in held.sources)
        acts = ("read", "aggregate") if isinstance(held, Figure) else ("read",)
        return self.mask is not None and not any(
            self.mask.cell(act, shape.policy_name, name).never for act in acts
        )

    def narrows(self, type_name: str, name: str) -> bool:
        """Whether lists may be filtered or sorted by a field, as far as the mask goes."""
        act = "sort" if type_name.endswith("Order") else "filter"
        shape = self.map.shapes.get(type_name.removesuffix("Order").removesuffix("Filter"))
        held = shape.fields.get(name) if shape else None
        if shape is None or held is None or is_core(held) or self.mask is None:
            return True
        shown = self.mask.cell("read", shape.policy_name, name)
        return not (shown & self.mask.cell(act, shape.policy_name, name)).never

    def searches(self, type_name: str) -> bool:
        """Whether lists of a type may be searched, which is to filter them by their name."""
        shape = self.map.shapes.get(type_name)
        found = name_of(shape) if shape else None
        return found is None or self.narrows(f"{type_name}Filter", found[0])

    def _keeps_root(self, name: str) -> bool:
        if name in {"viewer", "node", "nodes"}:
            return name == "viewer" or self.mask is not None
        if name in COMPUTED:
            return self.mask is not None and COMPUTED[name].open_to(self.mask)
        return any(
            name in root_names(shape) and self.readable(shape) for shape in self.map.shapes.values()
        )

    def _keeps_verb(self, name: str) -> bool:
        if self.mask is None:
            return False
        named, action = self.made.verbs[name].right
        return not self.mask.cell(action, named).never

    def _decrypts(self) -> bool:
        mask = self.mask
        return mask is not None and any(
            not mask.cell("decrypt", shape.policy_name, name).never
            for shape in self.map.shapes.values()
            for name, held in shape.fields.items()
            if isinstance(held, Column) and not held.core
        )


def prune(made: Made, mask: Mask | None, *, printed: str) -> GraphQLSchema:
    """Make the schema that a mask leaves of the printed one."""
    view = View(made, mask)
    gone = {shape.name for shape in made.map.shapes.values() if not view.named(shape)}
    gone |= {f"{name}{end}" for name in gone for end in ENDS}
    kept = {one.name.value: one for one in _definitions(printed) if one.name.value not in gone}
    kept = _without_empty({name: _pruned(view, one, gone) for name, one in kept.items()})
    reached = _reached(kept)
    definitions = [one for name, one in sorted(kept.items()) if name in reached]
    directives = [
        one for one in _parsed(printed).definitions if isinstance(one, DirectiveDefinitionNode)
    ]
    whole = DocumentNode(definitions=cast("Any", (*directives, *definitions)))
    return build_ast_schema(whole, assume_valid=True)


def without_mutations(printed: str) -> str:
    """Take out of a printed schema what is there to change things, and nothing else."""
    kept = {one.name.value: one for one in _definitions(printed)}
    reached = _reached(kept, roots=("Query",))
    gone = kept.keys() - reached
    definitions = [
        one
        for one in _parsed(printed).definitions
        if not isinstance(one, TypeDefinitionNode) or one.name.value not in gone
    ]
    return print_ast(DocumentNode(definitions=tuple(definitions)))


@lru_cache(maxsize=4)
def _parsed(printed: str) -> DocumentNode:
    """Parse a printed schema once: what is pruned is made of its nodes, which stay as they are."""
    return parse(printed, no_location=True)


def _definitions(printed: str) -> Iterator[TypeDefinitionNode]:
    return (one for one in _parsed(printed).definitions if isinstance(one, TypeDefinitionNode))


def _pruned(view: View, one: TypeDefinitionNode, gone: set[str]) -> TypeDefinitionNode:
    if isinstance(one, UnionTypeDefinitionNode):
        members = tuple(member for member in one.types or () if member.name.value not in gone)
        return changed(one, types=members)
    if isinstance(one, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        fields = tuple(
            held
            for held in one.fields or ()
            if view.keeps(one.name.value, held.name.value) and _named(held.type) not in gone
        )
        return changed(
            one, fields=tuple(_asking_less(_unsought(view, held), gone) for held in fields)
        )
    if isinstance(one, InputObjectTypeDefinitionNode):
        inputs = tuple(
            held
            for held in one.fields or ()
            if view.narrows(one.name.value, held.name.value) and _named(held.type) not in gone
        )
        return changed(one, fields=inputs)
    return one


def _unsought(view: View, held: FieldDefinitionNode) -> FieldDefinitionNode:
    """Drop the search of a list whose names may not be filtered by."""
    if view.searches(_named(held.type).removesuffix("Connection")):
        return held
    arguments = tuple(one for one in held.arguments or () if one.name.value != "search")
    return changed(held, arguments=arguments)


def _asking_less(held: FieldDefinitionNode, gone: set[str]) -> FieldDefinitionNode:
    """Drop the arguments of a field whose types are not there."""
    arguments = tuple(one for one in held.arguments or () if _named(one.type) not in gone)
    return changed(held, arguments=arguments)


def _without_empty(kept: dict[str, TypeDefinitionNode]) -> dict[str, TypeDefinitionNode]:
    """Drop what has nothing left, and what leads to it, until nothing more falls."""
    while empty := {name for name, one in kept.items() if _is_empty(one)} | _asking_nothing(kept):
        kept = {
            name: _leading_elsewhere(one, empty) for name, one in kept.items() if name not in empty
        }
    return kept


def _is_empty(one: TypeDefinitionNode) -> bool:
    if isinstance(one, UnionTypeDefinitionNode):
        return not one.types
    return isinstance(one, Fielded | InputObjectTypeDefinitionNode) and not one.fields


def _asking_nothing(kept: dict[str, TypeDefinitionNode]) -> set[str]:
    """Name the inputs by which nothing can be said: they lead to each other, and to no value."""
    inputs = {
        name: {_named(held.type) for held in one.fields or ()}
        for name, one in kept.items()
        if isinstance(one, InputObjectTypeDefinitionNode)
    }
    silent = set(inputs)
    while telling := {name for name in silent if inputs[name] - silent}:
        silent -= telling
    return silent


def _leading_elsewhere(one: TypeDefinitionNode, empty: set[str]) -> TypeDefinitionNode:
    if isinstance(one, InputObjectTypeDefinitionNode):
        inputs = tuple(held for held in one.fields or () if _named(held.type) not in empty)
        return changed(one, fields=inputs)
    if not isinstance(one, Fielded):
        return one
    fields = tuple(held for held in one.fields or () if _named(held.type) not in empty)
    return changed(one, fields=tuple(_asking_less(held, empty) for held in fields))


def _reached(
    kept: dict[str, TypeDefinitionNode], roots: tuple[str, ...] = ("Query", "Mutation")
) -> set[str]:
    """Walk from the roots; an interface brings those who implement it."""
    reached: set[str] = set()
    pending = [*roots]
    while pending:
        name = pending.pop()
        if name in reached or name not in kept:
            continue
        reached.add(name)
        one = kept[name]
        pending += _mentioned(one)
        if isinstance(one, InterfaceTypeDefinitionNode):
            pending += [other.name.value for other in kept.values() if _implements(other, name)]
    return reached


def _implements(one: TypeDefinitionNode, name: str) -> bool:
    return isinstance(one, Fielded) and any(
        held.name.value == name for held in one.interfaces or ()
    )


def _mentioned(one: TypeDefinitionNode) -> Iterable[str]:
    if isinstance(one, UnionTypeDefinitionNode):
        yield from (member.name.value for member in one.types or ())
    elif isinstance(one, Fielded):
        yield from (held.name.value for held in one.interfaces or ())
        for field in one.fields or ():
            yield _named(field.type)
            yield from (_named(argument.type) for argument in field.arguments or ())
    elif isinstance(one, InputObjectTypeDefinitionNode):
        yield from (_named(field.type) for field in one.fields or ())


def _named(kind: Any) -> str:
    while not isinstance(kind, NamedTypeNode):
        kind = kind.type
    return kind.name.value
