"""What is asked of rows: each select is written once, and kept by what it asks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from .forms import DIALECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.sql.elements import BindParameter

    from .entity import GroupEntity

    Process = Callable[[Any], Any] | None

Lock = Literal["none", "all but its key", "whole"]
"""How a row is locked: whoever merely refers to it need not wait, or everybody has to."""

MOST_READINGS: Final = 1024
EQUAL: Final = "own_"


@dataclass(frozen=True, slots=True)
class Reading:
    """A select as it is sent, and where each of its values comes from."""

    sql: str
    sources: tuple[tuple[str | int, Process], ...]

    def values(self, asked: Asked, given: Sequence[BindParameter[Any]]) -> list[Any]:
        """Name the values of a call, in their order."""
        found = []
        for source, close in self.sources:
            value = (
                asked.equal[source] if isinstance(source, str) else given[source].effective_value
            )
            found.append(value if close is None else close(value))
        return found


class Readings:
    """The selects that were asked for of late, by what they ask and not with which values.

    SQLAlchemy writes them, once; its keys say which are the same but for their values.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Any, Reading | None] = OrderedDict()

    def of(self, asked: Asked) -> tuple[Reading | None, list[BindParameter[Any]]]:
        """The select, and the values given; None if its text depends on the values' number."""
        key, given = asked.key()
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key], given
        made = self._known[key] = asked.written(given)
        if len(self._known) > MOST_READINGS:
            self._known.popitem(last=False)
        return made, given


@dataclass(slots=True)
class Asked:
    """Which rows are asked for: those whose columns equal values, and that meet the criteria.

    What a column equals could be said as a criterion, but it costs a tenth to say it by name.
    """

    entity: type[GroupEntity]
    equal: Mapping[str, UUID]
    criteria: Sequence[ColumnElement[bool]] = ()
    order_by: Sequence[Any] = ()
    lock: Lock = "none"

    def key(self) -> tuple[Any, list[BindParameter[Any]]]:
        """What is asked without the values, and the values."""
        order = tuple(_named(one) for one in self.order_by)
        start = (self.entity, self.lock, tuple(self.equal), order)
        if not self.criteria:
            return start, []
        said = self.criteria[0] if len(self.criteria) == 1 else and_(*self.criteria)
        made = said._generate_cache_key()  # noqa: SLF001 - the one way to name a criterion
        assert made is not None, "a criterion is made of columns, values and functions"
        return (*start, made.key), list(made.bindparams)

    def select(self) -> Select[Any]:
        """Say it in SQLAlchemy's terms."""
        table = self.entity.__table__
        equal = [
            table.c[key] == bindparam(f"{EQUAL}{key}", value, table.c[key].type)
            for key, value in self.equal.items()
        ]
        made = select(table).where(*equal, *self.criteria).order_by(*self.order_by)
        if self.lock == "none":
            return made
        return made.with_for_update(key_share=self.lock != "whole")

    def written(self, given: Sequence[BindParameter[Any]]) -> Reading | None:
        """Write it down for the driver, unless a list in it has as many places as values."""
        if any(one.expanding for one in given):
            return None
        places: dict[str, str | int] = {one.key: at for at, one in enumerate(given)}
        assert len(places) == len(given), "two values of the same name cannot be told apart"
        places |= {f"{EQUAL}{key}": key for key in self.equal}
        made = self.select().compile(dialect=DIALECT)
        sources = []
        for name in made.positiontup or ():
            bind = made.binds[name]
            close = bind.type.dialect_impl(DIALECT).bind_processor(DIALECT)
            sources.append((places[bind.key], close))
        return Reading(str(made), tuple(sources))


def _named(order: Any) -> Any:
    if isinstance(order, InstrumentedAttribute):
        return order.class_, order.key
    made = order._generate_cache_key()  # noqa: SLF001 - as above
    assert made is not None, "rows are ordered by columns"
    assert not made.bindparams, "rows are ordered by columns"
    return made.key
