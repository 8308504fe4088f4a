"""A selection and a mask become a read plan, or every field that is not open is named.

Pure: values in, values out. A plan never holds a value of a request; those are bound later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from authz.actor import DenialMode
from authz.masks import OPEN

from .refusals import Denied, FieldsForbidden
from .shapes import (
    Choice,
    Column,
    Field,
    Figure,
    Inside,
    Many,
    Map,
    One,
    Pages,
    Shape,
    column_name,
)

if TYPE_CHECKING:
    from authz.masks import Cell, Mask

    from .picks import Pick


@dataclass(frozen=True, slots=True)
class Constant:
    """A cell whose JSON is known before anything is read."""

    key: str
    json: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A cell that no lane opens: null, and counted where the mode says so."""

    key: str
    denial: int | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A cell that is a column, shown where `cell` says."""

    key: str
    column: str
    id_of: str | None
    cell: Cell
    denial: int | None


@dataclass(frozen=True, slots=True)
class SecretPart:
    """One field of a sealed value: its window, its box, or what it is."""

    key: str
    what: str  # masked | value | classification | accessible | __typename
    cell: Cell
    denial: int | None
    call: int | None


@dataclass(frozen=True, slots=True)
class Secret:
    """A cell that is a sealed value."""

    key: str
    name: str
    column: str
    cell: Cell
    denial: int | None
    parts: tuple[SecretPart, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """The cells of one row of a shape, and on which rows of it the actor's mask opens."""

    shape: Shape
    cells: tuple[Node, ...]
    rows: Cell
    free: bool = False  # whether the row is visible wherever the row above it is


@dataclass(frozen=True, slots=True)
class Way:
    """One way to another row, with the objects that it may turn out to be."""

    by: One
    objects: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A cell that is another row, or nothing."""

    key: str
    ways: tuple[Way, ...]
    cell: Cell
    denial: int | None
    required: bool
    call: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A cell that is a whole list of rows."""

    key: str
    many: Many
    objects: tuple[Object, ...]
    cell: Cell
    denial: int | None


@dataclass(frozen=True, slots=True)
class Paged:
    """A cell that is a page of a list, with what was asked of the page."""

    key: str
    pages: Pages
    call: int
    shape: Shape
    rows: Cell
    free: bool
    named: Cell  # where the name that a search looks into may be searched
    order: tuple[str, ...]
    parts: tuple[PagePart, ...]


@dataclass(frozen=True, slots=True)
class PagePart:
    """One field of a page: nodes, edges, pageInfo, counts."""

    key: str
    what: str
    picks: tuple[Pick, ...]
    object: Object | None
    inner: tuple[tuple[str, str, Object | None], ...] = ()  # of edges and pageInfo: key, what, node


@dataclass(frozen=True, slots=True)
class Nested:
    """A cell that is a value in the same row."""

    key: str
    object: Object


@dataclass(frozen=True, slots=True)
class Rated:
    """A cell that is a rate over many rows."""

    key: str
    figure: Figure
    call: int | None
    cell: Cell
    denial: int | None
    parts: tuple[tuple[str, str], ...]  # key, what


@dataclass(frozen=True, slots=True)
class Known:
    """A cell that the edge knows without reading: who the viewer is, and what is permitted."""

    key: str
    what: str
    picks: tuple[Pick, ...]
    call: int | None


Node: TypeAlias = (
    Constant | Withheld | Leaf | Secret | Joined | Listed | Paged | Nested | Rated | Known
)


@dataclass(frozen=True, slots=True)
class ById:
    """A root that is one row by its id, which is an argument; or a list of them, by place."""

    key: str
    call: int
    argument: str
    objects: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class ByIds:
    """A root that is a list of rows by their ids."""

    key: str
    call: int
    objects: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class Self:
    """The root that is the viewer."""

    key: str
    cells: tuple[Node, ...]


Root: TypeAlias = Constant | ById | ByIds | Self | Paged


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """Everything that one statement will answer, and the denials that it may have to count."""

    roots: tuple[Root, ...]
    denials: tuple[Denied, ...]


@dataclass(slots=True)
class Planning:
    """The state of planning: the map, the mask, and the denials found so far."""

    map: Map
    mask: Mask
    mode: DenialMode
    denials: list[Denied] = field(default_factory=list)
    closed: list[Denied] = field(default_factory=list)

    def deny(
        self, path: str, type_name: str, name: str, action: str, reason: str = "ROW"
    ) -> int | None:
        """Note a denial that rows may show, and number it when it is to be counted."""
        if self.mode is not DenialMode.PARTIAL:
            return None
        self.denials.append(Denied(path, type_name, name, action, reason))
        return len(self.denials) - 1

    def close(self, pick: Pick, path: str, type_name: str, name: str, action: str) -> Withheld:
        """Note a field that no lane opens."""
        self.closed.append(Denied(path, type_name, name, action, "ROLE"))
        return Withheld(pick.key, self.deny(path, type_name, name, action, "ROLE"))

    def close_rows(self, rows: Cell, pick: Pick, type_name: str) -> None:
        """Note a type of which the actor can see no row: an empty list, or a refusal if strict."""
        if rows.never:
            self.closed.append(Denied(pick.path, type_name, "*", "read", "ROLE"))


def plan(roots: tuple[Pick, ...], *, of: Map, mask: Mask, mode: DenialMode) -> ReadPlan:
    """Plan an operation; in strict mode a field that no lane opens refuses all of it."""
    planning = Planning(of, mask, mode)
    planned = tuple(_root(planning, pick) for pick in roots)
    if planning.closed and mode is not DenialMode.PARTIAL:
        raise FieldsForbidden(tuple(planning.closed))
    return ReadPlan(planned, tuple(planning.denials))


def plan_rows(
    pick: Pick, *, type_name: str, call: int, of: Map, mask: Mask, mode: DenialMode
) -> ReadPlan:
    """Plan the payload of a mutation: one row of a type, whose id stands in for the call's own."""
    planning = Planning(of, mask, mode)
    root = ById(pick.key, call, "id", _objects(planning, pick, type_name))
    if planning.closed and mode is not DenialMode.PARTIAL:
        raise FieldsForbidden(tuple(planning.closed))
    return ReadPlan((root,), tuple(planning.denials))


def _root(planning: Planning, pick: Pick) -> Root:
    call = pick.call or 0
    match pick.name:
        case "__typename":
            return Constant(pick.key, '"Query"')
        case "viewer":
            return Self(pick.key, _viewer(planning, pick))
        case "node":
            return ById(pick.key, call, "id", _any_node(planning, pick))
        case "nodes":
            return ByIds(pick.key, call, _any_node(planning, pick))
        case name:
            shape = _shape_of_root(planning.map, name)
            if pick.under.get(f"{shape.name}Connection") is not None:
                return _paged(planning, pick, Pages(says="", target=shape.name), above=None)
            return ById(pick.key, call, "id", _objects(planning, pick, shape.name))


def _shape_of_root(known: Map, name: str) -> Shape:
    for shape in known.shapes.values():
        if name in root_names(shape):
            return shape
    raise LookupError(name)


def root_names(shape: Shape) -> tuple[str, str]:
    """The root fields of a listed type: one by id, and the list."""
    single = shape.name[0].lower() + shape.name[1:]
    return single, "people" if single == "person" else f"{single}s"


def _any_node(planning: Planning, pick: Pick) -> tuple[Object, ...]:
    return tuple(
        _object(planning, shape, pick.of(shape.name), above=None)
        for shape in planning.map.shapes.values()
        if shape.prefix is not None and shape.name in pick.under
    )


def _objects(
    planning: Planning, pick: Pick, target: str, *, above: Cell | None = None
) -> tuple[Object, ...]:
    objects = tuple(
        _object(planning, shape, pick.of(shape.name), above=above)
        for shape in planning.map.concrete(target)
    )
    if len(objects) == 1:
        planning.close_rows(objects[0].rows, pick, target)
    return objects


def _object(
    planning: Planning, shape: Shape, picks: tuple[Pick, ...], *, above: Cell | None
) -> Object:
    """Plan the cells of a row; `above` is given when the row belongs to the one above it."""
    own = planning.mask.cell("read", shape.policy_name) if _has_rows(shape) else above
    rows = own if own is not None else planning.mask.cell("read", shape.policy_name)
    cells = tuple(_cell(planning, shape, pick, rows) for pick in picks)
    return Object(shape, cells, rows, free=above is not None and rows.under(above).always)


def _has_rows(shape: Shape) -> bool:
    return shape.entity is not None and not shape.part


def _cell(planning: Planning, shape: Shape, pick: Pick, rows: Cell) -> Node:
    match pick.name:
        case "__typename":
            return Constant(pick.key, f'"{shape.name}"')
        case "id" if shape.prefix:
            return Leaf(pick.key, "id", shape.name, _shown(rows), None)
        case "rowVersion" if shape.locked:
            return Leaf(pick.key, "row_version", None, _shown(rows), None)
    shown = shape.fields[pick.name]
    cell = _cell_of(planning, shape, pick.name, shown, rows)
    if cell.never:
        return planning.close(pick, pick.path, shape.name, pick.name, "read")
    denial = None if cell.always else planning.deny(pick.path, shape.name, pick.name, "read")
    return _open_cell(planning, shape, pick, shown, cell, denial, rows)


def _cell_of(planning: Planning, shape: Shape, name: str, shown: Field, rows: Cell) -> Cell:
    if is_core(shown):
        return _shown(rows)
    return planning.mask.cell("read", shape.policy_name, name).under(rows)


def is_core(shown: Field) -> bool:
    """Whether a field is part of every row that is shown at all."""
    match shown:
        case Column(core=core):
            return core
        case One(required=required):
            return required
        case Many() | Pages() | Inside():
            return True
        case _:
            return False


def _shown(rows: Cell) -> Cell:
    """The cell that is shown whenever its row is."""
    return rows.under(rows)


def _open_cell(
    planning: Planning,
    shape: Shape,
    pick: Pick,
    shown: Field,
    cell: Cell,
    denial: int | None,
    rows: Cell,
) -> Node:
    match shown:
        case Column() if pick.under:
            return _secret(planning, shape, pick, shown, cell, denial, rows)
        case Column(id_of=id_of):
            return Leaf(pick.key, column_name(pick.name, shown), id_of, cell, denial)
        case One():
            way = Way(shown, _objects(planning, pick, shown.target, above=_part(shown, rows)))
            return Joined(pick.key, (way,), cell, denial, shown.required, pick.call)
        case Choice(ways=ways):
            taken = tuple(Way(one, _objects(planning, pick, one.target)) for one in ways)
            return Joined(pick.key, taken, cell, denial, required=False, call=None)
        case Many():
            objects = _objects(planning, pick, shown.target, above=rows)
            return Listed(pick.key, shown, objects, cell, denial)
        case Pages():
            return _paged(planning, pick, shown, above=rows)
        case Inside():
            inner = planning.map.shapes[shown.target]
            return Nested(pick.key, _object(planning, inner, pick.of(inner.name), above=rows))
        case Figure():
            parts = tuple((part.key, part.name) for part in pick.of("Rate"))
            return Rated(pick.key, shown, pick.call, cell, denial, parts)


def _part(shown: One, rows: Cell) -> Cell | None:
    return rows if shown.required else None


def _secret(
    planning: Planning,
    shape: Shape,
    pick: Pick,
    shown: Column,
    cell: Cell,
    denial: int | None,
    rows: Cell,
) -> Secret:
    opened = planning.mask.cell("decrypt", shape.policy_name, pick.name).under(rows)
    parts = []
    for part in pick.of("SensitiveText"):
        number = None
        if part.name == "value" and opened.never:
            number = planning.close(part, part.path, shape.name, pick.name, "decrypt").denial
        elif part.name == "value" and not opened.always:
            number = planning.deny(part.path, shape.name, pick.name, "decrypt")
        parts.append(SecretPart(part.key, part.name, opened, number, part.call))
    return Secret(pick.key, pick.name, column_name(pick.name, shown), cell, denial, tuple(parts))


def _paged(planning: Planning, pick: Pick, pages: Pages, *, above: Cell | None) -> Paged:
    shape = planning.map.shapes[pages.target]
    rows = planning.mask.cell("read", shape.policy_name)
    planning.close_rows(rows, pick, shape.name)
    belongs = above is not None and pages.by is not None and pages.by == shape_about(shape)
    parts = tuple(
        _page_part(planning, shape, part, above if belongs else None)
        for part in pick.of(f"{shape.name}Connection")
    )
    free = belongs and above is not None and rows.under(above).always
    named = _named(planning, shape, rows, "filter")
    order = shape.order if _named(planning, shape, rows, "sort").always else ("id",)
    return Paged(pick.key, pages, pick.call or 0, shape, rows, free, named, order, parts)


def _named(planning: Planning, shape: Shape, rows: Cell, act: str) -> Cell:
    """Where a list may be searched or sorted by its name: hidden, it is no order and no clue."""
    for name, shown in shape.fields.items():
        if (
            isinstance(shown, Column)
            and shape.entity
            and (column_name(name, shown) == shape.entity.named_by)
        ):
            return planning.mask.cell(act, shape.policy_name, name).under(rows)
    return _shown(rows)


def shape_about(shape: Shape) -> str | None:
    """The column that says whom a row is about: rows reached by it share the row above."""
    return None if shape.entity is None else shape.entity.about


def _page_part(planning: Planning, shape: Shape, part: Pick, above: Cell | None) -> PagePart:
    match part.name:
        case "nodes":
            node = _object(planning, shape, part.of(shape.name), above=above)
            return PagePart(part.key, "nodes", (), node)
        case "edges":
            inner = tuple(
                (
                    one.key,
                    one.name,
                    _object(planning, shape, one.of(shape.name), above=above)
                    if one.name == "node"
                    else None,
                )
                for one in part.of(f"{shape.name}Edge")
            )
            return PagePart(part.key, "edges", (), None, inner)
        case "pageInfo":
            flags = tuple((one.key, one.name, None) for one in part.of("PageInfo"))
            return PagePart(part.key, "pageInfo", (), None, flags)
        case what:
            return PagePart(part.key, what, (), None)


def _viewer(planning: Planning, pick: Pick) -> tuple[Node, ...]:
    cells: list[Node] = []
    for part in pick.of("Viewer"):
        match part.name:
            case "__typename":
                cells.append(Constant(part.key, '"Viewer"'))
            case "person" | "tenant" as name:
                shape = planning.map.shapes[name.title()]
                own = OPEN if name == "tenant" else planning.mask.cell("read", shape.name)
                inner = tuple(_cell(planning, shape, one, own) for one in part.of(shape.name))
                by = One(says="", target=shape.name, by=f"{{{name}}}")
                ways = (Way(by, (Object(shape, inner, own),)),)
                cells.append(Joined(part.key, ways, OPEN, None, required=False, call=None))
            case what:
                cells.append(Known(part.key, what, _known(part), part.call))
    return tuple(cells)


def _known(part: Pick) -> tuple[Pick, ...]:
    return next(iter(part.under.values()), ())
