"""A read plan: what one statement will answer, as values that can be printed and compared.

A plan never holds a value of a request; those are bound later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from authz.masks import Cell

    from .filters import Where
    from .orders import Key
    from .picks import Pick
    from .refusals import Denied
    from .shapes import Derived, Figure, Many, One, Pages, Shape


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
    prefix: str | None  # of an id
    cell: Cell
    denial: int | None


@dataclass(frozen=True, slots=True)
class Computed:
    """A cell that follows from columns of its row."""

    key: str
    derived: Derived
    cell: Cell
    denial: int | None


@dataclass(frozen=True, slots=True)
class SecretPart:
    """One field of a sealed value: its window, its box, or what it is."""

    key: str
    path: str
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
class Need:
    """Another row without which a row is not shown, and where that one is visible."""

    by: One
    shape: Shape
    rows: Cell


@dataclass(frozen=True, slots=True)
class Object:
    """The cells of one row of a shape, and on which rows of it the actor's mask opens."""

    shape: Shape
    cells: tuple[Node, ...]
    rows: Cell
    free: bool = False  # whether the row is visible wherever the row above it is
    needs: tuple[Need, ...] = ()


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
    needs: tuple[Need, ...]
    named: Cell  # where the name that a search looks into may be searched
    order: tuple[Key, ...]
    where: Where | None
    backward: bool  # the last ones are asked for, not the first
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
class Act:
    """One act on a row: it is open where any of these cells is."""

    action: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Able:
    """A cell that says what the viewer may do with its row, one entry for each act."""

    key: str
    acts: tuple[Act, ...]
    parts: tuple[tuple[str, str], ...]  # key, what


@dataclass(frozen=True, slots=True)
class Known:
    """A cell that the edge knows without reading: who the viewer is, and what is permitted."""

    key: str
    what: str
    picks: tuple[Pick, ...]
    call: int | None


Node: TypeAlias = (
    Constant
    | Withheld
    | Leaf
    | Computed
    | Secret
    | Joined
    | Listed
    | Paged
    | Nested
    | Rated
    | Able
    | Known
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
    """Everything that one statement will answer, and the denials that it may have to count.

    `judged` names every cell of the mask that was looked at: an action and its object.
    """

    roots: tuple[Root, ...]
    denials: tuple[Denied, ...]
    judged: tuple[tuple[str, str], ...] = ()
