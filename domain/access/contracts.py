"""What a processing contract holds a vendor's token to (PIPL article 21): fields, people, days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from authz.actor import Entrusted
from authz.catalogue import DataClass
from authz.compiler import compile_mask
from authz.conditions import ALWAYS
from authz.lines import EVERY, Line
from domain.kernel.days import beginning
from domain.kernel.entity import Entity, GroupEntity
from domain.organisation.models import Tenant

from .contract_models import ProcessingContract
from .visibility import shown_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from authz.catalogue import Catalogue, FieldEntry
    from authz.masks import Mask

    from .models import Token

IMPERSONAL: Final = frozenset({DataClass.P0, DataClass.P1})
COVERED: Final = "contract_covers"


def over_at(contract: ProcessingContract, time_zone: str) -> datetime:
    """The instant from which a contract is over: it was ended, or its last day is."""
    last = beginning(contract.ends_on + timedelta(days=1), time_zone)
    return last if contract.ended_at is None else min(last, contract.ended_at)


def in_force(contract: ProcessingContract, now: datetime, time_zone: str) -> bool:
    """Whether a contract has begun and is not over, by the calendar of its group."""
    return beginning(contract.starts_on, time_zone) <= now < over_at(contract, time_zone)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a contract in force entrusts to whoever acts under it, and the fields that it names."""

    entrusted: Entrusted
    fields: tuple[str, ...]

    @classmethod
    def by(cls, contract: ProcessingContract, now: datetime, time_zone: str) -> Bound | None:
        """Read a contract; nothing where it is not in force."""
        if not in_force(contract, now, time_zone):
            return None
        entrusted = Entrusted(
            contract_id=contract.id,
            cohort_id=contract.cohort_id,
            purposes=frozenset(contract.purposes),
            until=over_at(contract, time_zone),
        )
        return cls(entrusted, tuple(contract.fields))


async def bound_by(session: AsyncSession, token: Token, now: datetime) -> Bound | None:
    """Find the contract that a token stands under; nothing where that is not in force."""
    contract = await session.get_one(ProcessingContract, (token.group_id, token.contract_id))
    root = await session.get_one(Tenant, (token.group_id, token.group_id))
    return Bound.by(contract, now, root.time_zone)


def purposes_left(own: frozenset[str] | None, entrusted: Entrusted | None) -> frozenset[str] | None:
    """Meet the purposes of a token (None: any) with those of the contract that it is bound to."""
    if entrusted is None:
        return own
    return entrusted.purposes if own is None else own & entrusted.purposes


@lru_cache(maxsize=256)
def contract_mask(fields: tuple[str, ...], catalogue: Catalogue) -> Mask:
    """Open what is about nobody, and of what is about people the fields, on those it covers.

    Whoever may be shown a field of theirs may know that they are there: the row comes with it.
    """
    rows = {name for one in fields for name in catalogue.expand(one)}
    lines = [
        *_lines(_about_nobody(catalogue), ALWAYS),
        *_lines(fields, COVERED),
        *_lines(sorted(rows), COVERED),
    ]
    return compile_mask(lines, catalogue)


def _about_nobody(catalogue: Catalogue) -> Iterator[str]:
    """Name what is no row about somebody, nor part of one: none of its fields is personal."""
    people = {shown_as(one) for one in _entities() if one.about is not None}
    for name in catalogue.types:
        held = (catalogue.entry(name, field) for field in catalogue.fields(name))
        if name not in people and not any(map(_is_personal, held)):
            yield from (name, f"{name}.{EVERY}")


def _is_personal(entry: FieldEntry | None) -> bool:
    """Whether a field is; a verb has no entry."""
    return entry is not None and (
        entry.data_class not in IMPERSONAL or entry.label.startswith("pi.")
    )


def _entities() -> Iterator[type[GroupEntity]]:
    mapped = (mapper.class_ for mapper in Entity.registry.mappers)
    return (one for one in mapped if issubclass(one, GroupEntity))


def _lines(objects: Iterable[str], when: str) -> Iterator[Line]:
    return (Line("contract", "/", one, EVERY, when, "allow") for one in objects)
