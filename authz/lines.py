"""One line of a policy, and the words that it may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias


class Action(Enum):
    """What can be done to a row or to a field of it."""

    READ = "read"
    DECRYPT = "decrypt"
    FILTER = "filter"
    SORT = "sort"
    AGGREGATE = "aggregate"
    WRITE = "write"
    CREATE = "create"
    DELETE = "delete"
    EXPORT = "export"
    GRANT = "grant"
    EXECUTE = "execute"


ACTIONS: Final = tuple(action.value for action in Action)
EVERY: Final = "*"
EFFECTS: Final = ("allow", "deny")

Inheritance: TypeAlias = tuple[str, str, str]
"""Who inherits, from whom, and the path of the tenant where (and below which) that holds."""


@dataclass(frozen=True, slots=True)
class Line:
    """Says that a role may, or may not, do something to an object, at a tenant and below it.

    The order is that of a Casbin policy row. Nothing is checked here: a line may be wrong, so that
    it can be shown to whoever wrote it; a `Policy` holds only lines that are right.
    """

    role: str
    tenant_path: str
    object: str
    action: str
    condition: str
    effect: str

    @property
    def allows(self) -> bool:
        """Whether the line opens; everything else closes, a misspelt effect included."""
        return self.effect == "allow"

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that the line speaks of."""
        return ACTIONS if self.action == EVERY else (self.action,)

    @property
    def row(self) -> tuple[str, str, str, str, str, str]:
        """The line as Casbin stores it."""
        return (
            self.role, self.tenant_path, self.object, self.action, self.condition, self.effect,
        )  # fmt: skip


def under(path: str, above: str) -> bool:
    """Say whether a tenant lies at or below another; both are materialised paths ending in `/`.

    The slash keeps `/cn/north2/` out of `/cn/north/`; a path without it holds nowhere.
    """
    return above.endswith("/") and path.startswith(above)


def ancestry(path: str) -> tuple[str, ...]:
    """List every path at or above a tenant's: `/`, `/cn/`, `/cn/north/`."""
    return tuple(path[: at + 1] for at, letter in enumerate(path) if letter == "/")
