"""Everything that the group holds about somebody: cell by cell, whichever table it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from domain.kernel.entity import Entity, GroupEntity
from domain.kernel.traits import traits_of

from .container import KID, Place, unpack, unseal
from .delays import DisclosureDelay
from .keyring import unwrap_window
from .models import KeyUse, WindowKey
from .sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Column, Table

    from domain.kernel.traits import Traits
    from domain.kernel.work import Work

    from .container import Key
    from .keyring import Keyring

WITHHELD: Final = frozenset({DisclosureDelay.__tablename__, WindowKey.__tablename__})
"""Tables that are not told of: what delays the telling, and the keys that seal all the rest."""
TECHNICAL: Final = frozenset({"group_id", "row_version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A cell about somebody: where it lies, what it is, and its value, masked if it is sealed."""

    table: str
    row: UUID
    column: str
    traits: Traits
    value: Any


def tables_about_people() -> list[type[GroupEntity]]:
    """The entities whose rows are about somebody, and are told to them."""
    mapped = (mapper.class_ for mapper in Entity.registry.mappers)
    found = [one for one in mapped if issubclass(one, GroupEntity) and one.about is not None]
    told = [one for one in found if not one.unread and one.__tablename__ not in WITHHELD]
    return sorted(told, key=lambda one: one.__tablename__)


def columns_told(entity: type[GroupEntity]) -> list[Column[Any]]:
    """The columns of an entity that hold something: all but the group and the lock."""
    columns = cast("Table", entity.__table__).columns
    return [one for one in columns if one.key not in TECHNICAL]


async def held_about(work: Work, person_id: UUID, keyring: Keyring) -> list[Held]:
    """Name every cell that holds something; the keys of values stay where they are."""
    windows = await _windows(work, person_id, keyring)
    found: list[Held] = []
    for entity in tables_about_people():
        assert entity.about is not None
        for row in await work.rows(entity, getattr(entity, entity.about) == person_id):
            found += _cells(row, person_id, windows)
    return found


def _cells(row: GroupEntity, person_id: UUID, windows: dict[bytes, Key]) -> Iterator[Held]:
    for column in columns_told(type(row)):
        value = getattr(row, column.key)
        if value is not None:
            traits = traits_of(type(row), column)
            if isinstance(value, Sealed):
                value = _masked(row, column.key, value, person_id, windows)
            yield Held(
                table=type(row).__tablename__,
                row=row.id,
                column=column.key,
                traits=traits,
                value=value,
            )


async def _windows(work: Work, person_id: UUID, keyring: Keyring) -> dict[bytes, Key]:
    """The keys of somebody's masked forms, by their ids; none of somebody who was erased."""
    group = await keyring.of_group(work.session, work.actor.group_id)
    rows = await work.rows(WindowKey, WindowKey.subject_id == person_id)
    return {row.kid: unwrap_window(group, row) for row in rows}


def _masked(
    row: GroupEntity, column: str, value: Sealed, person_id: UUID, windows: dict[bytes, Key]
) -> str | None:
    """The masked form of a sealed cell, where its key is still there."""
    assert value.container is not None, "what was read is sealed"
    window, _ = unpack(value.container)
    key = windows.get(window[KID])
    if key is None:
        return None
    place = Place(
        group=row.group_id,
        table=type(row).__tablename__,
        column=column,
        row=row.id,
        subject=person_id,
    )
    return unseal(key, window, place=place, label=KeyUse.WINDOW.value).decode()
