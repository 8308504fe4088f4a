"""What must hold of every plan and statement, whatever is asked under whatever policy.

Each law says what offends it, so that one walk tells everything and a mutant shows how it was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from itertools import product
from typing import Any
from uuid import UUID

from api.graphql.schema import catalogue, schema
from api.planner.arguments import part_of
from api.planner.filters import All, Led, Not, Some, Test, Where
from api.planner.picks import Pick
from api.planner.plan import (
    Able,
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
    Rated,
    Root,
    Secret,
    Self,
    Withheld,
)
from api.planner.shapes import (
    Column,
    Derived,
    Field,
    Figure,
    Inside,
    Many,
    One,
    Pages,
    Shape,
    column_name,
    is_core,
    sorting_column,
)
from authz.catalogue import DataClass
from authz.conditions import Facts, Variables
from authz.masks import Cell
from tests.authz.worlds import naive_cond
from tests.people import NOW
from tests.properties.asking import Planned
from tests.properties.columns import is_name, named_columns, open_columns, relations

ME, OTHER, MINE, BELOW, ABOVE, APART, COHORT = (UUID(int=number) for number in range(1, 8))
GRACE = Variables(
    ME,
    MINE,
    frozenset({MINE, BELOW}),
    frozenset({MINE, BELOW, ABOVE}),
    cohort=COHORT,
    certified_until=NOW + timedelta(days=2),
    contracted_until=NOW + timedelta(days=1),
)
PEOPLE = (ME, OTHER, None)
RELATIONS = (
    (True, frozenset({COHORT}), NOW),
    (True, frozenset(), NOW + timedelta(days=1)),
    (False, frozenset({COHORT}), NOW + timedelta(days=2)),
    (None, None, None),
)
ROWS = tuple(
    Facts(subject, tenant, supervisor, mentor, *beside)
    for subject, tenant, supervisor, mentor, beside in product(
        PEOPLE, (MINE, BELOW, ABOVE, APART, None), PEOPLE, PEOPLE, RELATIONS
    )
)
"""Every way in which a row can stand to the one who asks."""

Seen = frozenset[Facts]
EVERY: Seen = frozenset(ROWS)


@cache
def holding(when: str, effect: str) -> Seen:
    """The rows on which a condition holds, for an allow or for a deny, told without a mask."""
    return frozenset(row for row in ROWS if naive_cond((row, GRACE), when, effect))


def _any(conditions: frozenset[str], effect: str) -> Seen:
    return EVERY & frozenset().union(*(holding(when, effect) for when in conditions))


@lru_cache(maxsize=4096)
def opened(cell: Cell) -> Seen:
    """The rows on which a cell of a mask is open."""
    return frozenset(row for row in ROWS if cell.opens(row, GRACE))


def required(shape: Shape, *, elsewhere: bool) -> list[One]:
    """What a row of a type cannot be without."""
    return [
        held
        for held in shape.fields.values()
        if isinstance(held, One) and held.required and held.elsewhere is elsewhere
    ]


def offences(planned: Planned) -> Iterator[str]:
    """Everything about a plan and its statement that offends a law."""
    yield from hidden_columns(planned)
    yield from relations_of_any_group(planned)
    yield from wrong_cells(planned)


def hidden_columns(planned: Planned) -> Iterator[str]:
    """A column that no lane shows does not occur in the statement."""
    told = named_columns(planned.statement.sql) - open_columns(planned.policy)
    yield from (f"{table}.{column} is named and hidden" for table, column in sorted(told))


def relations_of_any_group(planned: Planned) -> Iterator[str]:
    """Every relation is of the one group that asks."""
    sql = planned.statement.sql
    held = relations(sql)
    for table, alias in set(held):
        if sql.count(f"{alias}.group_id = $") < sum(other == alias for _, other in held):
            yield f"{table} {alias} is of any group"


def wrong_cells(planned: Planned) -> Iterator[str]:
    """Every cell of the plan opens where the lines say so, and nowhere else."""
    for root, pick in zip(planned.plan.roots, planned.filled.selected.planned, strict=True):
        yield from _Walk(planned).root(root, pick)


def sealed_in(shape: Shape) -> Iterator[str]:
    """The fields of a type that are sealed, by their class."""
    for name, held in shape.fields.items():
        entry = catalogue().entry(shape.policy_name, name)
        if isinstance(held, Column) and entry and entry.data_class in {DataClass.P3, DataClass.P4}:
            yield name


class _Walk:
    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self.policy = planned.policy
        self.known = schema().map

    def root(self, root: Root, pick: Pick) -> Iterator[str]:
        match root:
            case ById(objects=objects) | ByIds(objects=objects):
                yield from self.objects(objects, pick, above=None)
            case Self(cells=cells):
                yield from self.viewer(cells, pick)
            case Paged():
                yield from self.paged(root, pick, above=None)

    def viewer(self, cells: Sequence[Node], pick: Pick) -> Iterator[str]:
        for cell, part in zip(cells, pick.of("Viewer"), strict=True):
            match cell:
                case Joined(ways=(way,)) if part.name == "tenant":
                    (own,) = way.objects  # where they act is shown whatever the policy says
                    yield from self.cells(own, part.of("Tenant"), EVERY)
                case Joined(ways=(way,)):
                    yield from self.objects(way.objects, part, above=None)

    def objects(
        self, objects: Sequence[Object], pick: Pick, *, above: Seen | None
    ) -> Iterator[str]:
        for one in objects:
            yield from self.object(one, pick.of(one.shape.name), above=above)

    def object(
        self, planned: Object, picks: Sequence[Pick], *, above: Seen | None
    ) -> Iterator[str]:
        shape = planned.shape
        rows = self.rows_of(shape, above)
        if planned.free and (above is None or above - rows):
            yield f"rows of {shape.name} are taken to be visible"
        if not planned.free:
            yield from self.differs(f"rows of {shape.name}", planned.rows, rows, EVERY)
        yield from self.needs(shape, planned.needs)
        yield from self.cells(planned, picks, rows)

    def rows_of(self, shape: Shape, above: Seen | None) -> Seen:
        if above is not None and (shape.part or shape.entity is None):
            return above
        rows = self.opens("read", shape.policy_name)
        inside = [held for held in shape.fields.values() if isinstance(held, Inside)]
        for held in (*inside, *required(shape, elsewhere=False)):
            rows &= self.rows_of(self.known.shapes[held.target], None)
        return rows

    def needs(self, shape: Shape, planned: Sequence[Need]) -> Iterator[str]:
        """What a row cannot be without and may lie elsewhere is asked for, where it is judged."""
        wanted = {held.target for held in required(shape, elsewhere=True)}
        judged = {one for one in wanted if self.rows_of(self.known.shapes[one], None) != EVERY}
        asked = {need.shape.name: need for need in planned}
        if not judged <= set(asked) <= wanted:
            yield f"{shape.name} needs {sorted(judged)} and asks for {sorted(asked)}"
        for name, need in asked.items():
            seen = self.rows_of(self.known.shapes[name], None)
            yield from self.differs(f"{name} that {shape.name} needs", need.rows, seen, EVERY)

    def cells(self, planned: Object, picks: Sequence[Pick], rows: Seen) -> Iterator[str]:
        for node, pick in zip(planned.cells, picks, strict=True):
            shape = planned.shape
            held = shape.fields.get(pick.name)
            shown = self.shown(shape, pick.name, held)
            at = f"{shape.name}.{pick.name}"
            match node:
                case Constant() | Known():
                    continue
                case Withheld():
                    if rows & shown:
                        yield f"{at} is withheld and open"
                case (
                    Leaf(cell=cell)
                    | Computed(cell=cell)
                    | Joined(cell=cell)
                    | Listed(cell=cell)
                    | Rated(cell=cell)
                ):
                    yield from self.differs(at, cell, shown, rows)
                case Secret(cell=cell):
                    yield from self.differs(at, cell, shown, rows)
                    opened = self.opens("decrypt", f"{shape.policy_name}.{pick.name}")
                    for part in node.parts:
                        yield from self.differs(f"{at} opened", part.cell, opened, rows)
                case Able():
                    yield from self.able(node, shape, rows)
            yield from self.below(node, pick, held, rows)

    def able(self, node: Able, shape: Shape, rows: Seen) -> Iterator[str]:
        """What the viewer may do with a row is what the lines say, act by act."""
        for act in node.acts:
            told = Seen().union(*(opened(cell) for cell in act.cells)) & rows
            if told != self.doing(act.action, shape) & rows:
                yield f"{act.action} on {shape.name} is not told as it is"

    def doing(self, act: str, shape: Shape) -> Seen:
        named = shape.policy_name
        if act != "decrypt":
            return self.opens(act, named)
        return Seen().union(
            *(
                self.opens("read", f"{named}.{one}") & self.opens(act, f"{named}.{one}")
                for one in sealed_in(shape)
            )
        )

    def below(self, node: Node, pick: Pick, held: Field | None, rows: Seen) -> Iterator[str]:
        match node, held:
            case Joined(ways=ways), One(required=required):
                above = rows if required else None
                yield from self.objects(ways[0].objects, pick, above=above)
            case Joined(ways=ways), _:
                for way in ways:
                    yield from self.objects(way.objects, pick, above=None)
            case Listed(objects=objects), _:
                yield from self.objects(objects, pick, above=rows)
            case Nested(object=inner), _:
                if rows - self.opens("read", inner.shape.policy_name):
                    yield f"{inner.shape.name} lies in a row that is shown where it is not"
                yield from self.object(inner, pick.of(inner.shape.name), above=rows)
            case Paged(), _:
                yield from self.paged(node, pick, above=rows)

    def paged(self, page: Paged, pick: Pick, *, above: Seen | None) -> Iterator[str]:
        shape, rows = page.shape, self.rows_of(page.shape, None)
        if page.free and (above is None or above - rows):
            yield f"the list of {shape.name} is taken to be visible"
        if not page.free:
            yield from self.differs(f"the list of {shape.name}", page.rows, rows, EVERY)
        yield from self.differs(
            f"the search of {shape.name}", page.named, self.named(shape, "filter"), rows
        )
        yield from self.needs(shape, page.needs)
        yield from self.order(page, rows)
        given = part_of(self.planned.filled.shapes[page.call], "filter")
        if page.where is not None:
            yield from self.where(page.where, shape, given, rows)
        for part, asked in zip(page.parts, pick.of(f"{shape.name}Connection"), strict=True):
            if part.object is not None:
                yield from self.object(part.object, asked.of(shape.name), above=above)
            for (_, _, inner), one in zip(part.inner, asked.of(f"{shape.name}Edge"), strict=False):
                if inner is not None:
                    yield from self.object(inner, one.of(shape.name), above=above)

    def order(self, page: Paged, rows: Seen) -> Iterator[str]:
        for key in page.order:
            shown = self.sorted_by(page.shape, key.column)
            if shown is None:
                own = self.planned.orders_itself(page.call) and key.column in page.shape.order
                if not own or key.column == "sort_key":
                    yield f"{page.shape.name} is sorted by {key.column}, which is no field"
            elif rows - shown:
                yield f"{page.shape.name} is sorted by {key.column}, which is hidden somewhere"

    def sorted_by(self, shape: Shape, column: str) -> Seen | None:
        if column == "id":
            return EVERY
        for name, held in shape.fields.items():
            match held:
                case Column() if column == sorting_column(shape.kept_in, column_name(name, held)):
                    return self.narrowed("sort", shape, name, held)
                case Inside(target=target):
                    found = self.sorted_by(self.known.shapes[target], column)
                    if found is not None:
                        return found
        return None

    def where(self, where: Where, shape: Shape, given: Any, rows: Seen) -> Iterator[str]:
        assert isinstance(where, All)
        for part, (name, inner) in zip(where.parts, given, strict=True):
            match name, part:
                case "and" | "or", All(parts=parts) | Some(parts=parts):
                    for one, of in zip(parts, inner, strict=True):
                        yield from self.where(one, shape, of, rows)
                case "not", Not(part=one):
                    yield from self.where(one, shape, inner, rows)
                case _:
                    yield from self.test(part, shape, name, inner, rows)

    def test(self, part: Where, shape: Shape, name: str, given: Any, rows: Seen) -> Iterator[str]:
        held = shape.fields.get(name)
        shown = self.narrowed("filter", shape, name, held)
        at = f"the filter by {shape.name}.{name}"
        match held, part:
            case Inside(target=target), _:
                yield from self.where(part, self.known.shapes[target], given, rows)
            case One(), Led():
                yield from self.led(part, at, given, shown, rows if held.required else None, rows)
            case Many() | Pages(), All(parts=parts):
                for one, (_, inner) in zip(parts, given, strict=True):
                    led = one.part if isinstance(one, Not) else one
                    assert isinstance(led, Led)
                    yield from self.led(led, at, inner, shown, rows, rows)
            case _, All(parts=parts):
                for one in parts:
                    assert isinstance(one, Test)
                    yield from self.differs(at, one.cell, shown, rows)

    def led(
        self, led: Led, at: str, given: Any, shown: Seen, above: Seen | None, rows: Seen
    ) -> Iterator[str]:
        yield from self.differs(at, led.cell, shown, rows)
        theirs = self.rows_of(led.shape, above)
        if led.free and (above is None or above - theirs):
            yield f"{at} takes rows of {led.shape.name} to be visible"
        if not led.free:
            yield from self.differs(f"{at}, whose rows", led.rows, theirs, EVERY)
        yield from self.needs(led.shape, led.needs)
        yield from self.where(led.part, led.shape, given, theirs)

    def opens(self, act: str, named: str) -> Seen:
        allow, deny = self.policy.held(act, named)
        return _any(allow, "allow") - _any(deny, "deny")

    def shown(self, shape: Shape, name: str, held: Field | None) -> Seen:
        if held is None or is_core(held):
            return EVERY
        if isinstance(held, Derived):
            sources = (self.shown(shape, one, shape.fields[one]) for one in held.sources)
            return EVERY.intersection(*sources)
        named = f"{shape.policy_name}.{name}"
        read = self.opens("read", named)
        return read & self.opens("aggregate", named) if isinstance(held, Figure) else read

    def narrowed(self, act: str, shape: Shape, name: str, held: Field | None) -> Seen:
        shown = self.shown(shape, name, held)
        if held is None or is_core(held):
            return shown
        return shown & self.opens(act, f"{shape.policy_name}.{name}")

    def named(self, shape: Shape, act: str) -> Seen:
        for name, held in shape.fields.items():
            if is_name(shape, name, held):
                return self.narrowed(act, shape, name, held)
        return EVERY

    def differs(self, at: str, cell: Cell, expected: Seen, rows: Seen) -> Iterator[str]:
        """Say on which side a cell differs from the lines, on rows that can be seen."""
        if (opened(cell) - expected) & rows:
            yield f"{at} is shown too widely"
        if (expected - opened(cell)) & rows:
            yield f"{at} is shown too narrowly"
