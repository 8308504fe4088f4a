"""The right to fill a field: whoever may write a person may not write every field of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .models import Person


async def permit_fields(work: Work, action: str, person: Person, fields: Iterable[str]) -> None:
    """Have Casbin judge an act on each of these fields of a person, besides the one on the row."""
    for field in fields:
        await work.permit(f"{action} Person.{field}", person)
