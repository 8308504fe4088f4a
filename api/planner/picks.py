"""What was asked for, as values: the selection without GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pick:
    """One field that was asked for, under the key it is answered with.

    `call` is the number of its arguments among those of the operation; `under` holds what was
    asked of it, by the concrete type that it may turn out to be.
    """

    key: str
    name: str
    path: str
    call: int | None = None
    under: Mapping[str, tuple[Pick, ...]] = field(default_factory=dict)

    def of(self, type_name: str) -> tuple[Pick, ...]:
        """What was asked of it, should it be of this type."""
        return self.under.get(type_name, ())
