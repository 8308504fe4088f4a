"""Why a request failed, as clients get it: message, place, and a code that can be acted upon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from graphql import GraphQLError

    from api.planner.refusals import RequestRefused

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT: Final = "BAD_USER_INPUT"
NO_OPERATION: Final = "OPERATION_RESOLUTION_FAILURE"
COST_LIMIT: Final = "COST_LIMIT_EXCEEDED"
FORBIDDEN: Final = "FORBIDDEN"
UNAVAILABLE: Final = "SERVICE_UNAVAILABLE"
INTERNAL: Final = "INTERNAL_SERVER_ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One error of an answer."""

    code: str
    message: str
    locations: tuple[tuple[int, int], ...] = ()
    path: tuple[str | int, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)

    def written(self, request_id: str) -> dict[str, Any]:
        """Give the error as the answer's `errors` hold it."""
        places = [{"line": line, "column": column} for line, column in self.locations]
        return {
            "message": self.message,
            **({"locations": places} if places else {}),
            **({"path": list(self.path)} if self.path else {}),
            "extensions": {"code": self.code, "requestId": request_id, **self.extensions},
        }


ECHOES: Final = (
    (re.compile(r"(?s), found: .*"), "."),
    (re.compile(r"(?s)( cannot represent [^:]*): .*"), r"\1."),
    (re.compile(r"(?s)\bValue .* (does not exist in '\w+' enum)"), r"The value \1"),
)
"""How messages quote what they found; what is kept of each."""


class NotExecuted(Exception):
    """The request cannot be executed as it stands; nothing was read or written."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.code for problem in problems))


def of_graphql(error: GraphQLError, code: str) -> Problem:
    """Give graphql-core's finding a code. What it was caused by stays inside.

    So does the value that was found: it may be somebody's phone number, and whoever sent it may
    write what they are answered into a log.
    """
    places = tuple((place.line, place.column) for place in error.locations or ())
    return Problem(code=code, message=_unquoted(error.message), locations=places)


def _unquoted(message: str) -> str:
    for echo, instead in ECHOES:
        message = echo.sub(instead, message)
    return message


def of_refusal(refused: RequestRefused) -> Problem:
    """Give the planner's refusal as it names itself."""
    return Problem(code=refused.code, message=str(refused), extensions=refused.extensions)


def failed(problems: Iterable[Problem], request_id: str) -> bytes:
    """Write the answer of a request that was not executed: errors, and no `data`."""
    return orjson.dumps({"errors": [one.written(request_id) for one in problems]})
