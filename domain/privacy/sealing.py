"""What happens to rows on their way into the database: names are cut, secrets sealed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, inspect

from domain.kernel.models import NameGram
from domain.kernel.naming import grams, sort_key
from domain.kernel.traits import traits_of

from .container import Place, pack, seal
from .models import KeyUse
from .sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Table

    from domain.kernel.entity import GroupEntity
    from domain.kernel.traits import Traits
    from domain.kernel.work import Flush, Work

    from .container import Key
    from .keyring import Keyring


def sealing_flush(keyring: Keyring) -> Flush:
    """Make the flush of a work: it names, seals and then writes."""

    async def flush_rows(work: Work) -> None:
        if changed := work.store.changed():
            await _cut_names(work, changed)
            await _seal_fresh(work, changed, keyring)
        await work.store.write()

    return flush_rows


def fresh_cells(row: GroupEntity) -> Iterator[tuple[str, Sealed, Traits]]:
    """Name every cell of a row that still holds an open value."""
    for column, traits in _sealed_columns(type(row)):
        value = getattr(row, column)
        if isinstance(value, Sealed) and value.fresh is not None:
            yield column, value, traits


@cache
def _sealed_columns(entity: type[GroupEntity]) -> tuple[tuple[str, Traits], ...]:
    columns = cast("Table", entity.__table__).columns
    found = ((column.key, traits_of(entity, column)) for column in columns)
    return tuple((key, traits) for key, traits in found if traits.sealed)


def seal_cell(value: Sealed, traits: Traits, place: Place, *, window: Key, box: Key) -> None:
    """Seal one cell: its masked form in the window, its value in the box."""
    plain = value.fresh or ""
    masked = traits.shown(plain) if traits.shown else ""
    value.shut(
        pack(
            seal(
                window,
                masked.encode(),
                place=place,
                label=KeyUse.WINDOW.value,
                padded=traits.padded,
            ),
            seal(box, plain.encode(), place=place, label=KeyUse.BOX.value, padded=traits.padded),
        )
    )


async def _seal_fresh(work: Work, changed: Sequence[GroupEntity], keyring: Keyring) -> None:
    pending = [(row, cell) for row in changed for cell in fresh_cells(row)]
    if not pending:
        return
    subjects = {(subject_of(row), row.tenant_id) for row, _ in pending}
    windows = await keyring.of_windows(work, subjects)
    boxes = await keyring.new_boxes(work, {subject for subject, _ in subjects})
    for row, (column, value, traits) in pending:
        subject = subject_of(row)
        place = Place(
            group=row.group_id,
            table=type(row).__tablename__,
            column=column,
            row=row.id,
            subject=subject,
        )
        seal_cell(value, traits, place, window=windows[subject], box=boxes[subject])


def subject_of(row: GroupEntity) -> UUID:
    """Say whose key seals a row."""
    if row.about is None:
        message = f"{type(row).__name__} holds personal data and does not say whom it is about"
        raise TypeError(message)
    subject: UUID = getattr(row, row.about)
    return subject


async def _cut_names(work: Work, changed: Sequence[GroupEntity]) -> None:
    for row in changed:
        if row.named_by is None or not _renamed(row):
            continue
        name = getattr(row, row.named_by)
        row.sort_key = sort_key(name)  # type: ignore[attr-defined]
        if not work.store.is_new(row):
            await _forget_name(work, row)
        work.store.put(*name_grams(work, row, name))


async def _forget_name(work: Work, row: GroupEntity) -> None:
    kind = type(row).__tablename__
    await work.session.execute(
        delete(NameGram).where(
            NameGram.group_id == row.group_id, NameGram.kind == kind, NameGram.row_id == row.id
        )
    )


def name_grams(work: Work, row: GroupEntity, name: str) -> list[NameGram]:
    """Make the search rows of a named row."""
    cut = []
    for gram in sorted(grams(name)):
        one = NameGram(
            tenant_id=row.tenant_id, kind=type(row).__tablename__, row_id=row.id, gram=gram
        )
        one.group_id, one.id, one.created_at = row.group_id, work.new_id(), work.now
        cut.append(one)
    return cut


def _renamed(row: GroupEntity) -> bool:
    return bool(inspect(row).attrs[str(row.named_by)].history.has_changes())
