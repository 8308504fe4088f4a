"""A selection and a mask become a read plan, or every field that is not open is named.

Pure: values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from authz.actor import DenialMode
from authz.catalogue import ROW
from authz.masks import OPEN

from .abilities import MOST_ACTS, able
from .arguments import part_of
from .filters import filtered
from .orders import ordered
from .plan import (
    ById,
    ByIds,
    Computed,
    Constant,
    Joined,
    Known,
    Leaf,
    Listed,
    Need,
    Nested,
    Node,
    Object,
    Paged,
    PagePart,
    Rated,
    ReadPlan,
    Root,
    Secret,
    SecretPart,
    Self,
    Way,
    Withheld,
)
from .refusals import Denied, FieldsForbidden, TooMuch
from .shapes import (
    Choice,
    Column,
    Derived,
    Field,
    Figure,
    Inside,
    Link,
    Many,
    Map,
    One,
    Pages,
    Shape,
    column_name,
    is_core,
    name_of,
    required,
)

if TYPE_CHECKING:
    from authz.masks import Cell, Mask

    from .arguments import ShapeOfCalls
    from .picks import Pick


@dataclass(slots=True)
class Planning:
    """The state of planning: the map, the mask, and the denials found so far."""

    map: Map
    mask: Mask
    mode: DenialMode
    shape_of_calls: ShapeOfCalls
    denials: list[Denied] = field(default_factory=list)
    closed: list[Denied] = field(default_factory=list)
    refused: list[Denied] = field(default_factory=list)
    judged: set[tuple[str, str]] = field(default_factory=set)
    acts: int = 0

    def cell(self, act: str, shape: Shape, name: str | None = None) -> Cell:
        """Look up what opens a type or a field of it; that it was looked at is kept."""
        named = shape.policy_name
        self.judged.add((act, named if name is None else f"{named}.{name}"))
        return self.mask.cell(act, named, ROW if name is None else name)

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

    def sight(
        self, act: str, shape: Shape, name: str, shown: Field, rows: Cell, *, whole: bool = False
    ) -> Cell:
        """Where a field may be filtered or sorted by: where it is shown, and that act is open.

        Where it never may, or with `whole` not on every row, the request is refused in each mode
        of denial: no null could stand for an order.
        """
        if is_core(shown):
            return self.shown(rows)
        shown_at = self.cell("read", shape, name)
        cell = (shown_at & self.cell(act, shape, name)).under(rows)
        if cell.never or (whole and not cell.always):
            reason = "ROLE" if cell.never else "ROW"
            self.refused.append(Denied(f"{shape.name}.{name}", shape.name, name, act, reason))
        return cell

    def shown(self, rows: Cell) -> Cell:
        """The cell that is shown whenever its row is."""
        return rows.under(rows)

    def all_of(self, shape: Shape, names: tuple[str, ...], rows: Cell) -> Cell:
        """Where every one of several fields is shown."""
        cell = OPEN
        for name in names:
            if not is_core(shape.fields[name]):
                cell = cell & self.cell("read", shape, name)
        return cell.under(rows)

    def rows_of(self, shape: Shape, *, above: Cell | None) -> tuple[Cell, bool]:
        """On which rows a type can be seen, and whether that is settled by the row above."""
        own = above if shape.part or shape.entity is None else None
        rows = own if own is not None else self.read(shape)
        return rows, above is not None and rows.under(above).always

    def read(self, shape: Shape) -> Cell:
        """Where the policy opens a type, and with it what a row of it cannot be without.

        An edition without its course would have null where the schema promises that there is none,
        and so would an enrolment without its progress. Either lies in the same row, or in one of
        the same tenant and about the same person, so that its conditions hold of both alike.
        """
        rows = self.cell("read", shape)
        for other in self.map.never_without(shape):
            rows = rows & self.read(other)
        return rows

    def needs_of(self, shape: Shape) -> tuple[Need, ...]:
        """What a row of a type cannot be without and may lie elsewhere: it is asked for itself."""
        wanted = [
            Need(one, self.map.shapes[one.target], self.read(self.map.shapes[one.target]))
            for one in required(shape, elsewhere=True)
        ]
        return tuple(need for need in wanted if not need.rows.always)

    def above(self, link: Link, target: Shape, rows: Cell) -> Cell | None:
        """The cell of the row above, where those that a field leads to share person and tenant.

        What is shown of the one is then known of the others. It is not where they lie elsewhere: a
        tenant's children are tenants of their own, and a table in between may lead anywhere.
        """
        match link:
            case One(required=required, elsewhere=elsewhere):
                return rows if required and not elsewhere else None
            case Many(through=through):
                return rows if through is None and not stands_alone(target) else None
            case Pages(by=by):
                return rows if by is not None and by == shape_about(target) else None

    def named(self, shape: Shape, rows: Cell, act: str) -> Cell:
        """Where a list may be searched or sorted by its name."""
        found = name_of(shape)
        if found is None:
            return self.shown(rows)
        cell = self.cell("read", shape, found[0])
        return (cell & self.cell(act, shape, found[0])).under(rows)

    def searched(self, shape: Shape, rows: Cell, *, asked: bool) -> Cell:
        """Where a list may be searched: a search is refused where a filter by the name would be."""
        found = name_of(shape)
        if asked and found is not None:
            self.sight("filter", shape, *found, rows)
        return self.named(shape, rows, "filter")

    def settle(self, roots: tuple[Root, ...]) -> ReadPlan:
        """Give the plan, or refuse it with every field that is not open.

        A refusal names fields, so hidden callers get none for what is closed: the schema that
        their document was held against has it not, or shows it on other types as well.
        """
        closed = self.closed if self.mode is DenialMode.STRICT else ()
        if closed or self.refused:
            raise FieldsForbidden((*closed, *self.refused))
        return ReadPlan(roots, tuple(self.denials), tuple(sorted(self.judged)))

    def weigh(self, acts: int) -> None:
        """Count the acts that are asked about, each of which is written for itself."""
        self.acts += acts
        if self.acts > MOST_ACTS:
            raise TooMuch(what="acts in `viewerCan`", most=MOST_ACTS)

    def close_rows(self, rows: Cell, pick: Pick, type_name: str) -> None:
        """Note a type of which the actor can see no row: an empty list, or a refusal if strict."""
        if rows.never:
            self.closed.append(Denied(pick.path, type_name, "*", "read", "ROLE"))


def plan(
    roots: tuple[Pick, ...],
    *,
    of: Map,
    mask: Mask,
    mode: DenialMode,
    shape_of_calls: ShapeOfCalls = (),
) -> ReadPlan:
    """Plan an operation; in strict mode a field that no lane opens refuses all of it."""
    planning = Planning(of, mask, mode, shape_of_calls)
    return planning.settle(tuple(_root(planning, pick) for pick in roots))


def plan_rows(
    pick: Pick,
    *,
    type_name: str,
    call: int,
    of: Map,
    mask: Mask,
    mode: DenialMode,
    shape_of_calls: ShapeOfCalls = (),
) -> ReadPlan:
    """Plan the payload of a mutation: one row of a type, whose id stands in for the call's own."""
    planning = Planning(of, mask, mode, shape_of_calls)
    return planning.settle((ById(pick.key, call, "id", _objects(planning, pick, type_name)),))


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
    rows, free = planning.rows_of(shape, above=above)
    cells = tuple(_cell(planning, shape, pick, rows) for pick in picks)
    return Object(shape, cells, rows, free, planning.needs_of(shape))


def _cell(planning: Planning, shape: Shape, pick: Pick, rows: Cell) -> Node:
    match pick.name:
        case "__typename":
            return Constant(pick.key, f'"{shape.name}"')
        case "id" if shape.prefix:
            return Leaf(pick.key, "id", shape.prefix, planning.shown(rows), None)
        case "rowVersion" if shape.locked:
            return Leaf(pick.key, "row_version", None, planning.shown(rows), None)
        case "viewerCan" if shape.prefix:
            return able(planning, shape, pick, rows)
    shown = shape.fields[pick.name]
    cell = _cell_of(planning, shape, pick.name, shown, rows)
    name = _judged(planning, shape, pick.name, shown)
    if cell.never:
        return planning.close(pick, pick.path, shape.name, name, "read")
    denial = None if cell.always else planning.deny(pick.path, shape.name, name, "read")
    return _open_cell(planning, shape, pick, shown, cell, denial, rows)


def _judged(planning: Planning, shape: Shape, name: str, shown: Field) -> str:
    """Name the field that decides: of those from which one is derived, the narrowest."""
    if not isinstance(shown, Derived):
        return name
    asked = [one for one in shown.sources if not is_core(shape.fields[one])]
    cells = {one: planning.cell("read", shape, one) for one in asked}
    return min(asked, key=lambda one: (not cells[one].never, cells[one].always), default=name)


def _cell_of(planning: Planning, shape: Shape, name: str, shown: Field, rows: Cell) -> Cell:
    if is_core(shown):
        return planning.shown(rows)
    if isinstance(shown, Derived):
        return planning.all_of(shape, shown.sources, rows)
    cell = planning.cell("read", shape, name)
    if isinstance(shown, Figure):
        cell = cell & planning.cell("aggregate", shape, name)
    return cell.under(rows)


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
            prefix = planning.map.prefix_of(id_of)
            return Leaf(pick.key, column_name(pick.name, shown), prefix, cell, denial)
        case One():
            (target,) = planning.map.concrete(shown.target)
            above = planning.above(shown, target, rows)
            way = Way(shown, _objects(planning, pick, shown.target, above=above))
            return Joined(pick.key, (way,), cell, denial, shown.required, pick.call)
        case Choice(ways=ways):
            taken = tuple(Way(one, _objects(planning, pick, one.target)) for one in ways)
            return Joined(pick.key, taken, cell, denial, required=False, call=None)
        case Many():
            target, *_ = planning.map.concrete(shown.target)  # several kinds lie in one table
            above = planning.above(shown, target, rows)
            objects = _objects(planning, pick, shown.target, above=above)
            return Listed(pick.key, shown, objects, cell, denial)
        case Pages():
            return _paged(planning, pick, shown, above=rows)
        case Inside():
            inner = planning.map.shapes[shown.target]
            return Nested(pick.key, _object(planning, inner, pick.of(inner.name), above=rows))
        case Derived():
            return Computed(pick.key, shown, cell, denial)
        case Figure():
            parts = tuple((part.key, part.name) for part in pick.of("Rate"))
            return Rated(pick.key, shown, pick.call, cell, denial, parts)


def _secret(
    planning: Planning,
    shape: Shape,
    pick: Pick,
    shown: Column,
    cell: Cell,
    denial: int | None,
    rows: Cell,
) -> Secret:
    opened = planning.cell("decrypt", shape, pick.name).under(rows)
    parts = []
    for part in pick.of("SensitiveText"):
        number = None
        if part.name == "value" and opened.never:
            number = planning.close(part, part.path, shape.name, pick.name, "decrypt").denial
        elif part.name == "value" and not opened.always:
            number = planning.deny(part.path, shape.name, pick.name, "decrypt")
        parts.append(SecretPart(part.key, part.path, part.name, opened, number, part.call))
    return Secret(pick.key, pick.name, column_name(pick.name, shown), cell, denial, tuple(parts))


def _paged(planning: Planning, pick: Pick, pages: Pages, *, above: Cell | None) -> Paged:
    shape = planning.map.shapes[pages.target]
    call = pick.call or 0
    belongs = None if above is None else planning.above(pages, shape, above)
    rows, free = planning.rows_of(shape, above=belongs)
    planning.close_rows(rows, pick, shape.name)
    asked = planning.shape_of_calls[call]
    parts = pick.of(f"{shape.name}Connection")
    given = part_of(asked, "filter")
    return Paged(
        pick.key,
        pages,
        call,
        shape,
        rows,
        free,
        planning.needs_of(shape),
        planning.searched(shape, rows, asked=bool(part_of(asked, "search"))),
        ordered(planning, shape, part_of(asked, "orderBy"), rows),
        filtered(planning, shape, given, rows) if given else None,
        bool(part_of(asked, "last")),
        tuple(_page_part(planning, shape, part, belongs) for part in parts),
    )


def shape_about(shape: Shape) -> str | None:
    """The column that says whom a row is about: rows reached by it share the row above."""
    return None if shape.entity is None else shape.entity.about


def stands_alone(shape: Shape) -> bool:
    """Whether a row is itself the person or the tenant that conditions ask for."""
    return shape.entity is not None and "id" in {shape.entity.about, shape.entity.placed}


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
                own = OPEN if name == "tenant" else planning.cell("read", shape)
                inner = tuple(_cell(planning, shape, one, own) for one in part.of(shape.name))
                by = One(says="", target=shape.name, by=f"{{{name}}}")
                ways = (Way(by, (Object(shape, inner, own),)),)
                cells.append(Joined(part.key, ways, OPEN, None, required=False, call=None))
            case what:
                cells.append(Known(part.key, what, _known(part), part.call))
    return tuple(cells)


def _known(part: Pick) -> tuple[Pick, ...]:
    return next(iter(part.under.values()), ())
