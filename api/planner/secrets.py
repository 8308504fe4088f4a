"""A sealed cell becomes marks: bytes that PostgreSQL carries and only Python can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access.conditions_sql import visible_when
from domain.kernel.traits import traits_of
from domain.privacy.models import KeyUse

from .cells import SEALED, guarded, object_of, withheld
from .statement import SealedMark, quoted

if TYPE_CHECKING:
    from .plan import Secret, SecretPart
    from .rows import Row

WINDOW_LENGTH = "(get_byte({c}, 1) * 256 + get_byte({c}, 2))"


def secret_text(row: Row, type_name: str, secret: Secret) -> str:
    """Write a sealed value as an object; its parts are marks, or facts about it."""
    cell = f"{row.alias}.{secret.column}"
    pairs = [(part.key, _part(row, type_name, secret, part)) for part in secret.parts]
    return f"CASE WHEN {cell} IS NULL THEN 'null' ELSE {object_of(pairs)} END"


def _part(row: Row, type_name: str, secret: Secret, part: SecretPart) -> str:
    match part.what:
        case "__typename":
            return quoted('"SensitiveText"')
        case "classification":
            traits = traits_of(row.entity, row.column(secret.column))
            return quoted(f'"{traits.data_class.value}"')
        case "accessible":
            when = visible_when(row.entity, part.cell, alias=row.alias, bind=row.writing.bind)
            return f"CASE WHEN {when} THEN 'true' ELSE 'false' END"
        case "value":
            if part.cell.never:
                return withheld(part.denial)
            mark = _mark(row, type_name, secret, part, KeyUse.BOX)
            return guarded(row, mark, cell=part.cell, denial=part.denial)
        case _:
            return _mark(row, type_name, secret, part, KeyUse.WINDOW)


def _mark(row: Row, type_name: str, secret: Secret, part: SecretPart, use: KeyUse) -> str:
    """Write number, row, subject, wrapped key and blob between two marks.

    The window's key travels with it, so that a masked value needs no second statement and is gone
    with the key's row: without it the cell is null. The box's key is not read here at all.
    """
    cell = f"{row.alias}.{secret.column}"
    length = WINDOW_LENGTH.format(c=cell)
    purpose = (part.call, "purpose") if use is KeyUse.BOX and part.call is not None else None
    row.writing.sealed.append(
        SealedMark(
            table=row.entity.__tablename__,
            column=secret.column,
            use=use.value,
            path=part.path,
            field=f"{type_name}.{secret.name}",
            purpose=purpose,
        )
    )
    number = len(row.writing.sealed) - 1
    parts = [f"uuid_send({row.alias}.id)", f"uuid_send({row.alias}.{row.entity.about})"]
    if use is KeyUse.WINDOW:
        key = row.writing.alias("window_key")
        wrapped = (
            f"(SELECT {key}.wrapped FROM window_key {key} WHERE {key}.group_id = "
            f"{row.writing.group} AND {key}.kid = substr({cell}, 8, 8))"
        )
        parts += [wrapped, f"substr({cell}, 4, {length})"]
    else:
        parts.append(f"substr({cell}, 4 + {length})")
    edge = quoted(SEALED)
    held = f"encode({' || '.join(parts)}, 'hex')"
    return f"coalesce({edge} || '{number}:' || {held} || {edge}, 'null')"
