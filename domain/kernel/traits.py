"""What a column is and how it is kept: one declaration that everything else reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authz.catalogue import DataClass

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column

    from .entity import GroupEntity


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a column is (`label`), how it is kept (`data_class`) and what of it may be shown.

    `shown` makes the masked form of a sealed value; `padded` hides the length of what is sealed.
    """

    label: str
    data_class: DataClass
    shown: Callable[[str], str] | None = None
    padded: bool = False

    @property
    def sealed(self) -> bool:
        """P3 and P4 never lie in the open."""
        return self.data_class in {DataClass.P3, DataClass.P4}

    @property
    def info(self) -> dict[str, Any]:
        """The form that a column carries."""
        return {"traits": self}


def traits_of(entity: type[GroupEntity], column: Column[Any]) -> Traits:
    """Say what a column holds: its own traits, or those of its entity."""
    found: Traits | None = column.info.get("traits")
    return found or entity.holds
