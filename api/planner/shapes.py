"""What is shown: types as the planner knows them, each field with where it comes from.

A shape is a value. It knows tables and columns, and neither GraphQL nor who is asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field that is a column. `core` fields are part of every row that is shown at all."""

    says: str
    column: str | None = None  # the field's own name where nothing is said
    core: bool = False
    id_of: str | None = None  # the type whose id the column holds


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A field that is another row, found by a column (or an SQL expression over `{a}`) of this one.

    `also` narrows the other row (`{b}`), where more than its key decides; `required` says that
    there always is one, in the same tenant and about the same person: part of this row. Where it
    may lie `elsewhere`, whether it can be seen is asked of itself.
    """

    says: str
    target: str
    by: str
    remote: str = "id"
    also: str = "TRUE"
    required: bool = False
    elsewhere: bool = False
    numbered: bool = False  # takes the argument `number`, which picks the other row


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A field that is a whole, short list of rows which belong to this one (`by` is theirs).

    `through` is a table that lies between: (table, its column to here, its column to there).
    """

    says: str
    target: str
    by: str = ""
    order: tuple[str, ...] = ("position",)
    through: tuple[str, str, str] | None = None
    also: str = "TRUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A field that is a list of any length, read in pages."""

    says: str
    target: str
    by: str | None = None
    through: tuple[str, str, str] | None = None
    also: str = "TRUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A field that is a value lying in the same row."""

    says: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A field that is one of several other rows: whichever of its keys is set."""

    says: str
    target: str  # the union's name
    ways: tuple[One, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A field that is a rate over many rows: an SQL statement giving `n` and `d` for row `{a}`."""

    says: str
    statement: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A field that follows from others of its row (`sources`): shown where all of them are.

    `expression` is SQL over the row `{a}`, the instant `{now}` and the `{group}`; no policy line
    names the field, since what it tells is told by its sources.
    """

    says: str
    kind: str  # as GraphQL writes it
    expression: str
    sources: tuple[str, ...]


Link: TypeAlias = One | Many | Pages
Field: TypeAlias = Column | One | Many | Pages | Inside | Choice | Figure | Derived


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A type that is shown: from which table, under which id prefix, with which fields.

    A shape without a table lies inside a row of another; a `part` has rows of its own, which are
    shown wherever the row above them is. `judged_as` is the name under which the policy knows it.
    """

    name: str
    says: str
    entity: type[GroupEntity] | None
    kept_in: type[GroupEntity]  # whose columns its fields are, also where it has no rows of its own
    prefix: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    where: str = "TRUE"  # which rows of the table are of this type, over `{a}`
    order: tuple[str, ...] = ("id",)
    abstract: tuple[str, ...] = ()  # interfaces it has besides Node and Versioned
    listed: bool = False  # whether there is a connection of it
    locked: bool = False  # whether it shows its rowVersion
    part: bool = False
    judged_as: str = ""

    @property
    def policy_name(self) -> str:
        """The name that policy lines use."""
        return self.judged_as or self.name

    @property
    def table(self) -> str:
        """Where the rows lie."""
        if self.entity is None:
            message = f"{self.name} lies in no table"
            raise TypeError(message)
        return str(self.entity.__tablename__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstract:
    """An interface or a union: several shapes behind one name."""

    name: str
    says: str
    members: tuple[str, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)  # of an interface
    shown: bool = True  # whether clients see the name


@dataclass(frozen=True, slots=True)
class Map:
    """Every shape by name and by id prefix: all that the planner knows of the schema."""

    shapes: Mapping[str, Shape]
    abstracts: Mapping[str, Abstract]

    def concrete(self, name: str) -> tuple[Shape, ...]:
        """The shapes that a name may stand for."""
        if name in self.shapes:
            return (self.shapes[name],)
        return tuple(self.shapes[member] for member in self.abstracts[name].members)

    def never_without(self, shape: Shape) -> tuple[Shape, ...]:
        """What a row of a shape always has, in itself or beside it: it is not shown without."""
        inside = [held.target for held in shape.fields.values() if isinstance(held, Inside)]
        beside = [held.target for held in required(shape, elsewhere=False)]
        return tuple(self.shapes[target] for target in (*inside, *beside))

    def prefix_of(self, name: str | None) -> str | None:
        """The prefix that ids of a type carry."""
        shape = self.shapes.get(name or "")
        return shape.prefix if shape else None

    def by_prefix(self, prefix: str) -> Shape | None:
        """The shape whose ids carry a prefix."""
        return next((shape for shape in self.shapes.values() if shape.prefix == prefix), None)


def required(shape: Shape, *, elsewhere: bool) -> list[One]:
    """The other rows that a row always has, in another tenant or about another person or not."""
    return [
        held
        for held in shape.fields.values()
        if isinstance(held, One) and held.required and held.elsewhere is elsewhere
    ]


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


def column_name(name: str, shown: Column) -> str:
    """The column behind a field: its own name in snake case, unless it says otherwise."""
    return shown.column or snake(name)


def name_of(shape: Shape) -> tuple[str, Column] | None:
    """The field by which the rows of a type are searched and sorted, where they have a name."""
    column = shape.entity.named_by if shape.entity else None
    for name, shown in shape.fields.items():
        if isinstance(shown, Column) and column is not None and column_name(name, shown) == column:
            return name, shown
    return None


def sorting_column(entity: type[GroupEntity], column: str) -> str:
    """The column that a column is sorted by: names have a key of their reading."""
    return "sort_key" if column == entity.named_by else column


def placeholders(fragment: str) -> frozenset[str]:
    """What an SQL fragment wants to have filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(fragment) if name is not None)


def snake(name: str) -> str:
    """`staffNumber` as a column is `staff_number`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
