"""The value of a field on a thing, before anything is picked from it: the schema in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from api.planner.shapes import (
    Choice,
    Column,
    Derived,
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
from authz.actor import Actor
from domain.kernel.traits import traits_of
from tests.oracle.links import meets
from tests.oracle.narrowing import Key, Narrowing, in_order
from tests.oracle.overdue import told_by_days
from tests.oracle.rates import completion
from tests.oracle.rows import Row, Rows
from tests.oracle.sight import Sight
from tests.oracle.things import Thing, place_of, written
from tests.oracle.viewer import viewer

MOST: int = 10_000


@dataclass(slots=True)
class Values:
    """Everything that an actor may ask for. `places` holds what is in the cursors given out."""

    rows: Rows
    known: Map
    actor: Actor
    now: datetime
    places: dict[str, list[str | None]] = field(default_factory=dict)
    sight: Sight = field(init=False)
    narrowing: Narrowing = field(init=False)

    def __post_init__(self) -> None:
        self.sight = Sight(self.rows, self.actor, self.now)
        self.narrowing = Narrowing(self.rows, self.known, self.sight)

    def root(self, name: str, type_name: str, arguments: dict[str, Any]) -> Any:
        """What stands at the root under a name; `type_name` is that of the answer."""
        if name == "viewer":
            return viewer(self)
        if name == "nodes":
            return [self.by_id(one) for one in arguments["ids"]]
        if not type_name.endswith("Connection"):
            return self.by_id(arguments["id"])
        shape = self.known.shapes[type_name.removesuffix("Connection")]
        assert shape.entity is not None
        every = [Thing(shape, row, shape.entity) for row in self.rows.all(shape.table)]
        seen = [one for one in every if self._seen(one)]
        return self._page(shape, seen, arguments)

    def by_id(self, external: str) -> Thing | None:
        """The row of an id as clients write it, if it is seen."""
        prefix, _, digits = external.partition("_")
        for shape in self.known.shapes.values():
            if shape.prefix == prefix:
                assert shape.entity is not None
                row = self.rows.one(shape.table, UUID(digits))
                thing = Thing(shape, row or {}, shape.entity)
                return thing if row and self._seen(thing) else None
        return None

    def of(self, thing: Thing, name: str, arguments: dict[str, Any]) -> Any:
        """The value of a field of a thing, or that it is withheld."""
        if name == "id" and thing.shape.prefix:
            return f"{thing.shape.prefix}_{thing.row['id'].hex}"
        if name == "rowVersion" and thing.shape.locked:
            return thing.row["row_version"]
        if name == "viewerCan" and thing.shape.prefix:
            return [self.sight.capability(thing, one) for one in arguments["actions"]]
        if not self.sight.shows(thing, name):
            return self.sight.withheld(thing, name)
        return self._held(thing, name, thing.shape.fields[name], arguments)

    def _held(self, thing: Thing, name: str, held: Field, arguments: dict[str, Any]) -> Any:
        match held:
            case Column():
                return self._column(thing, name, held)
            case One(target=target, numbered=numbered):
                found = self._there(thing, held, target)
                wanted = arguments.get("number")
                return next(
                    (one for one in found if not numbered or one.row["number"] == wanted), None
                )
            case Choice(ways=ways):
                reached = (one for way in ways for one in self._there(thing, way, way.target))
                return next(reached, None)
            case Many(target=target, order=order):
                keys = [(column, False) for column in (*order, "id")]
                return _sorted(self._there(thing, held, target), keys)
            case Pages(target=target):
                shape = self.known.shapes[target]
                return self._page(shape, list(self._there(thing, held, target)), arguments)
            case Inside(target=target):
                return Thing(self.known.shapes[target], thing.row, thing.entity)
            case Derived():
                return told_by_days(self.rows, thing, name, now=self.now)
            case Figure():
                family, as_of = arguments.get("family"), arguments.get("asOf")
                return completion(self.rows, thing, now=self.now, family=family, as_of=as_of)

    def _there(self, thing: Thing, link: One | Many | Pages, target: str) -> Iterator[Thing]:
        """The rows that a field leads to, of whichever of its types each may be, if seen."""
        for shape in self.known.concrete(target):
            yield from self.narrowing.there(thing, link, shape)

    def _seen(self, thing: Thing) -> bool:
        return meets(thing.shape.where, thing.row) and self.sight.sees(thing.shape, thing.row)

    def _column(self, thing: Thing, name: str, held: Column) -> Any:
        column = column_name(name, held)
        traits = traits_of(thing.entity, thing.entity.__table__.columns[column])
        if held.id_of and (row_id := thing.row[column]):
            return f"{self.known.prefix_of(held.id_of)}_{row_id.hex}"
        if not traits.sealed or thing.row[column] is None:
            return written(thing.row[column])
        plain = self.rows.plain[thing.table, thing.row["id"], column]
        assert traits.shown is not None
        return {
            "__typename": "SensitiveText",
            "masked": None if plain is None else traits.shown(plain),
            "classification": traits.data_class.value,
            "accessible": self.sight.opens(thing, name),
            "value": lambda **_: self.sight.withheld(thing, name, act="decrypt"),
        }

    def _page(self, shape: Shape, things: list[Thing], arguments: dict[str, Any]) -> dict[str, Any]:
        """One page: what is asked for of what is seen, in order, between two places."""
        if arguments.get("search") is not None:
            things = [one for one in things if self.narrowing.found(one, arguments["search"])]
        if arguments.get("filter") is not None:
            given = arguments["filter"]
            things = [one for one in things if self.narrowing.truth(one, given) is True]
        keys = self.narrowing.keys(shape, arguments.get("orderBy"))
        whole = _sorted(things, keys)
        between, behind, ahead = self._between(shape, whole, keys, arguments)
        last, offset = arguments.get("last"), arguments.get("offset") or 0
        first = 20 if arguments.get("first") is None else arguments["first"]
        if last is not None:
            shown, more = between[max(len(between) - last, 0) :], len(between) > last
            flags = {"hasNextPage": ahead, "hasPreviousPage": more}
        else:
            shown = between[offset : offset + first]
            passed = behind or offset > 0
            flags = {"hasNextPage": len(between) > offset + first, "hasPreviousPage": passed}
        return _connection(shape, shown, keys, flags, len(whole))

    def _between(
        self, shape: Shape, whole: list[Thing], keys: list[Key], arguments: dict[str, Any]
    ) -> tuple[list[Thing], bool, bool]:
        order = in_order(keys)
        after, before = (
            self._row_at(shape, keys, arguments.get(one)) for one in ("after", "before")
        )
        kept = [
            one
            for one in whole
            if (after is None or order(one.row) > order(after))
            and (before is None or order(one.row) < order(before))
        ]
        return kept, after is not None, before is not None

    def _row_at(self, shape: Shape, keys: list[Key], cursor: str | None) -> Row | None:
        """The row that a cursor was made of: its id is one of the keys."""
        if cursor is None:
            return None
        [at] = [at for at, (column, _) in enumerate(keys) if column == "id"]
        return self.rows.one(shape.table, UUID(self.places[cursor][at]))


def _sorted(things: Iterator[Thing] | Sequence[Thing], keys: list[Key]) -> list[Thing]:
    order = in_order(keys)
    return sorted(things, key=lambda one: order(one.row))


def _connection(
    shape: Shape, shown: list[Thing], keys: list[Key], flags: dict[str, bool], count: int
) -> dict[str, Any]:
    places = [place_of([one.row[column] for column, _ in keys]) for one in shown]
    return {
        "__typename": f"{shape.name}Connection",
        "nodes": shown,
        "edges": [
            {"__typename": f"{shape.name}Edge", "cursor": place, "node": one}
            for place, one in zip(places, shown, strict=True)
        ],
        "pageInfo": {
            "__typename": "PageInfo",
            **flags,
            "startCursor": places[0] if places else None,
            "endCursor": places[-1] if places else None,
        },
        "totalCount": min(count, MOST),
        "totalCountIsExact": count <= MOST,
    }
