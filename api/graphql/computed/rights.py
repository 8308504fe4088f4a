"""What the group holds about whoever asks, and who has opened it: told to themselves alone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from api.graphql.binding import SHAPES, camel
from api.graphql.computing import Computed, computes
from api.graphql.types import enumeration, made
from authz.actor import PrincipalKind
from authz.catalogue import DataClass
from domain.access.who_read import who_read
from domain.kernel.ids import external_id
from domain.privacy.holdings import Held, held_about
from domain.privacy.oneself import NotAPerson
from domain.privacy.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from api.graphql.asked import Asked
    from api.graphql.computing import Tree
    from domain.kernel.work import Work

OWN = ("SubjectRequest", "create")
"""Whoever may ask about what is held of them is told so much at once."""


def declare_held() -> None:
    """Make the type of a cell about somebody."""
    enumeration(DataClass)
    made(
        "HeldCell",
        "所持个人信息 One thing that the group holds about whoever asks.",
        [
            ("table", "String!", "Where it lies."),
            ("id", "ID", "The row as it can be fetched, where there is a type of it."),
            ("row", "String!", "The row that it lies in; rows of one table are told apart by it."),
            ("field", "String!", "What it is."),
            ("label", "String!", "What policy lines call such information."),
            ("classification", "DataClass!", "Its class."),
            ("sealed", "Boolean!", "Whether it is sealed: it is then told masked."),
            ("value", "String", "The value; of what is sealed the masked form, null once erased."),
        ],
    )


def declare_reading() -> None:
    """Make the type of one opening of sealed values."""
    enumeration(PrincipalKind)
    enumeration(Purpose)
    made(
        "DataReading",
        "查阅记录 That sealed values about whoever asks were opened.",
        [
            ("at", "DateTime!", "When."),
            ("byOneself", "Boolean!", "Whether they did so themselves."),
            ("kind", "PrincipalKind", "What the reader is."),
            ("roles", "[String!]!", "The roles that the reader held at the time; no name."),
            ("purpose", "Purpose", "What for."),
            ("fields", "[String!]!", "Which fields."),
        ],
    )


async def _myself(work: Work) -> UUID:
    """Whoever asks, as a person; that they may see themself is judged."""
    if work.actor.person_id is None:
        raise NotAPerson
    person = await work.get(work.person, work.actor.person_id)
    await work.permit("read Person", person)
    return person.id


async def _my_data(work: Work, asked: Asked, _given: Mapping[str, Any]) -> list[Tree]:
    person_id = await _myself(work)
    prefixes = {
        shape.table: shape.prefix
        for shape in SHAPES.values()
        if shape.entity is not None and shape.prefix
    }
    held = await held_about(work, person_id, asked.installation.keyring)
    return [_cell(one, prefixes.get(one.table)) for one in held]


def _cell(one: Held, prefix: str | None) -> Tree:
    return {
        "table": one.table,
        "id": external_id(prefix, one.row) if prefix else None,
        "row": str(one.row),
        "field": camel(one.column),
        "label": one.traits.label,
        "classification": one.traits.data_class,
        "sealed": one.traits.sealed,
        "value": written(one.value),
    }


def written(value: Any) -> str | None:
    """Write any value of a column as text, as answers do."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return ", ".join(filter(None, map(written, value)))
        case bytes():
            return value.hex()
        case _:
            return str(value)


async def _who_read_my_data(work: Work, _asked: Asked, given: Mapping[str, Any]) -> list[Tree]:
    person_id = await _myself(work)
    readings = await who_read(work, person_id, first=given["first"], before=given["before"])
    return [
        {
            "at": one.at.isoformat(),
            "byOneself": one.by_oneself,
            "kind": one.kind,
            "roles": one.roles,
            "purpose": one.purpose,
            "fields": one.fields,
        }
        for one in readings
    ]


computes(
    Computed(
        name="myData",
        kind="[HeldCell!]",
        says="Everything that the group holds about whoever asks, cell by cell (PIPL article 45).",
        right=OWN,
        declare=declare_held,
        answer=_my_data,
    )
)
computes(
    Computed(
        name="whoReadMyData",
        kind="[DataReading!]",
        says="Who has opened sealed values about whoever asks, the latest reading first.",
        right=OWN,
        declare=declare_reading,
        answer=_who_read_my_data,
        arguments=(
            ("first", "Int", "How many at most, 0 to 100.", 20),
            ("before", "DateTime", "Only readings before this instant.", None),
        ),
    )
)
