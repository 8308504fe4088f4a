"""What a request fills into a plan: arguments checked, shaped for the plan's key, and bound."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from domain.kernel.ids import split_external_id
from domain.kernel.naming import sought

from .parameters import OfActor, OfArgument, OfClock, OfCursor, OfKnown, Parameter
from .refusals import BadArgument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from authz.actor import Actor

    from .statement import Statement

MOST_PER_PAGE: Final = 100
FARTHEST: Final = 10_000
MOST_IDS: Final = 100
Arguments = dict[str, Any]


def check(arguments: Arguments) -> None:
    """Refuse what is well-typed and still cannot be meant; nothing is clamped."""
    _within(arguments, "first", MOST_PER_PAGE)
    _within(arguments, "offset", FARTHEST)
    for name in ("last", "before"):
        if arguments.get(name) is not None:
            raise BadArgument(
                f"`{name}` is not offered yet: use `first` and `after`.", argument=name
            )
    if arguments.get("after") is not None and arguments.get("offset"):
        raise BadArgument("Give either `after` or `offset`, not both.", argument="offset")
    if len(arguments.get("ids") or ()) > MOST_IDS:
        raise BadArgument(f"At most {MOST_IDS} ids at once.", argument="ids")
    if arguments.get("search") is not None and not sought(arguments["search"]):
        raise BadArgument("`search` needs at least one character.", argument="search")


def _within(arguments: Arguments, name: str, most: int) -> None:
    value = arguments.get(name)
    if value is not None and not 0 <= value <= most:
        raise BadArgument(f"`{name}` must be from 0 to {most}.", argument=name)


def shape_of(arguments: Arguments) -> tuple[tuple[str, Any], ...]:
    """What of the arguments shapes the statement: which are null, and the prefixes of ids."""
    return tuple(sorted((name, _kind(name, value)) for name, value in arguments.items()))


def _kind(name: str, value: Any) -> Any:
    match name:
        case _ if value is None:
            return ()
        case "id":
            return (_prefix(value, name),)
        case "ids":
            return tuple(_prefix(one, name) for one in value)
        case _:
            return ("given",)


def _prefix(text: str, argument: str) -> str:
    parts = split_external_id(text)
    if parts is None:
        raise BadArgument(
            "This is not an id: ids are a prefix, `_` and 32 hexadecimal digits.",
            argument=argument,
        )
    return parts[0]


def bind(
    statement: Statement,
    *,
    actor: Actor,
    arguments: Sequence[Arguments],
    cursors: Sequence[Sequence[Any]],
    known: Sequence[str],
    now: datetime,
) -> list[Any]:
    """Give every place of a statement its value."""

    def value(parameter: Parameter) -> Any:
        match parameter:
            case OfActor(name=name):
                return _of_actor(actor, name)
            case OfArgument(call=call, name=name, part=part):
                return _of_argument(
                    arguments[call].get(name) if call < len(arguments) else None, part
                )
            case OfCursor(call=call, at=at):
                return cursors[call][at]
            case OfKnown(at=at):
                return known[at]
            case OfClock():
                return now

    return [value(parameter) for parameter in statement.parameters]


def _of_actor(actor: Actor, name: str) -> Any:
    match name:
        case "group":
            return actor.group_id
        case "person":
            return actor.person_id
        case "tenant":
            return actor.tenant_id
        case "token":
            return actor.token_id
        case _:
            return list(getattr(actor, name))


def _of_argument(value: Any, part: str) -> Any:
    match part.split():
        case _ if value is None:
            return None
        case ["uuid"]:
            return _uuid(value)
        case ["uuid", at]:
            return _uuid(value[int(at)])
        case ["grams"]:
            return sorted(sought(value))
        case _:
            return value.value if isinstance(value, Enum) else value


def _uuid(text: str) -> Any:
    parts = split_external_id(text)
    return parts[1] if parts else None
