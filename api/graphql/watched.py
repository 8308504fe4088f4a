"""What an auditor was shown, told from operation and answer: types and figures, no value."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import orjson
from graphql import GraphQLObjectType, get_named_type, is_abstract_type

from domain.audit.reading import Reading
from runtime.watching import write_down

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from api.planner.picks import Pick

    from .asked import Asked
    from .reading import Read
    from .schema import Made


async def put_on_record(asked: Asked, found: Read) -> None:
    """Have it committed to the trail what an auditor is about to be shown."""
    await write_down(
        asked.installation,
        asked.actor,
        reading_of(asked, found),
        now=asked.now,
        request_id=asked.request.request_id,
    )


def reading_of(asked: Asked, found: Read) -> Reading:
    """Say what an operation read: every type that it could have shown, and how many rows it did."""
    roots = asked.filled.selected.roots
    shown = _Shown(asked.made)
    data = [orjson.loads(found.data)]
    for pick in roots:
        shown.look(pick, "Query", data)
    return Reading(
        operation=sha256(asked.request.query.encode()).hexdigest(),
        roots=tuple(sorted({pick.name for pick in roots})),
        types=tuple(sorted(shown.types)),
        rows=shown.rows,
        withheld=found.withheld,
    )


@dataclass(slots=True)
class _Shown:
    """The types that an answer is made of, and how many rows of them stand in it."""

    made: Made
    types: set[str] = field(default_factory=set)
    rows: int = 0

    def look(self, pick: Pick, parent: str, around: list[dict[str, Any]]) -> None:
        """Look at what a field of some objects holds, and into it."""
        declared = cast("GraphQLObjectType", self.made.graphql.get_type(parent)).fields
        if not pick.under or pick.name not in declared:
            return  # a plain value, or what the schema says of itself
        kind = get_named_type(declared[pick.name].type)
        found = list(_objects(one.get(pick.key) for one in around))
        if kind.name in self.made.map.shapes or is_abstract_type(kind):
            self.types.add(kind.name)
            self.rows += len(found)
        for inner, of in _inside(pick):
            self.look(inner, of, found)


def _inside(pick: Pick) -> Iterable[tuple[Pick, str]]:
    """What was asked of an object, once for each key, whichever of its types it turns out to be."""
    return {
        inner.key: (inner, concrete) for concrete, picks in pick.under.items() for inner in picks
    }.values()


def _objects(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for value in values:
        if isinstance(value, list):
            yield from _objects(value)
        elif isinstance(value, dict):
            yield value
