"""Why a request is not answered: coded, named, and with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class DenialReason(Enum):
    """Why something is not open."""

    ROLE = "ROLE"
    ROW = "ROW"


@dataclass(frozen=True, slots=True)
class Denied:
    """A field that the actor's mask does not open: where it was asked for, and for what act.

    `reason` is ROLE where no lane of the actor's roles opens it, and ROW where some rows do.
    """

    path: str
    type: str
    field: str
    action: str
    reason: str


class RequestRefused(Exception):
    """The request cannot be answered as it stands; `code` is one of the published error codes."""

    code: ClassVar[str] = "BAD_USER_INPUT"

    def __init__(self, message: str, **extensions: object) -> None:
        self.extensions = extensions
        super().__init__(message)


class BadArgument(RequestRefused):
    """An argument is well-typed and still cannot be meant."""

    def __init__(self, message: str, *, argument: str) -> None:
        super().__init__(message, argumentPath=argument)


class BadCursor(RequestRefused):
    """The cursor was not made by this list, with this order, for this actor's group."""

    def __init__(self, argument: str = "after") -> None:
        super().__init__(
            f"This cursor does not belong to this list. Start again without `{argument}`.",
            reason="INVALID_CURSOR",
            argumentPath=argument,
        )


class TooMuch(RequestRefused):
    """The operation asks for more than one request may."""

    code = "COST_LIMIT_EXCEEDED"

    def __init__(self, *, what: str, most: int) -> None:
        super().__init__(f"The operation exceeds the limit of {what}: at most {most}.")


class FieldsForbidden(RequestRefused):
    """Strict denial: every field that is not open is named, and nothing was read."""

    code = "FORBIDDEN"

    def __init__(self, denied: tuple[Denied, ...]) -> None:
        self.denied = denied
        named = ", ".join(sorted({f"{one.type}.{one.field}" for one in denied}))
        super().__init__(
            f"Not permitted: {named}. Leave these fields out or ask for the rights.",
            denied=[
                {"path": one.path, "type": one.type, "field": one.field, "action": one.action}
                for one in denied
            ],
        )


class Stale(Exception):
    """Policy or token changed while the answer was made: it is thrown away and asked again."""
