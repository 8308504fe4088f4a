"""How a node is declared: the fields that are shown, each with where it comes from.

Type, nullability and class of a field follow from its column; what is not named is not shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from api.planner.shapes import (
    Abstract,
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
    snake,
)

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity

C = TypeVar("C", bound=type)

SHAPES: Final[dict[str, Shape]] = {}
ABSTRACTS: Final[dict[str, Abstract]] = {}


def node(
    entity: type[GroupEntity],
    *,
    prefix: str | None = None,
    inside: bool = False,
    locked: bool = False,
    listed: bool = False,
    part: bool = False,
    order: tuple[str, ...] = ("id",),
    where: str = "TRUE",
    abstract: tuple[str, ...] = (),
    judged_as: str = "",
) -> Callable[[C], C]:
    """Declare a type over an entity: its docstring describes it, its attributes are its fields."""

    def declare(cls: C) -> C:
        fields = {camel(name): held for name, held in vars(cls).items() if isinstance(held, Field)}
        SHAPES[cls.__name__] = Shape(
            name=cls.__name__,
            says=_said(cls),
            entity=None if inside else entity,
            kept_in=entity,
            prefix=prefix,
            fields=_inherited(abstract) | fields,
            where=where,
            order=order,
            abstract=abstract,
            listed=listed,
            locked=locked,
            part=part,
            judged_as=judged_as,
        )
        for name in abstract:
            known = ABSTRACTS[name]
            ABSTRACTS[name] = replace(known, members=(*known.members, cls.__name__))
        return cls

    return declare


def interface(cls: C) -> C:
    """Declare the fields that several types have in common."""
    fields = {camel(name): held for name, held in vars(cls).items() if isinstance(held, Field)}
    ABSTRACTS[cls.__name__] = Abstract(
        name=cls.__name__, says=_said(cls), members=(), fields=fields
    )
    return cls


def union(name: str, says: str, *members: str, shown: bool = True) -> None:
    """Declare that a name stands for one of several types."""
    ABSTRACTS[name] = Abstract(name=name, says=says, members=members, shown=shown)


def core(says: str, *, column: str | None = None, id_of: str | None = None) -> Column:
    """A column of the row core: shown whenever the row is, and named in no policy line."""
    return Column(says=says, column=column, core=True, id_of=id_of)


def shown(says: str, *, column: str | None = None) -> Column:
    """A column that the policy may open or close; a sealed one is shown as `SensitiveText`."""
    return Column(says=says, column=column)


def one(
    target: str,
    says: str,
    *,
    by: str,
    remote: str = "id",
    also: str = "TRUE",
    required: bool = False,
    elsewhere: bool = False,
    numbered: bool = False,
) -> One:
    """Another row: `by` is the column (or expression) here that holds its key."""
    return One(
        says=says,
        target=target,
        by=by,
        remote=remote,
        also=also,
        required=required,
        elsewhere=elsewhere,
        numbered=numbered,
    )


def many(
    target: str,
    says: str,
    *,
    by: str = "",
    order: tuple[str, ...] = ("position",),
    through: tuple[str, str, str] | None = None,
    also: str = "TRUE",
) -> Many:
    """A short list of rows that belong to this one: `by` is the column there."""
    return Many(says=says, target=target, by=by, order=order, through=through, also=also)


def pages(
    target: str, says: str, *, by: str | None = None, through: tuple[str, str, str] | None = None
) -> Pages:
    """A list of any length, read in pages."""
    return Pages(says=says, target=target, by=by, through=through)


def inside(target: str, says: str) -> Inside:
    """A value that lies in the same row."""
    return Inside(says=says, target=target)


def choice(target: str, says: str, *ways: One) -> Choice:
    """One of several other rows: whichever of the keys is set."""
    return Choice(says=says, target=target, ways=ways)


def figure(says: str, statement: str, *arguments: str) -> Figure:
    """A rate over many rows, by a statement that gives `n` and `d` for the row `{a}`."""
    return Figure(says=says, statement=statement, arguments=arguments)


def derived(kind: str, says: str, expression: str, *sources: str) -> Derived:
    """A field that follows from others of its row, and is shown where all of them are."""
    return Derived(says=says, kind=kind, expression=expression, sources=sources)


def everything() -> Map:
    """All that has been declared."""
    return Map(SHAPES, ABSTRACTS)


@cache
def camel(name: str) -> str:
    """`staff_number` is `staffNumber` to clients."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _inherited(abstract: tuple[str, ...]) -> dict[str, Field]:
    return {name: held for one in abstract for name, held in ABSTRACTS[one].fields.items()}


def _said(cls: type) -> str:
    said = inspect.getdoc(cls)
    if not said:
        message = f"{cls.__name__} is shown to clients and has no description"
        raise TypeError(message)
    return said


__all__ = [
    "camel",
    "choice",
    "core",
    "derived",
    "everything",
    "figure",
    "inside",
    "interface",
    "many",
    "node",
    "one",
    "pages",
    "shown",
    "snake",
    "union",
]
