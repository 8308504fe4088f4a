"""What erasing does to somebody's rows: names go, sealed cells open for nobody any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from domain.audit.key_acts import shred_keys
from domain.kernel.traits import traits_of

from .belongings import end_access
from .models import Person
from .ties import part_from

if TYPE_CHECKING:
    from sqlalchemy import Table

    from domain.kernel.work import Work

ERASED: Final = "已删除"
"""The name of whoever has been erased."""


async def erase(work: Work, person: Person, *, purpose: str) -> None:
    """Erase a person: doing it again changes nothing more.

    Their rows stay, for figures and for those who worked with them; none says who it was.
    """
    await part_from(work, person)
    await end_access(work, person)
    person.display_name = ERASED
    person.staff_number = f"erased-{person.id.hex[-12:]}"
    for column in _sealed_columns():
        setattr(person, column, None)
    await shred_keys(work, person.id, purpose=purpose)


def is_erased(person: Person) -> bool:
    """Whether somebody has been erased."""
    return person.display_name == ERASED and person.staff_number.startswith("erased-")


def _sealed_columns() -> list[str]:
    columns = cast("Table", Person.__table__).columns
    return [column.key for column in columns if traits_of(Person, column).sealed]
