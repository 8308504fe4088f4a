"""Declared shapes become strawberry's types, in one namespace, so that they may name each other."""

from __future__ import annotations

import enum
import keyword
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import ARRAY, Boolean, Date, DateTime, Enum, Integer, Numeric, Table
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from api.graphql.binding import SHAPES
from api.graphql.directives import Permission, Pii, SemanticNonNull
from api.graphql.words import ENUM_VALUES, ENUMS
from api.planner.refusals import DenialReason
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
    column_name,
    is_core,
    snake,
)
from authz.catalogue import DataClass, FieldEntry
from authz.lines import Action
from domain.kernel.traits import Traits, traits_of

NAMES: Final[dict[str, Any]] = {
    "Boolean": bool,
    "Date": date,
    "DateTime": datetime,
    "Decimal": Decimal,
    "ID": strawberry.ID,
    "Int": int,
    "String": str,
}
"""Every name that an annotation may use."""

PAGE: Final[tuple[tuple[str, str, str, object], ...]] = (
    ("first", "Int", "How many at most from the beginning, 0 to 100.", 20),
    ("after", "String", "The cursor behind which to go on; not together with `offset`.", None),
    ("last", "Int", "How many at most from the end, 0 to 100; in place of `first`.", None),
    ("before", "String", "The cursor ahead of which to stop; not together with `offset`.", None),
    ("offset", "Int", "How many to pass over, up to 10,000.", None),
)
RATE: Final = Traits(label="biz.rate", data_class=DataClass.P1)
SEARCH: Final = ("search", "String", "Keeps those whose name holds this text.", None)


def declare(known: Map) -> None:
    """Make every declared type, and the pages of those that are read in pages."""
    declare_common()
    for abstract in known.abstracts.values():
        if abstract.shown and abstract.fields:
            _interface(abstract)
    for shape in known.shapes.values():
        _object(shape)
        if is_paged(known, shape.name):
            _connection(shape)
    for abstract in known.abstracts.values():
        if abstract.shown and not abstract.fields:
            members = tuple(NAMES[member] for member in abstract.members)
            NAMES[abstract.name] = Annotated[
                _either(members), strawberry.union(abstract.name, description=abstract.says)
            ]


def _either(members: tuple[Any, ...]) -> Any:
    whole, *rest = members
    for member in rest:
        whole = whole | member
    return whole


def declare_common() -> None:
    """Make what all types lean on: interfaces, pages, rates and sealed values."""
    _capability()
    made(
        "Node",
        "Anything that can be fetched by its id.",
        [("id", "ID!", "Its id."), _viewer_can()],
        kind="interface",
    )
    made(
        "Versioned",
        "Anything that is changed under a lock.",
        [("rowVersion", "Int!", "The lock: a change sends it back as `expectedVersion`.")],
        kind="interface",
    )
    made(
        "PageInfo",
        "Where a page lies in its list.",
        [
            ("hasNextPage", "Boolean!", "Whether there is more behind it."),
            ("hasPreviousPage", "Boolean!", "Whether there is more before it."),
            ("startCursor", "String", "The cursor of its first row."),
            ("endCursor", "String", "The cursor of its last row; `after` goes on behind it."),
        ],
    )
    made(
        "Rate",
        "完成率 A share with what it was counted from: never a percentage alone.",
        [
            ("value", "Decimal", "numerator / denominator; null where nothing was to be counted."),
            ("numerator", "Int!", "Of how many it is true."),
            ("denominator", "Int!", "Of how many it could be true."),
            ("interval", "[Decimal!]", "The 95 % interval of Wilson (1927), from low to high."),
            ("definitionVersion", "Int!", "The definition that was counted by."),
        ],
    )
    _sensitive_text()


def _sensitive_text() -> None:
    purpose = ("purpose", "Purpose!", "What it is opened for; it is written into the audit.", ...)
    made(
        "SensitiveText",
        "敏感信息 Personal information that is sealed: shown masked, and opened for a purpose.",
        [
            ("masked", "String", "The masked form."),
            ("classification", "DataClass!", "Its class."),
            ("accessible", "Boolean!", "Whether the caller may open it."),
            field(
                "value", "String", "The value itself; opening it is audited.", arguments=[purpose]
            ),
        ],
    )


def _capability() -> None:
    enumeration(Action)
    enumeration(DenialReason)
    made(
        "Capability",
        "能力 Whether the viewer may do something with a row, as the policy stands.",
        [
            ("action", "Action!", "What is asked about."),
            ("allowed", "Boolean!", "Whether they may."),
            ("reason", "DenialReason", "Why they may not; null where they may."),
        ],
    )


def _viewer_can() -> StrawberryField:
    asked = ("actions", "[Action!]!", "What is asked about; answered in this order.", ...)
    return field(
        "viewerCan",
        "[Capability!]!",
        "What the viewer may do with the row as such; DECRYPT is with any sealed value of it.",
        arguments=[asked],
    )


Spec = StrawberryField | tuple[str, str, str]


def made(
    name: str,
    says: str,
    fields: Sequence[Spec],
    *,
    kind: str = "type",
    interfaces: Sequence[str] = (),
) -> Any:
    """Make one type of these fields (name, type, description) and enter it among the names."""
    bases = tuple(NAMES[one] for one in interfaces)
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for given in fields:
        one = given if isinstance(given, StrawberryField) else field(*given)
        attribute = one.graphql_name or ""
        attribute = f"{attribute}_" if keyword.iskeyword(attribute) else attribute
        body[attribute] = one
        body["__annotations__"][attribute] = one.type_annotation
    cls = type(name, bases, body)
    make = strawberry.interface if kind == "interface" else strawberry.type
    return enter(name, body["__annotations__"], make(cls, name=name, description=says))


def enter(name: str, annotations: Mapping[str, StrawberryAnnotation], cls: Any) -> Any:
    """Enter a type among the names; its fields may name types that are yet to come.

    Strawberry evaluates annotations as it makes the class and forgets the namespace of those that
    it cannot: they are given back here.
    """
    for one in cls.__strawberry_definition__.fields:
        if one.name in annotations:
            one.type_annotation = annotations[one.name]
    NAMES[name] = cls
    return cls


def field(
    name: str,
    kind: str,
    says: str,
    *,
    directives: Sequence[object] = (),
    arguments: Sequence[tuple[str, str, str, object]] = (),
) -> StrawberryField:
    """Make a field; a type is written as in GraphQL. An argument's default `...` means none."""
    made_field = StrawberryField(
        graphql_name=name,
        python_name=name,
        type_annotation=annotation(kind),
        description=says,
        directives=directives,
    )
    made_field.arguments = [argument(*one) for one in arguments]
    return made_field


def argument(name: str, kind: str, says: str, default: object) -> StrawberryArgument:
    """Make an argument."""
    given: dict[str, Any] = {} if default is ... else {"default": default}
    return StrawberryArgument(
        python_name=name,
        graphql_name=name,
        type_annotation=annotation(kind),
        description=says,
        **given,
    )


def annotation(kind: str) -> StrawberryAnnotation:
    """Turn a type as GraphQL writes it into the annotation that strawberry reads."""
    return StrawberryAnnotation(_python(kind), namespace=NAMES)


def _python(kind: str) -> str:
    """`[Block!]!` is `list[Block]`, `Int` is `Int | None`."""
    required = kind.endswith("!")
    inner = kind.removesuffix("!")
    text = f"list[{_python(inner[1:-1])}]" if inner.startswith("[") else inner
    return text if required else f"{text} | None"


def enumeration(kind: type[enum.Enum]) -> str:
    """Enter an enum of the domain among the names, described value by value."""
    if kind.__name__ not in NAMES:
        words = ENUM_VALUES[kind.__name__]
        described = strawberry.enum(kind, description=ENUMS[kind.__name__])
        for value in described.__strawberry_definition__.values:  # type: ignore[attr-defined]
            value.description = words[value.name]
        NAMES[kind.__name__] = described
    return kind.__name__


def _interface(abstract: Abstract) -> None:
    some = SHAPES[abstract.members[0]]
    made(abstract.name, abstract.says, list(_fields(some, abstract.fields)), kind="interface")


def _object(shape: Shape) -> None:
    fields: list[Spec] = []
    fields += [("id", "ID!", "Its id."), _viewer_can()] if shape.prefix else []
    fields += [("rowVersion", "Int!", "The lock.")] if shape.locked else []
    interfaces = [*shape.abstract]
    interfaces += ["Node"] if shape.prefix else []
    interfaces += ["Versioned"] if shape.locked else []
    made(
        shape.name,
        shape.says,
        [*fields, *_fields(shape, shape.fields)],
        interfaces=interfaces,
    )


def _connection(shape: Shape) -> None:
    name = shape.name
    made(
        f"{name}Edge",
        f"A {name} in a list, with its place.",
        [("cursor", "String!", "Its place in the list."), ("node", f"{name}!", "The row.")],
    )
    made(
        f"{name}Connection",
        f"A page of a list of {name}.",
        [
            ("edges", f"[{name}Edge!]!", "The rows with their places."),
            ("nodes", f"[{name}!]!", "The rows."),
            ("pageInfo", "PageInfo!", "Where the page lies."),
            ("totalCount", "Int!", "How many there are in all, up to 10,000."),
            ("totalCountIsExact", "Boolean!", "Whether there are no more than were counted."),
        ],
    )


def is_paged(known: Map, name: str) -> bool:
    """Whether there is a list of a type that is read in pages."""
    return known.shapes[name].listed or any(
        isinstance(held, Pages) and held.target == name
        for shape in known.shapes.values()
        for held in shape.fields.values()
    )


def _fields(shape: Shape, fields: Mapping[str, Field]) -> Iterator[StrawberryField]:
    for name, held in fields.items():
        yield field(
            name,
            kind_of(shape, name, held),
            held.says,
            directives=list(_directives(shape, name, held)),
            arguments=arguments_of(held),
        )


def kind_of(shape: Shape, name: str, held: Field) -> str:
    """Say the GraphQL type of a field."""
    match held:
        case Column():
            kind = scalar_of(shape, name, held)
            return f"{kind}!" if held.core and not _column(shape, name, held).nullable else kind
        case One(target=target, required=required):
            return f"{target}!" if required else target
        case Many(target=target):
            return f"[{target}!]!"
        case Pages(target=target):
            return f"{target}Connection!"
        case Inside(target=target):
            return f"{target}!"
        case Choice(target=target):
            return target
        case Figure():
            return "Rate"
        case Derived(kind=kind):
            return kind


def scalar_of(shape: Shape, name: str, held: Column) -> str:
    """Say the GraphQL type of a column, without its nullability."""
    if held.id_of:
        return "ID"
    column = _column(shape, name, held)
    if traits_of(shape.kept_in, column).sealed:
        return "SensitiveText"
    return _written(column.type)


def _written(kind: Any) -> str:
    """Write the type of a column as GraphQL does."""
    match kind:
        case ARRAY(item_type=item):
            return f"[{_written(item)}!]"
        case Enum(enum_class=named) if named is not None:
            return enumeration(named)
        case Boolean():
            return "Boolean"
        case Integer():
            return "Int"
        case Numeric():
            return "Decimal"
        case DateTime():
            return "DateTime"
        case Date():
            return "Date"
        case _:
            return "String"


def arguments_of(held: Field) -> list[tuple[str, str, str, object]]:
    """Say which arguments a field takes."""
    match held:
        case Pages(target=target):
            return page_arguments(target)
        case One(numbered=True):
            return [("number", "Int!", "The number of the edition.", ...)]
        case Figure(arguments=names):
            return [ARGUMENTS[name] for name in names]
        case _:
            return []


ARGUMENTS: Final[dict[str, tuple[str, str, str, object]]] = {
    "family": ("family", "CourseFamily", "Counts courses of this family instead of plans.", None),
    "asOf": ("asOf", "DateTime", "Tells it as of a past instant instead of now.", None),
}


def page_arguments(target: str) -> list[tuple[str, str, str, object]]:
    """Say by which arguments a list of a type is paged, narrowed and sorted."""
    narrowing: list[tuple[str, str, str, object]] = [
        ("filter", f"{target}Filter", "Keeps those of which it is true.", None),
        ("orderBy", f"[{target}Order!]", "The order, the first key first; up to 5 keys.", None),
    ]
    named = SHAPES[target].kept_in.named_by is not None
    return [*PAGE, *narrowing, *([SEARCH] if named else [])]


def _column(shape: Shape, name: str, held: Column) -> Any:
    return shape.kept_in.__table__.columns[column_name(snake(name), held)]


def _directives(shape: Shape, name: str, held: Field) -> Iterator[object]:
    if is_core(held):
        return
    if isinstance(held, Derived):
        yield from (
            Permission(object=f"{shape.policy_name}.{one}", action="read")
            for one in held.sources
            if not is_core(shape.fields[one])
        )
        return
    traits = traits_of_field(shape, name, held)
    if traits.label.startswith("pi."):
        yield Pii(label=traits.label, data_class=traits.data_class.value)
    yield Permission(object=f"{shape.policy_name}.{name}", action="read")
    if isinstance(held, Column) and not _column(shape, name, held).nullable:
        yield SemanticNonNull()


def traits_of_field(shape: Shape, name: str, held: Field) -> Traits:
    """Say what a field holds: its column's class, or that of the key that leads elsewhere."""
    entity = shape.kept_in
    match held:
        case Column():
            return traits_of(entity, _column(shape, name, held))
        case One(by=by) if by in entity.__table__.columns and by != "id":
            return traits_of(entity, cast("Table", entity.__table__).columns[by])
        case Figure():
            return RATE
        case _:
            return entity.holds


def entries(known: Map) -> Iterator[FieldEntry]:
    """Name every field outside the row core, for the catalogue."""
    for shape in known.shapes.values():
        for name, held in shape.fields.items():
            if not is_core(held) and not isinstance(held, Derived):
                traits = traits_of_field(shape, name, held)
                yield FieldEntry(shape.policy_name, name, traits.label, traits.data_class)
