"""The arguments of a call: checked, and reduced to what of them shapes a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from domain.kernel.ids import split_external_id
from domain.kernel.naming import sought

from .refusals import BadArgument, TooMuch

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_PER_PAGE: Final = 100
PER_PAGE: Final = 20
FARTHEST: Final = 10_000
MOST_IDS: Final = 100
MOST_OPERANDS: Final = 1_000
MOST_TESTS: Final = 50
MOST_PARTS: Final = 200
MOST_KEYS: Final = 5
DEEPEST_FILTER: Final = 8
OPERATORS: Final = frozenset({"eq", "in", "lt", "lte", "gt", "gte", "isNull", "startsWith"})
Arguments = dict[str, Any]
ShapeOfCalls: TypeAlias = tuple[tuple[tuple[str, Any], ...], ...]


def checked(arguments: Arguments, *, said: Collection[str]) -> Arguments:
    """Refuse what is well-typed and still cannot be meant; nothing is clamped.

    `said` names the arguments that the document gives: a page that is asked for from its end has
    no `first`, unless somebody says so.
    """
    if "first" in arguments:
        arguments = _paging(arguments, said)
    if len(arguments.get("ids") or ()) > MOST_IDS:
        raise BadArgument(f"At most {MOST_IDS} ids at once.", argument="ids")
    if arguments.get("search") is not None and not sought(arguments["search"]):
        raise BadArgument("`search` needs at least one character.", argument="search")
    return arguments


def _paging(arguments: Arguments, said: Collection[str]) -> Arguments:
    given = {name for name in said if arguments.get(name) is not None}
    for one, other in (("first", "last"), ("after", "offset"), ("before", "offset"),
                       ("last", "offset")):  # fmt: skip
        if {one, other} <= given:
            message = f"Give either `{one}` or `{other}`, not both."
            raise BadArgument(message, argument=other)
    _within(arguments, "first", MOST_PER_PAGE)
    _within(arguments, "last", MOST_PER_PAGE)
    _within(arguments, "offset", FARTHEST)
    if arguments.get("last") is not None:
        return arguments | {"first": None}
    return arguments if arguments["first"] is not None else arguments | {"first": PER_PAGE}


def _within(arguments: Arguments, name: str, most: int) -> None:
    value = arguments.get(name)
    if value is not None and not 0 <= value <= most:
        raise BadArgument(f"`{name}` must be from 0 to {most}.", argument=name)


def shape_of(arguments: Arguments) -> tuple[tuple[str, Any], ...]:
    """What of the arguments shapes the statement.

    Which are null, the prefixes of ids, the structure of a filter and of an order, the acts that
    are asked about, and the size of a page: PostgreSQL takes a bound limit for a tenth of all rows,
    and joins them accordingly.
    """
    return tuple([(name, _kind(name, value)) for name, value in arguments.items()])


def part_of(shape: tuple[tuple[str, Any], ...], name: str) -> Any:
    """The shape of one argument: empty where it is null or not given."""
    return next((kind for argument, kind in shape if argument == name), ())


def _kind(name: str, value: Any) -> Any:
    match name:
        case _ if value is None:
            return ()
        case "id":
            return (_prefix(value, name),)
        case "ids":
            return tuple(_prefix(one, name) for one in value)
        case "first" | "last":
            return (value,)
        case "actions":
            return tuple(getattr(one, "value", one) for one in value)
        case "filter":
            return _Structure().of(value, ("filter",))
        case "orderBy":
            return _order(value)
        case _:
            return ("given",)


@dataclass(slots=True)
class _Structure:
    """The structure of a filter while it is read, and how many parts and tests it has."""

    parts: int = 0
    tests: int = 0

    def of(self, given: Arguments, at: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
        if len(at) > DEEPEST_FILTER:
            raise TooMuch(what="filter depth", most=DEEPEST_FILTER)
        present = [(name, inner) for name, inner in given.items() if inner is not None]
        self.parts += 1 + len(present)  # a part that tests nothing is written all the same
        if self.parts > MOST_PARTS:
            raise TooMuch(what="filter parts", most=MOST_PARTS)
        return tuple((name, self._inner(name, inner, (*at, name))) for name, inner in present)

    def _inner(self, name: str, inner: Any, at: tuple[str, ...]) -> Any:
        if name in {"and", "or"}:
            return tuple(self.of(one, at) for one in inner)
        if inner.keys() <= OPERATORS:
            return self._operators(inner, at)
        return self.of(inner, at)

    def _operators(self, given: Arguments, at: tuple[str, ...]) -> Any:
        self.tests += len(given)
        if self.tests > MOST_TESTS:
            raise TooMuch(what="filter tests", most=MOST_TESTS)
        return tuple((name, _operand(name, one, (*at, name))) for name, one in given.items())


def _operand(name: str, value: Any, at: tuple[str, ...]) -> tuple[str, ...]:
    """Check an operand; of ids, its shape is their prefixes."""
    where = ".".join(at)
    if value is None:
        message = f"`{name}: null` tests nothing. Leave it out, or use `isNull`."
        raise BadArgument(message, argument=where)
    if name == "startsWith" and not value:
        raise BadArgument("`startsWith` needs at least one character.", argument=where)
    several = value if isinstance(value, list) else [value]
    if len(several) > MOST_OPERANDS:
        raise BadArgument(f"At most {MOST_OPERANDS} values at once.", argument=where)
    if at[-2] != "id" or name == "isNull":
        return ()
    return tuple(sorted({_prefix(one, where) for one in several}))


def _order(given: list[Arguments]) -> tuple[Any, ...]:
    if len(given) > MOST_KEYS:
        raise BadArgument(f"At most {MOST_KEYS} keys.", argument="orderBy")
    return tuple(_key(one) for one in given)


def _key(given: Arguments) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, _key(inner) if isinstance(inner, dict) else getattr(inner, "value", inner))
        for name, inner in given.items()
    )


def _prefix(text: str, argument: str) -> str:
    parts = split_external_id(text)
    if parts is None:
        raise BadArgument(
            "This is not an id: ids are a prefix, `_` and 32 hexadecimal digits.",
            argument=argument,
        )
    return parts[0]
